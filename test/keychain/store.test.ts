import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { looseObject, parse, string } from "valibot";
import { describe, expect, it, type TestContext } from "vitest";
import { systemClock } from "../../src/system/clock.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import {
  homeEnvironment,
  sha1,
  signInAsAwsCli,
  startRelay,
  temporaryHome,
} from "../helpers/context.ts";
import { type Keyring, type KeyringState, startKeyring } from "../helpers/keyring.ts";
import { awsConfigFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { runSsox } from "../helpers/program.ts";

const DONE = { status: 0, stderr: expect.not.stringContaining("ssox: error") };
const TOKEN = `token/${sha1("acme")}`;

describe("a session with ssox_store = keychain", () => {
  it("serves every command with no secret on the disk, from the login to the last logout", async (test) => {
    const { lab, run: plainRun, home, paths, role, keyring, secrets } = await desk("working", test);
    const run = async (...words: string[]) => {
      const end = await plainRun(...words);
      expect(found(home, secrets), words.join(" ")).toEqual([]);
      return end;
    };
    const json = async (...words: string[]): Promise<unknown> => {
      const end = await run(...words, "--json");
      expect(end).toMatchObject(DONE);
      return JSON.parse(end.stdout);
    };

    expect(await run("login", "--flow", "device", "--json")).toMatchObject(DONE);
    const registration = expect.stringMatching(/^registration\//);
    expect(Object.keys(keyring.items()).sort()).toEqual([registration, TOKEN]);
    expect(await json("accounts")).toHaveLength(lab.organisation.accounts.length);

    // The token runs out: the next command refreshes it.
    expire(keyring);
    const answered = await run("credential-process", ...role);
    expect(answered).toMatchObject({ status: 0, stderr: "" });
    expect(requestsOf(lab, "CreateToken").map(({ grantType }) => grantType)).toEqual([
      expect.stringContaining("device_code"),
      "refresh_token",
    ]);
    expect((await run("credential-process", ...role)).stdout).toBe(answered.stdout);
    const key = keyOf(answered.stdout);
    const printed = ["--", "printenv", "AWS_ACCESS_KEY_ID"];
    const ran = await run("exec", ...role, "--mode", "env", ...printed);
    expect(ran).toMatchObject({ status: 0, stdout: `${key}\n` });
    expect((await run("exec", ...role, "--", "true")).status).toBe(0);
    expect((await run("env", ...role)).stdout).toContain(key);
    expect(await json("whoami", ...role)).toMatchObject({ session: "acme" });
    expect(await json("status")).toMatchObject({
      sessions: [{ name: "acme", state: "valid", store: "keychain" }],
      roleCredentials: [{ session: "acme", role: "ReadOnlyAccess" }],
    });
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(1);

    expect(await json("logout")).toMatchObject({ stillValid: [{ role: "ReadOnlyAccess" }] });
    expect(Object.keys(keyring.items())).toEqual([registration]);
    expect((await run("credential-process", ...role)).status).toBe(3);
    expect(await json("logout", "--all")).toEqual({ sessions: ["acme"], stillValid: [] });
    expect(keyring.items()).toEqual({});

    // Client secret, twice access and refresh token, and three of the role.
    expect(secrets.size).toBe(8);
    expect(existsSync(paths.tokenCache)).toBe(false);
    expect(existsSync(paths.roleCache)).toBe(false);
  });

  it("takes over a sign-in from the files, and gives it back", async (test) => {
    const { lab, run, home, paths, role, keyring } = await desk("working", test, "file");
    const { token, file } = await signInAsAwsCli(lab, { paths, clock: systemClock });
    await run("credential-process", ...role);
    useStore(paths.configFile, "keychain");

    const moved = await run("login");
    expect(moved).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("Already signed in"),
    });
    expect(JSON.parse(keyring.items()[TOKEN] ?? "")).toEqual(token);
    expect(existsSync(file)).toBe(false);
    const secrets = new Set(secretsIn(JSON.stringify(token)));
    expect(secrets.size).toBe(3);
    expect(found(home, secrets)).toEqual([]);

    useStore(paths.configFile, "file");
    expect(await run("login")).toMatchObject(DONE);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(token);
    expect(keyring.items()).toEqual({});
    expect(requestsOf(lab, "CreateToken")).toHaveLength(1);
  });

  it("is refreshed once for eight programs at once", async (test) => {
    const { lab, run, role, keyring } = await desk("working", test);
    expect(await run("login", "--flow", "device")).toMatchObject(DONE);
    expire(keyring);
    const words = ["credential-process", ...role];
    const ends = await Promise.all(Array.from({ length: 8 }, () => run(...words)));
    expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 0));
    expect(new Set(ends.map(({ stdout }) => stdout)).size).toBe(1);
    expect(requestsOf(lab, "CreateToken")).toHaveLength(2);
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(1);
  });

  it("has profiles that name ssox, which exec takes, and three keys again after a change back", async (test) => {
    const { run, paths } = await desk("working", test);
    expect(await run("login", "--flow", "device")).toMatchObject(DONE);
    expect(await run("sync-profiles")).toMatchObject(DONE);
    const config = readFileSync(paths.configFile, "utf8");
    expect(config).toMatch(
      /^credential_process = \/\S+ \/\S+\/bin\/ssox.js credential-process --account \d{12} --role \S+ --session acme$/m,
    );
    expect(config).not.toMatch(/^sso_account_id/m);
    expect((await run("sync-profiles", "--dry-run")).stdout).toBe("");
    const [, name = ""] = /^\[profile (.*)\]$/m.exec(config) ?? [];
    expect((await run("exec", "--profile", name, "--", "true")).status).toBe(0);

    useStore(paths.configFile, "file");
    expect(await run("login")).toMatchObject(DONE);
    expect(await run("sync-profiles", "--no-credential-process")).toMatchObject(DONE);
    expect(readFileSync(paths.configFile, "utf8")).not.toContain("credential_process");
  });
});

describe("a keychain that cannot be used", () => {
  for (const prompter of ["nobody", "silent"] as const) {
    it(`locked, and ${prompter} asks for the password: KeychainUnavailable within 3 seconds`, async (test) => {
      const { run, paths, role, keyring } = await desk("working", test);
      expect(await run("login", "--flow", "device")).toMatchObject(DONE);
      await run("credential-process", ...role);
      await keyring.lock(prompter);
      await expectUnavailable(run, paths.tokenCache, role);
      expect(await run("logout")).toMatchObject({ status: 6 });
    });
  }

  it("hung: KeychainUnavailable within 3 seconds, and a session in files goes on", async (test) => {
    const { lab, run, paths, role, keyring } = await desk("working", test);
    expect(await run("login", "--flow", "device")).toMatchObject(DONE);
    keyring.hang();
    await expectUnavailable(run, paths.tokenCache, role);
    const began = performance.now();
    const crowd = await Promise.all(Array.from({ length: 6 }, () => run("status")));
    expect(crowd.map(({ status }) => status)).toEqual([6, 6, 6, 6, 6, 6]);
    // One after the other they would take 15 seconds.
    expect(performance.now() - began).toBeLessThan(8_000);
    useStore(paths.configFile, "file");
    await signInAsAwsCli(lab, { paths, clock: systemClock });
    expect((await run("credential-process", ...role)).status).toBe(0);
  });

  it("absent: KeychainUnavailable within 3 seconds, and nothing in a file", async (test) => {
    const { run, paths, role } = await desk("absent", test);
    await expectUnavailable(run, paths.tokenCache, role);
  });

  it("no D-Bus: the same", async (test) => {
    const { run, paths, role } = await desk("absent", test, "keychain", {
      DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent",
    });
    await expectUnavailable(run, paths.tokenCache, role);
  });

  it("stays where it was when the keychain is there no more", async (test) => {
    const { lab, run, paths } = await desk("absent", test, "file");
    const { file, token } = await signInAsAwsCli(lab, { paths, clock: systemClock });
    useStore(paths.configFile, "keychain");
    expect((await run("login")).status).toBe(6);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(token);
  });
});

type Run = Awaited<ReturnType<typeof desk>>["run"];

/** Within 3 seconds, of a machine that has time for more than this. */
async function expectUnavailable(run: Run, tokenCache: string, role: string[]): Promise<void> {
  const began = performance.now();
  await run("--version");
  const limit = 3_000 + 5 * (performance.now() - began);
  for (const words of [
    ["login", "--flow", "device"],
    ["credential-process", ...role],
    ["status"],
  ]) {
    const before = performance.now();
    const { status, stdout, stderr } = await run(...words);
    expect(performance.now() - before).toBeLessThan(limit);
    expect({ status, stdout }).toEqual({ status: 6, stdout: "" });
    expect(stderr).toContain("The keychain cannot be used");
  }
  expect(existsSync(tokenCache)).toBe(false);
}

async function desk(
  state: KeyringState,
  test: TestContext,
  store: "file" | "keychain" = "keychain",
  more: Record<string, string> = {},
) {
  const lab = await startTestLab();
  const relay = await startRelay(lab);
  const secrets = new Set<string>();
  relay.relaying = async (_request, pass) => {
    const answer = await pass();
    for (const secret of secretsIn(answer.body)) secrets.add(secret);
    return answer;
  };
  const home = temporaryHome();
  const keyring = await startKeyring(home, state, test);
  // STS verifies the signed Host header: it is reached without the relay.
  const sts = { AWS_ENDPOINT_URL_STS: lab.url };
  const env = { ...homeEnvironment(home, relay), ...sts, ...keyring.env, ...more };
  const paths = resolvePaths(env);
  mkdirSync(path.dirname(paths.configFile));
  writeFileSync(paths.configFile, awsConfigFor(lab));
  useStore(paths.configFile, store);
  const account = lab.organisation.accounts[0]?.id ?? "";
  const role = ["--account", account, "--role", "ReadOnlyAccess"];
  const run = async (...words: string[]) => await runSsox(words, { env });
  return { lab, home, keyring, secrets, paths, role, run };
}

function useStore(configFile: string, store: "file" | "keychain"): void {
  const text = readFileSync(configFile, "utf8").replace(/^ssox_store = .*\n/m, "");
  const line = `[sso-session acme]\nssox_store = ${store}\n`;
  writeFileSync(configFile, text.replace("[sso-session acme]\n", line));
}

function expire(keyring: Keyring): void {
  const token = parse(looseObject({}), JSON.parse(keyring.items()[TOKEN] ?? ""));
  keyring.replace(TOKEN, JSON.stringify({ ...token, expiresAt: "2020-01-01T00:00:00Z" }));
}

/** Every secret in a text of JSON: of an answer of the service, or of what ssox keeps. */
function secretsIn(text: string): string[] {
  const named =
    /"(?:accessToken|refreshToken|clientSecret|accessKeyId|secretAccessKey|sessionToken)":\s*"([^"]+)"/gi;
  return [...text.matchAll(named)].map(([, secret = ""]) => secret);
}

/** The files below a folder that hold one of the secrets. */
function found(folder: string, secrets: ReadonlySet<string>): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => {
      const content = readFileSync(file);
      return [...secrets].some((secret) => content.includes(secret));
    });
}

function keyOf(document: string): string {
  return parse(looseObject({ AccessKeyId: string() }), JSON.parse(document)).AccessKeyId;
}
