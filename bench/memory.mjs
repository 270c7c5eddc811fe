import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { makeHome } from "./home.mjs";

/**
 * What the parent of `ssox exec` holds of the memory, while it renews credentials
 * every few seconds that an hour's are renewed every 40 minutes. On Linux.
 *
 *   npm run bench:memory -- [--seconds N] [--json]
 */

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
  },
});
const node = process.env.SSOX_NODE || process.execPath;
const ROLE_LIFETIME = 6;
const folder = mkdtempSync(path.join(tmpdir(), "ssox-bench-"));
const home = await makeHome({
  folder,
  node,
  accounts: 1,
  lab: ["--role-lifetime", String(ROLE_LIFETIME)],
});
try {
  const { command, args, env } = home.ssox("exec", "--profile", home.profile, "--", "sleep", "600");
  const parent = spawn(command, args, { env, stdio: "ignore" });
  await delay(3_000);
  const atStart = residentOf(parent.pid);
  const before = await fetches(env);
  await delay(Number(options.seconds) * 1_000);
  const renewals = (await fetches(env)) - before;
  const figures = { node: home.nodeVersion, atStart, renewals, afterwards: residentOf(parent.pid) };
  parent.kill("SIGTERM");
  await once(parent, "exit");
  if (options.json) console.log(JSON.stringify(figures));
  else console.table({ "resident MB": figures });
} finally {
  await home.close();
  rmSync(folder, { recursive: true, force: true });
}

/** How many role credentials the lab has given out. */
async function fetches({ AWS_ENDPOINT_URL_SSO: lab }) {
  const { operations } = await (await fetch(`${lab}/lab/statistics`)).json();
  return operations.GetRoleCredentials?.requests ?? 0;
}

function residentOf(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(kilobytes) / 1024);
}
