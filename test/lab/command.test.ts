import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Config } from "@oclif/core";
import { expect, onTestFinished, test } from "vitest";
import { contextOfRun } from "../../src/commands/base.ts";
import LabCommand from "../../src/commands/lab.ts";
import type { Context } from "../../src/context.ts";
import { systemClock } from "../../src/system/clock.ts";
import type { Environment } from "../../src/system/environment.ts";
import { repository } from "../helpers/witness.ts";
import { signIn } from "./client.ts";

/** Runs `ssox lab ARGS` with those parts of Context that it uses. */
async function run(args: readonly string[], env: Environment = {}) {
  const lines: string[] = [];
  const ending = new AbortController();
  const terminal = { print: (text: string) => lines.push(...text.split("\n")) };
  const context = {
    clock: systemClock,
    terminal,
    env,
    signal: ending.signal,
  } as unknown as Context;
  const config = await Config.load({ root: repository });
  const ended = contextOfRun.run(context, () => LabCommand.run([...args], config));
  return { lines, ended, end: () => ending.abort() };
}

async function runUntilReady(args: readonly string[]) {
  const { lines, ended, end } = await run(args);
  onTestFinished(end);
  await expect.poll(() => lines.length, { timeout: 20_000 }).toBe(1);
  return { ready: JSON.parse(lines[0] ?? ""), lines, ended, end };
}

test("prints one line, serves, and ends with the signal", async () => {
  const { ready, lines, ended, end } = await runUntilReady([]);
  expect(ready).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    pid: process.pid,
    startUrl: "https://d-1234567890.awsapps.com/start",
  });
  expect((await fetch(`${ready.url}/device`)).status).toBe(200);
  end();
  expect(await ended).toBeUndefined();
  expect(lines).toHaveLength(1);
  await expect(fetch(`${ready.url}/device`)).rejects.toThrow();
});

test("its flags reach the lab", async () => {
  const { ready } = await runUntilReady(
    (
      "--accounts 30 --roles 2 --hostile-names --refresh-tokens lenient --access-token-lifetime 120 " +
      "--role-lifetime 60 --session-lifetime 300 --start-url https://d-0987654321.awsapps.com/start"
    ).split(" "),
  );
  expect(ready.startUrl).toBe("https://d-0987654321.awsapps.com/start");
  const lab = { url: ready.url, startUrl: ready.startUrl } as Parameters<typeof signIn>[0];
  expect(await signIn(lab)).toMatchObject({ expiresIn: 120 });
  expect(await signIn(lab, { scopes: [] })).toMatchObject({ expiresIn: 300 });
  const { accessToken } = await signIn(lab);
  const headers = { "x-amz-sso_bearer_token": String(accessToken) };
  const list = await fetch(`${ready.url}/assignment/accounts?max_result=100`, { headers });
  const accounts: unknown[] = Object(await list.json()).accountList;
  expect(accounts).toHaveLength(30);
  expect(accounts[4]).toMatchObject({ accountName: "two words" });
});

test("an organisation comes from a file, and not together with a made-up one", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-organisation-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "organisation.json");
  writeFileSync(file, '{"accounts":[{"id":"012345678901","roles":["A"]}]}');
  const { ready } = await runUntilReady(["--organisation", file, "--approve", "page"]);
  expect(ready.url).toContain("127.0.0.1");
  const both = await run(["--organisation", file, "--accounts", "3"]);
  await expect(both.ended).rejects.toThrow(/--accounts/);
  writeFileSync(file, "{}");
  const bad = await run(["--organisation", file]);
  await expect(bad.ended).rejects.toMatchObject({ code: "ConfigInvalid" });
});

test("--env points a shell at the lab, whatever stood in its way, and tells the way back", async () => {
  const env = { HOME: "/home/o'neil", AWS_PROFILE: "real", AWS_CONFIG_FILE: "/real" };
  const { lines, ended } = await run(["--port", "8400", "--env"], env);
  await ended;
  const script = `${lines.join("\n")}\nenv`;
  const shell = { ...env, PATH: process.env["PATH"] ?? "" };
  const said = execFileSync("/bin/sh", ["-c", script], { env: shell, encoding: "utf8" });
  const variables = new Map(said.split("\n").map((line) => [line.split("=")[0], line]));
  const home = variables.get("HOME")?.slice("HOME=".length) ?? "";
  onTestFinished(() => rmSync(home, { recursive: true }));
  for (const name of ["SSO", "SSO_OIDC", "STS", "SIGNIN"]) {
    const variable = `AWS_ENDPOINT_URL_${name}`;
    expect(variables.get(variable)).toBe(`${variable}=http://127.0.0.1:8400`);
  }
  expect(variables.get("AWS_EC2_METADATA_DISABLED")).toBe("AWS_EC2_METADATA_DISABLED=true");
  expect(variables.has("AWS_PROFILE")).toBe(false);
  expect(variables.has("AWS_CONFIG_FILE")).toBe(false);
  expect(readdirSync(home)).toEqual([".aws"]);
  expect(statSync(home).mode & 0o777).toBe(0o700);

  const back = lines.filter((line) => line.startsWith("# ") && !line.includes("rm -r"));
  const undone = `${lines.join("\n")}\n${back
    .slice(1)
    .map((line) => line.slice(2))
    .join("\n")}\nenv`;
  const after = execFileSync("/bin/sh", ["-c", undone], { env: shell, encoding: "utf8" });
  expect(after).not.toContain("AWS_ENDPOINT_URL");
  expect(after).toContain("HOME=/home/o'neil\n");
});

test("--env without a port is wrong usage", async () => {
  const { ended } = await run(["--env"]);
  await expect(ended).rejects.toMatchObject({ code: "Usage" });
});

function settingsFile(text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-settings-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "settings.json");
  writeFileSync(file, text);
  return file;
}

async function settingsAt(url: string): Promise<unknown> {
  return await (await fetch(`${url}/lab/settings`)).json();
}

test("settings come from a file, and flags come before it", async () => {
  const file = settingsFile(
    JSON.stringify({
      latency: 1,
      approve: "page",
      pollInterval: 3,
      lifetimes: { session: 100, deviceCode: 50 },
      rateLimits: { Logout: { perSecond: 1, burst: 1 } },
      faults: [{ kind: "lost", operation: "CreateToken", count: 2 }],
    }),
  );
  const args = ["--settings", file, "--approve", "deny", "--session-lifetime", "200"];
  const { ready } = await runUntilReady([...args, "--rate-limit", "ListAccounts=0.5/3"]);
  expect(await settingsAt(ready.url)).toMatchObject({
    latency: 1,
    approve: "deny",
    pollInterval: 3,
    lifetimes: { session: 200, deviceCode: 50, accessToken: 3600 },
    rateLimits: {
      Logout: { perSecond: 1, burst: 1 },
      ListAccounts: { perSecond: 0.5, burst: 3, retryAfter: false },
    },
  });
  expect(await (await fetch(`${ready.url}/lab/faults`)).json()).toEqual({
    faults: [{ kind: "lost", operation: "CreateToken", count: 2 }],
  });
});

test.each([
  ["{", "it is not JSON"],
  ['{"latency":"1"}', "latency must be a number"],
  ['{"faults":[{"kind":"reset"},{"kind":"?"}]}', "faults[1].kind must be one of"],
  ['{"port":1}', 'without "port"'],
])("the settings file %s is refused", async (text, why) => {
  const file = settingsFile(text);
  const { ended } = await run(["--settings", file]);
  await expect(ended).rejects.toMatchObject({
    code: "ConfigInvalid",
    message: expect.stringMatching(new RegExp(`^Cannot use ${file}: `)),
  });
  await expect(ended).rejects.toThrow(why);
});

test("further flags reach the lab: users, start URLs, vanity names, limits, sessions", async () => {
  const other = "https://d-0987654321.awsapps.com/start";
  const { ready } = await runUntilReady(
    (
      `--users 3 --user grace@example.com --start-url https://d-1.awsapps.com/start --start-url ${other} ` +
      `--vanity sso.example.com --vanity two.example.com=${other} --no-reuse-sessions ` +
      "--rate-limit 20 --retry-after --refresh-tokens lenient"
    ).split(" "),
  );
  expect(ready).toMatchObject({
    startUrl: "https://d-1.awsapps.com/start",
    startUrls: ["https://d-1.awsapps.com/start", other],
  });
  expect(await settingsAt(ready.url)).toMatchObject({
    user: "grace@example.com",
    reuseSessions: false,
    refreshTokens: "lenient",
    vanity: { "sso.example.com": "https://d-1.awsapps.com/start", "two.example.com": other },
    rateLimits: { "*": { perSecond: 20, burst: 20, retryAfter: true } },
  });
  const listed = Object(await (await fetch(`${ready.url}/lab/assignments`)).json()).assignments;
  const accountsAt = (startUrl: string) =>
    listed
      .filter((one: { startUrl: string }) => one.startUrl === startUrl)
      .map((one: { accountId: string }) => one.accountId);
  expect(accountsAt(ready.startUrl)).not.toHaveLength(0);
  expect(accountsAt(ready.startUrl)).not.toEqual(accountsAt(other));
});

test.each(["x", "Nope=1", "1/x", "=1", "-1", "*=0"])("--rate-limit %s is wrong", async (limit) => {
  const { ended } = await run([`--rate-limit=${limit}`]);
  await expect(ended).rejects.toMatchObject({ code: "Usage" });
});
