import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { COMMANDS } from "../../src/commands/index.ts";
import type { Echo } from "../../src/lab/faults/echo.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import { startTestLab } from "../helpers/lab.ts";
import { WatchedHome, type WatchedRun } from "../helpers/watched-home.ts";

/*
 * Every secret of a run is looked for, as it is, encoded and in pieces, in all
 * that the program says, in the arguments and the environment of every process,
 * and in every file but its own.
 */

const DEVICE = ["login", "--flow", "device", "--no-browser"];
const PKCE = ["login", "--flow", "pkce"];
const KEYS = ["secretAccessKey", "sessionToken"];
const FORMATS = ["sh", "fish", "powershell", "cmd", "dotenv", "json"];
const FOREVER = Number.POSITIVE_INFINITY;

describe("no secret is anywhere but in its place", { timeout: 300_000 }, () => {
  it("when all goes well", async () => {
    const { home, role, account } = await start();
    const went = new Set<string>();
    const run = async (words: readonly string[], options: WatchedRun = {}) => {
      for (const more of [[], ["--debug"]]) {
        const all = withOwn(words, more);
        expect({ all, ...(await home.run(all, options)) }).toMatchObject({ all, status: 0 });
      }
      went.add(words[0] ?? "");
    };
    const untilItRuns = async () =>
      await vi.waitFor(() => expect(home.notes("child")).toBe(1), { timeout: 20_000 });
    const exec = { meanwhile: untilItRuns };

    await run(PKCE);
    await run([...DEVICE, "--force", "--qr", "--json"]);
    await run([...PKCE, "--force"]);
    await run(["login", "--all", "--json"]);
    await run(["configure", "--session", "acme", "--region", "eu-west-1", "--json"]);
    await run(["accounts", "--refresh"]);
    await run(["accounts", "--csv"]);
    await run(["roles", "--json"]);
    await run(["sync-profiles", "--dry-run"]);
    await run(["sync-profiles"]);
    await run(["sync-profiles", "--json"]);
    await run(["sync-profiles", "--undo", "--dry-run"]);
    await run(["sync-profiles", "--remove", "--dry-run"]);
    await run(["console", ...role]);
    await run(["console", ...role, "--federation", "--service", "s3"]);
    await run(["console", ...role, "--print", "--json"]);
    await run(["console", ...role, "--federation", "--print"], { stdout: ["signinToken"] });
    await run(["whoami", ...role]);
    await run(["whoami", "--account", account.name ?? "", "--role", "ReadOnlyAccess", "--json"]);
    await run(["credential-process", ...role], { stdout: KEYS });
    for (const format of FORMATS) {
      await run(["env", ...role, "--format", format], { stdout: KEYS });
    }
    await run(["env", "--unset"]);
    await run(["init", "bash"]);
    await run(["exec", ...role, "--", ...home.child], { ...exec, child: ["endpointToken"] });
    await run(["exec", ...role, "--mode", "env", "--", ...home.child], { ...exec, child: KEYS });
    await run(["shell", ...role], { ...exec, child: ["endpointToken"], env: home.shell });
    home.configure(chained(account.id, home));
    for (const profile of ["chain", "process", "static"]) {
      const words = ["exec", "--profile", profile];
      await run([...words, "--", ...home.child], { ...exec, child: ["endpointToken"] });
    }
    await run(["exec", "--profile", "chain", "--mode", "env", "--", ...home.child], {
      ...exec,
      child: KEYS,
    });
    await run(["whoami", "--profile", "chain"]);
    await run(["console", "chain", "--federation"]);
    // It asks nobody here: test/bin/pick.test.ts looks at what it shows at a terminal.
    expect(await home.run(["pick", "--json", "--debug"])).toMatchObject({ status: 2 });
    went.add("pick");
    await run(["doctor", "--online", "--needs", "1h"]);
    await run(["doctor", "--profile", "chain", "--json"]);
    await run(["status"]);
    await run(["status", "--json"]);
    home.expireToken();
    await run(["credential-process", ...role], { stdout: KEYS });
    await run(["logout", "--json"]);
    await run(DEVICE);
    await run(["logout", "--all"]);

    expect(went).toEqual(new Set(Object.keys(COMMANDS).filter((name) => name !== "lab")));
    expect(home.findings()).toEqual([]);
    // What was looked for; and the search does find what lies where it may.
    const passing = ["code", "codeVerifier", "deviceCode", "processKey"];
    expect(kindsOf(home)).toEqual([...IN_PLACE, ...passing].sort());
    expect([...home.kindsInPlace()].sort()).toEqual(IN_PLACE);
  });

  it.each<[operation: string, words: readonly string[], echo: Partial<Echo>]>([
    ["StartDeviceAuthorization", [...DEVICE, "--force"], {}],
    ["CreateToken", [...DEVICE, "--force"], { error: "access_denied" }],
    ["CreateToken", [...PKCE, "--force", "--json"], { error: "invalid_grant" }],
    ["ListAccounts", ["accounts", "--refresh"], { place: "name" }],
    ["ListAccountRoles", ["sync-profiles", "--json"], { status: 429 }],
    ["GetRoleCredentials", ["credential-process"], { status: 403, place: "name" }],
    ["GetRoleCredentials", ["exec", "--", "true"], { place: "page" }],
    ["GetCallerIdentity", ["whoami", "--json"], { status: 403, place: "name" }],
    ["GetSigninToken", ["console", "--federation", "--print"], { status: 400, place: "page" }],
    ["GetSigninToken", ["console", "--federation"], { status: 503, place: "message" }],
    ["ListAccounts", ["doctor", "--online"], { status: 400, place: "name" }],
    ["Logout", ["logout", "--all"], { status: 500, place: "name" }],
  ])("when %s repeats what it was asked: ssox %j %j", async (operation, words, echo) => {
    const { lab, home, role } = await start();
    await home.run(DEVICE);
    lab.fault({ kind: "echo", status: 400, place: "message", ...echo, operation, count: FOREVER });
    const takesRole = /^(console|credential-process|exec|whoami)$/.test(words[0] ?? "");
    const all = withOwn(words, [...(takesRole ? role : []), "--debug"]);
    const { status, stderr } = await home.run(all);
    // A sign-out that the service did not hear of is one nevertheless.
    expect(status === 0).toBe(words[0] === "logout");
    expect(stderr).toContain(operation);
    expect(home.findings()).toEqual([]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("when %s ends a sign-in", async (signal) => {
    const { home } = await start({ approve: "never" });
    for (const words of [DEVICE, [...PKCE, "--no-browser"]]) {
      const { stderr } = await home.run([...words, "--debug"], {
        meanwhile: async (pid, said) => {
          await vi.waitFor(() => expect(said()).toMatch(/To sign in to acme[\s\S]*:\/\/\S+\n/), {
            timeout: 20_000,
          });
          await strayCode(said(), home);
          process.kill(pid, signal);
        },
      });
      expect(stderr).toContain("To sign in to acme");
    }
    expect(kindsOf(home)).toEqual(expect.arrayContaining(["deviceCode", "strayCode"]));
    expect(home.findings()).toEqual([]);
  });

  it.each(["SIGINT", "SIGKILL"] as const)("when %s ends a refresh, or exec", async (signal) => {
    const { lab, home, role } = await start({ latency: 150 });
    await home.run(DEVICE);
    home.expireToken();
    const asked = lab.statistics().requests;
    await home.run(["credential-process", ...role, "--debug"], {
      stdout: KEYS,
      meanwhile: async (pid) => {
        await vi.waitFor(() => expect(lab.statistics().inFlight).toBe(1), { timeout: 20_000 });
        process.kill(pid, signal);
      },
    });
    expect(lab.statistics().requests).toBeGreaterThan(asked);
    await home.run(["exec", ...role, "--login", "--debug", "--", ...home.child], {
      child: ["endpointToken"],
      meanwhile: async (pid) => {
        await vi.waitFor(() => expect(home.notes("child")).toBe(1), { timeout: 20_000 });
        process.kill(pid, signal);
      },
    });
    expect(home.findings()).toEqual([]);
  });

  it("when a bug of ssox has one in its message", async () => {
    const { home } = await start();
    const bug = path.join(home.outside, "bug.cjs");
    writeFileSync(
      bug,
      `const { stringify } = JSON;
      JSON.stringify = (value, ...rest) => {
        if (typeof value === "string" && value.length > 100) throw new TypeError("cannot write " + value);
        return stringify(value, ...rest);
      };`,
    );
    const env = { NODE_OPTIONS: `--require ${bug}` };
    const { status, stdout, stderr } = await home.run([...DEVICE, "--json", "--debug"], { env });
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error.message).toBe("cannot write … (a bug in ssox)");
    expect(stderr).toMatch(/debug: TypeError\n {4}at /);
    expect(kindsOf(home)).toContain("refreshToken");
    expect(home.findings()).toEqual([]);
  });

  it("when a bug strikes where nobody waits", async () => {
    const { home } = await start({ approve: "never" });
    const bug = path.join(home.outside, "bug.cjs");
    const secret = home.also("token", "aoaAAAAAGb4x1Zt9rQ9xWv7Yk2Pb8Nc3Md4Le6");
    const error = `Object.assign(new TypeError("it holds ${secret}"), { token: "${secret}" })`;
    for (const thrown of [`throw ${error}`, `Promise.reject(${error})`]) {
      writeFileSync(bug, `setTimeout(() => { ${thrown}; }, 1000);`);
      const env = { NODE_OPTIONS: `--require ${bug}` };
      const { status, stdout, stderr } = await home.run([...DEVICE, "--debug"], { env });
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toMatch(/debug: TypeError\n {4}at /);
      expect(stderr).toContain("ssox: error Unexpected: it holds … (a bug in ssox)");
    }
    expect(home.findings()).toEqual([]);
  });

  it("when a proxy refuses, or there is none", async () => {
    const { home } = await start();
    const refusing = await startRefusingProxy();
    for (const host of [refusing, "127.0.0.1:9"]) {
      const proxy = home.env["HTTPS_PROXY"]?.replace("127.0.0.1:9", host) ?? "";
      const env = { HTTPS_PROXY: proxy, AWS_ENDPOINT_URL_SSO_OIDC: "https://sso.invalid" };
      const { status } = await home.run([...DEVICE, "--debug", "--json"], { env });
      expect(status).toBe(5);
    }
    expect(home.findings()).toEqual([]);
  });

  it("when files are not what they should be", async () => {
    const { home, role } = await start();
    await home.run(DEVICE);
    await home.run(["credential-process", ...role], { stdout: KEYS });
    const { tokenFile, configFile } = home;
    const [token, config] = [readFileSync(tokenFile, "utf8"), readFileSync(configFile, "utf8")];
    for (const damaged of [token.slice(0, 300), token.replaceAll('":', '" ')]) {
      writeFileSync(tokenFile, damaged);
      for (const words of [["status", "--json"], ["accounts"]]) {
        await home.run([...words, "--debug"]);
      }
    }
    for (const [good, bad] of [
      ["aws_secret_access_key = ", "aws_secret_access_key "],
      ["aws_secret_access_key = ", "aws_secret_access_key = x\naws_secret_access_key = "],
    ] as const) {
      writeFileSync(configFile, config.replace(good, bad));
      for (const words of [["status"], ["sync-profiles"], ["logout", "--all"]]) {
        expect((await home.run([...words, "--debug"])).status).toBe(6);
      }
    }
    expect(home.findings()).toEqual([]);
  });
});

/** Profiles of other kinds: a role that is assumed, and a program that prints keys. */
function chained(accountId: string, home: WatchedHome): string {
  const key = home.also("processKey", "a/key+that/a+program/prints");
  const printed = { Version: 1, AccessKeyId: "AKIA", SecretAccessKey: key, SessionToken: key };
  const file = path.join(home.outside, "printed");
  writeFileSync(file, JSON.stringify(printed));
  return `
[profile source]
sso_session = acme
sso_account_id = ${accountId}
sso_role_name = ReadOnlyAccess
[profile chain]
role_arn = arn:aws:iam::${accountId}:role/Gate
source_profile = source
region = eu-west-1
[profile process]
credential_process = cat ${file}
`;
}

/** The redirect of a sign-in that is not the one that waits, with a code of its own. */
async function strayCode(said: string, home: WatchedHome): Promise<void> {
  const redirect = /redirect_uri=([^&]+)/.exec(said)?.[1];
  if (redirect === undefined) return;
  const code = home.also("strayCode", "a-code-of-another-sign-in");
  const answer = await fetch(`${decodeURIComponent(redirect)}?state=x&code=${code}`);
  expect(answer.status).toBe(400);
}

/** It wants another user. */
async function startRefusingProxy(): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(407).end());
  server.on("connect", (_request, socket) => {
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const IN_PLACE = [
  "accessToken",
  "clientSecret",
  "configKey",
  "endpointToken",
  "refreshToken",
  "secretAccessKey",
  "sessionToken",
  "signinToken",
  "variable",
];

function kindsOf(home: WatchedHome): string[] {
  return [...new Set(home.secrets().map(({ kind }) => kind))].sort();
}

/** Flags of ssox's, before the program that it runs. */
function withOwn(words: readonly string[], more: readonly string[]): string[] {
  const at = words.indexOf("--");
  return at === -1 ? [...words, ...more] : words.toSpliced(at, 0, ...more);
}

async function start(options: LabOptions = {}) {
  const lab = await startTestLab(options);
  const password = "p@ss/word+of=the:proxy";
  const proxy = `http://ada:${encodeURIComponent(password)}@127.0.0.1:9`;
  const endpoint = lab.url.replace("//", "//ada:password-of-an-endpoint@");
  const home = new WatchedHome(lab, {
    HTTPS_PROXY: proxy,
    HTTP_PROXY: proxy,
    NO_PROXY: "127.0.0.1",
    AWS_ENDPOINT_URL_SSO: endpoint,
    AWS_ENDPOINT_URL_SSO_OIDC: endpoint,
    AWS_ENDPOINT_URL_STS: endpoint,
    AWS_ENDPOINT_URL_SIGNIN: endpoint,
  });
  // What the user's own environment holds.
  home.also("variable", password);
  home.also("variable", "password-of-an-endpoint");
  const account = lab.organisation.accounts[0];
  if (account === undefined) throw new Error("the lab has no account");
  return { lab, home, account, role: ["--account", account.id, "--role", "ReadOnlyAccess"] };
}
