import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { makeHome } from "./home.mjs";
import { median } from "./job.mjs";

/**
 * How soon `ssox pick` shows its list on a terminal (that of `script`, of
 * util-linux), beside a program of Node that writes one letter there, in turn.
 *
 *   npm run bench:picker -- [--runs N] [--accounts N] [--check]
 *
 * Each account has three roles, and each role a profile. `--check` ends with 1
 * when the ratio of the medians is over its budget (bench/budgets.json).
 */

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "20" },
    accounts: { type: "string", default: "1667" },
    check: { type: "boolean", default: false },
  },
});
const node = process.env.SSOX_NODE || process.execPath;
const folder = mkdtempSync(path.join(tmpdir(), "ssox-bench-"));
const home = await makeHome({ folder, node, accounts: Number(options.accounts) });
try {
  report(await measure(Number(options.runs)));
} finally {
  await home.close();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(runs) {
  const pick = home.ssox("pick");
  const bare = { ...home.empty(), args: ["-e", "process.stdout.write('x')"] };
  const times = { pick: [], bare: [] };
  for (let round = -3; round < runs; round += 1) {
    const painted = await untilShown(pick, "Enter choose");
    const written = await untilShown(bare, "x");
    if (round < 0) continue;
    times.pick.push(painted);
    times.bare.push(written);
  }
  return times;
}

/** @returns milliseconds until the program shows the text; then it gets an Enter */
async function untilShown({ command, args, env }, text) {
  const words = [command, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const started = performance.now();
  const child = spawn("script", ["-qefc", words, "/dev/null"], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  // The program of one letter may have ended before the Enter comes.
  child.stdin.on("error", () => {});
  let shown = "";
  let took;
  for await (const chunk of child.stdout) {
    shown += chunk;
    if (took !== undefined || !shown.includes(text)) continue;
    took = performance.now() - started;
    child.stdin.end("\r");
  }
  const [status] = await ended;
  if (status !== 0 || took === undefined) throw new Error(`it ended with ${status}: ${shown}`);
  return took;
}

function report({ pick, bare }) {
  const name = `pick, first paint, ${Number(options.accounts) * 3} profiles`;
  const budgets = JSON.parse(readFileSync(path.join(import.meta.dirname, "budgets.json"), "utf8"));
  const budget = budgets["pick, first paint, 5,000 profiles"];
  const ratio = median(pick) / median(bare);
  const [painted, written] = [median(pick), median(bare)].map(Math.round);
  console.log(`${name}: ${painted} ms, one letter: ${written} ms; ratio ${ratio.toFixed(2)}`);
  if (options.check && ratio > budget) {
    console.error(`${name}: ${ratio.toFixed(2)}, at most ${budget}`);
    process.exitCode = 1;
  }
}
