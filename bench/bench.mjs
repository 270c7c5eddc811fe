import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

/**
 * What ssox costs, as ratios to an empty script on the same Node: all jobs are
 * run in turn, again and again, so that a busy machine slows them all alike.
 *
 *   npm run bench -- [--runs N] [--accounts N] [--json]
 */

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "30" },
    accounts: { type: "string", default: "50" },
    json: { type: "boolean", default: false },
  },
});
const runs = Number(options.runs);
const root = path.join(import.meta.dirname, "..");
const ssox = path.join(root, "bin", "ssox.js");
const home = mkdtempSync(path.join(tmpdir(), "ssox-bench-"));
const { PATH = "", TERM = "" } = process.env;
// No NODE_EXTRA_CA_CERTS: Node 20 would read the whole bundle at every start.
const env = { PATH, TERM, HOME: home, AWS_EC2_METADATA_DISABLED: "true" };
const empty = path.join(home, "empty.js");
writeFileSync(empty, "");

const lab = spawn(process.execPath, [ssox, "lab", "--accounts", options.accounts, "--roles", "3"], {
  env,
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const [line] = await once(createInterface({ input: lab.stdout }), "line");
  const profile = prepare(JSON.parse(line));
  report(measure(jobs(profile)));
} finally {
  lab.kill("SIGTERM");
  rmSync(home, { recursive: true, force: true });
}

function prepare({ url, startUrl }) {
  for (const service of ["SSO", "SSO_OIDC", "STS"]) env[`AWS_ENDPOINT_URL_${service}`] = url;
  run(ssox, "login", "--start-url", startUrl, "--sso-region", "eu-west-1", "--session", "acme");
  const { created } = JSON.parse(run(ssox, "sync-profiles", "--json"));
  run(ssox, "credential-process", "--profile", created[0]);
  return created[0];
}

function jobs(profile) {
  return {
    "empty script": [empty],
    "--version": [ssox, "--version"],
    "--help": [ssox, "--help"],
    status: [ssox, "status"],
    "credential-process, cached": [ssox, "credential-process", "--profile", profile],
    "exec -- true, cached": [ssox, "exec", "--profile", profile, "--", "true"],
  };
}

function measure(all) {
  const times = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
  for (let round = -2; round < runs; round += 1) {
    for (const [name, args] of Object.entries(all)) {
      const started = performance.now();
      run(...args);
      if (round >= 0) times[name].push(performance.now() - started);
    }
  }
  return times;
}

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.slice(1).join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

function report(times) {
  const base = median(times["empty script"]);
  const rows = Object.entries(times).map(([job, all]) => ({
    job,
    ratio: round(median(all) / base),
    min: round(Math.min(...all) / base),
    max: round(Math.max(...all) / base),
    milliseconds: round(median(all)),
  }));
  const about = { node: process.version, runs, profiles: 3 * Number(options.accounts) };
  if (options.json) return console.log(JSON.stringify({ ...about, jobs: rows }, null, 2));
  console.log(
    `Node ${about.node}, ${runs} runs, ${about.profiles} profiles; ratios to an empty script`,
  );
  console.table(Object.fromEntries(rows.map(({ job, ...figures }) => [job, figures])));
}

function median(all) {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
}

function round(number) {
  return Math.round(number * 100) / 100;
}
