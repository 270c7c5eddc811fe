import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

/**
 * The main job of ssox, against an IAM Identity Center on this machine: no AWS
 * account, no prompt, a home of its own that is removed at the end.
 */

const root = path.join(import.meta.dirname, "..");
const ssox = path.join(root, "bin", "ssox.js");
const client = path.join(root, "scripts", "demo-client.mjs");
/** Seconds: short, so that the demo can outlive a credential. */
const ROLE_LIFETIME = 12;

const home = mkdtempSync(path.join(tmpdir(), "ssox-demo-"));
const lab = spawn(process.execPath, [ssox, "lab", "--role-lifetime", String(ROLE_LIFETIME)], {
  env: environment({}),
  stdio: ["ignore", "pipe", "inherit"],
});
const labEnd = once(lab, "exit");
process.once("SIGINT", () => leaveNothing().then(() => process.exit(130)));
try {
  const { url, startUrl } = await ready(lab);
  await demo(environment(endpoints(url)), startUrl);
} finally {
  await leaveNothing();
}

/** The lab writes its code cache into the home as it ends: only then can that be removed. */
async function leaveNothing() {
  lab.kill("SIGTERM");
  await labEnd;
  rmSync(home, { recursive: true, force: true });
}

async function demo(env, startUrl) {
  const run = (...args) => ssoxRun(env, args);
  heading("Sign in: once, for every account and role");
  await run("login", "--session", "acme", "--start-url", startUrl, "--sso-region", "eu-west-1");

  heading("What this user may do");
  await run("roles");

  heading("One profile for each account and role");
  await run("sync-profiles", "--region", "eu-west-1");

  heading("An AWS SDK, as two different roles");
  for (const profile of ["sandbox.DeveloperAccess", "production.ReadOnlyAccess"]) {
    await run("exec", "--profile", profile, "--", process.execPath, client);
  }

  heading(`A job that outlives its credentials (${ROLE_LIFETIME} s here, an hour at AWS)`);
  const job = ["--", process.execPath, client, String(ROLE_LIFETIME + 4)];
  await run("exec", "--profile", "sandbox.DeveloperAccess", ...job);

  heading("Sign out");
  await run("logout");
}

async function ssoxRun(env, args) {
  const shown = args.map((word) => {
    if (word === process.execPath) return "node";
    return word === client ? "client.mjs" : word;
  });
  console.log(`\n$ ssox ${shown.join(" ")}`);
  const child = spawn(process.execPath, [ssox, ...args], { env, stdio: ["ignore", 1, 2] });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`ssox ${args[0]} ended with ${code}`);
}

async function ready(child) {
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, "line"), once(lines, "close")]);
  if (line === undefined) throw new Error("the lab did not start");
  return JSON.parse(line);
}

function endpoints(url) {
  return { AWS_ENDPOINT_URL_SSO: url, AWS_ENDPOINT_URL_SSO_OIDC: url, AWS_ENDPOINT_URL_STS: url };
}

/** Nothing of the user's own: no profile, no credentials, no browser. */
function environment(more) {
  const { PATH = "", TERM = "" } = process.env;
  return { PATH, TERM, HOME: home, USERPROFILE: home, NO_COLOR: "1", ...more };
}

function heading(text) {
  console.log(`\n# ${text}`);
}
