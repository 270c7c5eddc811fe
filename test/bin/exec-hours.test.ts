import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect, it, vi } from "vitest";
import { systemClock } from "../../src/system/clock.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import { signInAsAwsCli } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";
import { ended, runSsox, spawnSsox } from "../helpers/program.ts";
import { EXEC, execPlace, script } from "./exec-place.ts";
import { DEVICE } from "./place.ts";

/*
 * What happens in hours, in seconds: the built program, on short sessions and credentials.
 */

const ASKING = `
  const { get } = require("node:http");
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: Authorization } = process.env;
  const ask = () => new Promise((resolve, reject) => {
    get(url, { headers: { Authorization } }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode));
    }).on("error", reject);
  });
`;

/** Collects garbage every half second, which Node by itself puts off for tens of megabytes, the longer the less it has to do. */
const COLLECTING = `--import=data:text/javascript,${encodeURIComponent(`
  import { setFlagsFromString } from "node:v8";
  import { runInNewContext } from "node:vm";
  setFlagsFromString("--expose-gc");
  setInterval(runInNewContext("gc"), 500).unref();
`)}`;

it("a program whose session has ended goes on after a sign-in by the AWS CLI", async () => {
  const place = await execPlace({ lifetimes: { session: 15, roleCredentials: 20 } });
  const { lab, env } = place;
  const waiting = `${ASKING}
    let last = 200;
    const until = async (wanted) => {
      for (let status; (status = await ask()) !== wanted; last = status) {
        if (status !== last) console.log(status);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      console.log(last = wanted);
    };
    until(403).then(() => until(200));
  `;
  const child = spawnSsox(script(waiting), { env, timeout: 60_000 });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const told = text(child.stderr);
  await vi.waitFor(() => expect(said).toBe("403\n"), { timeout: 40_000, interval: 50 });
  await signInAsAwsCli(lab, { paths: resolvePaths(env), clock: systemClock });
  expect(await told).toBe(
    "ssox: the session acme has ended: AWS renews it no more → ssox login --session acme\n",
  );
  await ended(child);
  expect(said).toBe("403\n200\n");
  expect(child.exitCode).toBe(0);
});

it.each([
  // Since the sign-in: time for the start of the program.
  ["15m8s", ["15 min"]],
  ["5m8s", ["6 min", "5 min"]],
])("the end of a session of %s is told of on stderr %j before", async (duration, told) => {
  const { env, home } = await execPlace();
  const file = path.join(home, ".aws", "config");
  const config = readFileSync(file, "utf8");
  const header = "[sso-session acme]\n";
  writeFileSync(file, config.replace(header, `${header}ssox_session_duration = ${duration}\n`));
  await runSsox([...DEVICE, "--session", "acme", "--force"], { env });
  const end = await runSsox([...EXEC, "sleep", "9"], { env });
  const line = (left: string) =>
    `ssox: the session acme ends in ${left} → ssox login --session acme --force\n`;
  expect(end).toMatchObject({ status: 0, stdout: "", stderr: told.map(line).join("") });
});

it("a program that asks thousands of times, through renewals, leaves nothing behind in ssox", async () => {
  const { env, lab } = await execPlace({ lifetimes: { roleCredentials: 3 } });
  const measuring = `${ASKING}
    const { readdirSync, readFileSync } = require("node:fs");
    const parent = "/proc/" + process.ppid;
    const now = () => ({
      files: readdirSync(parent + "/fd").length,
      kilobytes: Number(/VmRSS:\\s+(\\d+)/.exec(readFileSync(parent + "/status", "utf8"))[1]),
    });
    const askFor = async (milliseconds) => {
      const end = Date.now() + milliseconds;
      let count = 0;
      while (Date.now() < end) {
        const answers = await Promise.all(Array.from({ length: 20 }, ask));
        if (answers.some((status) => status !== 200)) throw new Error(answers.join());
        count += 20;
      }
      return count;
    };
    (async () => {
      await askFor(6_000);
      const before = now();
      const asked = await askFor(10_000);
      // The connections of the last ones; and garbage, which is collected until then.
      const looks = [];
      for (let times = 0; times < 15; times += 1) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        await ask();
        looks.push(now());
      }
      const after = looks.reduce((a, b) => (a.kilobytes < b.kilobytes ? a : b));
      console.log(JSON.stringify({ asked, before, after }));
    })();
  `;
  const small = { ...env, NODE_OPTIONS: `--max-semi-space-size=1 ${COLLECTING}` };
  const end = await runSsox(script(measuring), { env: small, timeout: 50_000 });
  expect(end).toMatchObject({ status: 0, stderr: "" });
  const { asked, before, after } = JSON.parse(end.stdout);
  console.log(`${asked} answers: ${JSON.stringify(before)}, then ${JSON.stringify(after)}`);
  expect(asked).toBeGreaterThan(500);
  expect(requestsOf(lab, "GetRoleCredentials").length).toBeGreaterThan(4);
  // One for a connection to AWS that may be open or not.
  expect(after.files).toBeLessThanOrEqual(before.files + 2);
  expect(after.kilobytes).toBeLessThan(before.kilobytes + 16 * 1024);
});
