#!/usr/bin/env node

// Before anything else: Node opens its inspector on a SIGUSR1 that nobody handles.
process.on("SIGUSR1", () => {});

const path = require("node:path");

// The floor of package.json's `engines`, which nothing enforces.
const FLOOR = [20, 17];

const root = path.join(__dirname, "..");
const program = path.join(root, "dist", "hot.cjs");
const [major, minor] = process.versions.node.split(".").map(Number);

if (major < FLOOR[0] || (major === FLOOR[0] && minor < FLOOR[1])) {
  fail(`ssox needs Node ${FLOOR.join(".")} or later; this is ${process.versions.node}.`);
} else if (!require("node:fs").existsSync(program)) {
  fail("ssox is not built.\n  → npm run build");
} else {
  require(program).run(process.argv.slice(2), root);
}

function fail(message) {
  console.error(`ssox: ${message}`);
  process.exitCode = 1;
}
