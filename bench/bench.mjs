import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { awsCliJobs, EXPORT } from "./aws-cli.mjs";
import { makeHome } from "./home.mjs";
import { median, runJob } from "./job.mjs";

/**
 * What ssox costs, as ratios to an empty script on the same Node: all jobs are
 * run in turn, again and again, so that a busy machine slows them all alike;
 * each round in another order, since a job pays for what the one before it left.
 *
 *   npm run bench -- [--runs N] [--json] [--check]
 *
 * `--check` ends with 1 when a ratio is over its budget (bench/budgets.json),
 * and when version 2 of the AWS CLI is there and not 15 times slower.
 * SSOX_NODE names another Node to measure.
 */

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "30" },
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});
const runs = Number(options.runs);
const EMPTY = "empty script";
const CACHED = "credential-process, cached, 150 profiles";
/** How much longer the AWS CLI may take for the same at least. */
const AWS_CLI_FACTOR = 15;
const budgets = JSON.parse(readFileSync(path.join(import.meta.dirname, "budgets.json"), "utf8"));
const node = process.env.SSOX_NODE || process.execPath;
const folder = mkdtempSync(path.join(tmpdir(), "ssox-bench-"));
const homes = [];

try {
  const small = await home("150 profiles", 50);
  const large = await home("5,000 profiles", 1_667);
  report(measure([...jobsOf(small), ...jobsOfLarge(large), ...awsCliJobs(small)]));
} finally {
  for (const { close } of homes) await close();
  rmSync(folder, { recursive: true, force: true });
}

async function home(name, accounts) {
  const made = await makeHome({ folder: path.join(folder, String(accounts)), node, accounts });
  homes.push(made);
  return { ...made, name };
}

function jobsOf({ ssox, empty, profile, forget, name }) {
  return [
    { name: EMPTY, ...empty() },
    {
      name: `credential-process, cached, ${name}`,
      ...ssox("credential-process", "--profile", profile),
    },
    {
      name: "credential-process, one call of the service",
      ...ssox("credential-process", "--profile", profile),
      before: forget,
    },
    { name: "--version", ...ssox("--version") },
    { name: "--help", ...ssox("--help") },
    { name: "status", ...ssox("status") },
    { name: "exec -- true, cached", ...ssox("exec", "--profile", profile, "--", "true") },
    {
      name: `sync-profiles --cached, nothing to change, ${name}`,
      ...ssox("sync-profiles", "--cached"),
    },
  ];
}

function jobsOfLarge({ ssox, profile, name }) {
  return [
    {
      name: `credential-process, cached, ${name}`,
      ...ssox("credential-process", "--profile", profile),
    },
    {
      name: `sync-profiles --cached, nothing to change, ${name}`,
      ...ssox("sync-profiles", "--cached"),
    },
  ];
}

/** @returns for each job the milliseconds of each run */
function measure(jobs) {
  const times = new Map(jobs.map(({ name }) => [name, []]));
  for (let round = -3; round < runs; round += 1) {
    for (const job of shuffled(jobs)) {
      const took = runJob(job);
      if (round >= 0) times.get(job.name).push(took);
    }
  }
  return times;
}

function shuffled(jobs) {
  const keyed = jobs.map((job) => ({ job, key: Math.random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ job }) => job);
}

function report(times) {
  const base = median(times.get(EMPTY));
  const jobs = [...times].map(([job, all]) => ({
    job,
    ratio: round(median(all) / base),
    min: round(Math.min(...all) / base),
    max: round(Math.max(...all) / base),
    ...(budgets[job] && { budget: budgets[job] }),
    milliseconds: round(median(all)),
  }));
  const [cpu] = cpus();
  const machine = `${process.platform} ${process.arch}, ${cpus().length} × ${cpu?.model.trim()}`;
  const about = { machine, node: homes[0]?.nodeVersion, runs };
  if (options.json) console.log(JSON.stringify({ ...about, jobs }, null, 2));
  else {
    console.log(`Node ${about.node}, ${runs} runs, ${machine}; ratios to an empty script`);
    console.table(Object.fromEntries(jobs.map(({ job, ...figures }) => [job, figures])));
  }
  if (options.check) check(jobs);
}

function check(jobs) {
  const over = jobs.filter(({ ratio, budget }) => budget !== undefined && ratio > budget);
  for (const { job, ratio, budget } of over) console.error(`${job}: ${ratio}, at most ${budget}`);
  const cached = jobs.find(({ job }) => job === CACHED);
  const aws = jobs.find(({ job }) => job.startsWith(EXPORT));
  const isSlow = aws !== undefined && aws.ratio < cached.ratio * AWS_CLI_FACTOR;
  if (isSlow)
    console.error(`${aws.job}: ${aws.ratio}, not ${AWS_CLI_FACTOR} times ${cached.ratio}`);
  if (over.length > 0 || isSlow) process.exitCode = 1;
}

function round(number) {
  return Math.round(number * 100) / 100;
}
