#!/usr/bin/env node

// Before anything else: Node opens its inspector on a SIGUSR1 that nobody handles.
process.on("SIGUSR1", () => {});

const { readFileSync } = require("node:fs");
const path = require("node:path");
const { Script } = require("node:vm");

// The floor of package.json's `engines`, which nothing enforces.
const FLOOR = [20, 17];

const root = path.join(__dirname, "..");
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < FLOOR[0] || (major === FLOOR[0] && minor < FLOOR[1])) {
  fail(`ssox needs Node ${FLOOR.join(".")} or later; this is ${process.versions.node}.`);
} else {
  load(path.join(root, "dist", "hot.cjs"))?.run(process.argv.slice(2), root);
}

// What require() does, without its search for the file and its kind: that takes longer than the rest.
function load(file) {
  let source;
  try {
    source = readFileSync(file, "utf8");
  } catch {
    return fail("ssox is not built.\n  → npm run build");
  }
  const script = new Script(`(function (module, require) {${source}\n})`, { filename: file });
  const module = { exports: {} };
  script.runInThisContext()(module, require);
  return module.exports;
}

function fail(message) {
  console.error(`ssox: ${message}`);
  process.exitCode = 1;
}
