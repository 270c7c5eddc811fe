import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { looseObject, parse, string } from "valibot";
import { describe, expect, it, type TestContext } from "vitest";
import { systemClock } from "../../src/system/clock.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import { homeEnvironment, sha1, signInAsAwsCli, temporaryHome } from "../helpers/context.ts";
import { type Keyring, type KeyringState, startKeyring } from "../helpers/keyring.ts";
import { awsConfigFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { runSsox } from "../helpers/program.ts";

const TOKEN = `token/${sha1("acme")}`;

describe("a session with ssox_store = keychain", () => {
  it("signs in, refreshes, runs, answers and signs out with no secret on the disk", async (test) => {
    const { lab, run, home, paths, role, keyring } = await desk("working", test);
    const secrets = new Set<string>();
    const collect = (): void => {
      for (const secret of secretsOf(keyring)) secrets.add(secret);
    };

    expect(await run("login", "--flow", "device", "--json")).toMatchObject({ status: 0 });
    collect();
    expect(Object.keys(keyring.items()).sort()).toEqual([
      expect.stringMatching(/^registration\//),
      TOKEN,
    ]);

    // The token runs out: the next command refreshes it.
    expire(keyring);
    const answered = await run("credential-process", ...role);
    expect(answered).toMatchObject({ status: 0, stderr: "" });
    collect();
    expect(requestsOf(lab, "CreateToken").map(({ grantType }) => grantType)).toEqual([
      expect.stringContaining("device_code"),
      "refresh_token",
    ]);

    const again = await run("credential-process", ...role);
    expect(again.stdout).toBe(answered.stdout);
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(1);

    const words = ["exec", ...role, "--mode", "env", "--", "printenv", "AWS_ACCESS_KEY_ID"];
    const ran = await run(...words);
    expect(ran).toMatchObject({ status: 0, stdout: `${keyOf(answered.stdout)}\n` });

    const { stdout } = await run("status", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      sessions: [{ name: "acme", state: "valid", store: "keychain" }],
    });

    expect(secrets.size).toBeGreaterThanOrEqual(8);
    expect(found(home, secrets)).toEqual([]);
    expect(existsSync(paths.tokenCache)).toBe(false);
    expect(existsSync(paths.roleCache)).toBe(false);

    const out = await run("logout", "--json");
    expect(out).toMatchObject({ status: 0 });
    expect(JSON.parse(out.stdout).stillValid).toHaveLength(1);
    expect(Object.keys(keyring.items())).toEqual([expect.stringMatching(/^registration\//)]);
    expect((await run("credential-process", ...role)).status).toBe(3);
    expect(found(home, secrets)).toEqual([]);
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
    expect(found(home, new Set(secretsOf(keyring)))).toEqual([]);

    useStore(paths.configFile, "file");
    expect(await run("login")).toMatchObject({ status: 0 });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(token);
    expect(keyring.items()).toEqual({});
    expect(requestsOf(lab, "CreateToken")).toHaveLength(1);
  });

  it("is refreshed once for eight programs at once", async (test) => {
    const { lab, run, role, keyring } = await desk("working", test);
    await run("login", "--flow", "device");
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
    await run("login", "--flow", "device");
    expect(await run("sync-profiles")).toMatchObject({ status: 0 });
    const config = readFileSync(paths.configFile, "utf8");
    expect(config).toMatch(
      /^credential_process = \/\S+ \/\S+\/bin\/ssox.js credential-process --account \d{12} --role \S+ --session acme$/m,
    );
    expect(config).not.toMatch(/^sso_account_id/m);
    expect((await run("sync-profiles", "--dry-run")).stdout).toBe("");
    const [, name = ""] = /^\[profile (.*)\]$/m.exec(config) ?? [];
    expect((await run("exec", "--profile", name, "--", "true")).status).toBe(0);

    useStore(paths.configFile, "file");
    expect(await run("login")).toMatchObject({ status: 0 });
    expect(await run("sync-profiles")).toMatchObject({ status: 0 });
    expect(readFileSync(paths.configFile, "utf8")).not.toContain("credential_process");
  });
});

describe("a keychain that cannot be used", () => {
  for (const prompter of ["nobody", "silent"] as const) {
    it(`locked, and ${prompter} asks for the password: KeychainUnavailable within 3 seconds`, async (test) => {
      const { run, paths, role, keyring } = await desk("working", test);
      await run("login", "--flow", "device");
      await run("credential-process", ...role);
      await keyring.lock(prompter);
      await expectUnavailable(run, paths.tokenCache, role);
      expect(await run("logout")).toMatchObject({ status: 6 });
    });
  }

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

async function expectUnavailable(run: Run, tokenCache: string, role: string[]): Promise<void> {
  for (const words of [
    ["login", "--flow", "device"],
    ["credential-process", ...role],
    ["status"],
  ]) {
    const before = performance.now();
    const { status, stdout, stderr } = await run(...words);
    expect(performance.now() - before).toBeLessThan(3_000);
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
  const home = temporaryHome();
  const keyring = await startKeyring(home, state, test);
  const env = { ...homeEnvironment(home, lab), ...keyring.env, ...more };
  const paths = resolvePaths(env);
  mkdirSync(path.dirname(paths.configFile));
  writeFileSync(paths.configFile, awsConfigFor(lab));
  useStore(paths.configFile, store);
  const account = lab.organisation.accounts[0]?.id ?? "";
  const role = ["--account", account, "--role", "ReadOnlyAccess"];
  const run = async (...words: string[]) => await runSsox(words, { env });
  return { lab, home, keyring, env, paths, role, run };
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

/** Every string in what the keychain holds that is a secret. */
function secretsOf(keyring: Keyring): string[] {
  const names =
    /"(?:accessToken|refreshToken|clientSecret|AccessKeyId|SecretAccessKey|SessionToken)":\s*"([^"]+)"/g;
  return Object.values(keyring.items()).flatMap((text) =>
    [...text.matchAll(names)].map(([, secret = ""]) => secret),
  );
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
