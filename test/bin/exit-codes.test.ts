import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/index.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { systemClock } from "../../src/system/clock.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import { homeEnvironment, signInAsAwsCli, temporaryHome } from "../helpers/context.ts";
import { awsConfigFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { ended, node, root, runSsox, spawnSsox } from "../helpers/program.ts";

const DEVICE = ["login", "--flow", "device", "--no-browser"];
const ACCOUNT = "111122223333";
/** Of coreutils. */
const MKFIFO = "mkfifo";

describe("the program ends with", () => {
  it.each([
    ["0 for a login", 0, "", DEVICE],
    ["0 for a status", 0, "", ["status"]],
    ["2 for a command that there is not", 2, "Usage", ["nonsense"]],
    ["2 for a flag that there is not", 2, "Usage", ["login", "--nonsense"]],
    ["2 for an unknown session", 2, "UnknownSession", ["login", "--session", "x"]],
    ["2 for an unknown profile", 2, "UnknownProfile", ["whoami", "--profile", "x"]],
    [
      "3 for a credential-process without sign-in",
      3,
      "LoginRequired",
      credentials("ReadOnlyAccess"),
    ],
    ["3 for accounts without sign-in", 3, "LoginRequired", ["accounts"]],
  ])("%s", async (_what, status, code, words) => {
    const { env } = await start();
    expectEnd(await runSsox(words, { env }), status, code);
  });

  it("2 without a config file", async () => {
    const home = temporaryHome();
    const end = await runSsox(["accounts"], { env: homeEnvironment(home) });
    expectEnd(end, 2, "UnknownSession");
    expect(end.stderr).toContain("ssox login --start-url");
    expect(readdirSync(home)).toEqual([]);
  });

  it("3 when the user refuses, and when nobody answers", async () => {
    const denied = await start({ approve: "deny" });
    expectEnd(await runSsox(DEVICE, { env: denied.env }), 3, "LoginDenied");
    const expired = await start({ approve: "never", lifetimes: { deviceCode: 2 } });
    expectEnd(await runSsox(DEVICE, { env: expired.env }), 3, "LoginTimeout");
    const slow = await start({ approve: "never" });
    expectEnd(await runSsox([...DEVICE, "--timeout", "1"], { env: slow.env }), 3, "LoginTimeout");
  });

  it("3 in CI, where no flow is given", async () => {
    const { env, lab } = await start();
    expectEnd(await runSsox(["login"], { env: { ...env, CI: "1" } }), 3, "LoginRequired");
    expect(lab.requests).toEqual([]);
  });

  it("4 for a role that is not assigned", async () => {
    const { env, signIn } = await start();
    await signIn();
    expectEnd(await runSsox(credentials("NoSuchRole"), { env }), 4, "AccessDenied");
  });

  it("5 when nothing listens at the endpoint", async () => {
    const { env, signIn, lab } = await start();
    await signIn();
    await lab.stop();
    const end = await runSsox(credentials("ReadOnlyAccess"), { env });
    expectEnd(end, 5, "NetworkError");
  });

  it.each([
    ["is no text", Buffer.from([0, 1, 255, 254])],
    ["has a section twice", "[profile a]\nregion = x\n[profile a]\nregion = y\n"],
    ["has a key twice", "[profile a]\nregion = x\nregion = y\n"],
    ["begins with a byte order mark", "\ufeff[profile a]\nregion = x\n"],
    ["has text before its first section", "region = x\n"],
  ])("6 for a config file that %s", async (_what, content) => {
    const { env, configFile } = await start();
    writeFileSync(configFile, content);
    expectEnd(await runSsox(["accounts"], { env }), 6, "ConfigInvalid");
  });

  it("6 for a config file and a token file that are folders", async () => {
    const { env, tokenFile } = await start();
    mkdirSync(tokenFile, { recursive: true });
    expectEnd(await runSsox(["accounts"], { env }), 6, "CacheInvalid");
    expectEnd(
      await runSsox(["accounts"], { env: { ...env, AWS_CONFIG_FILE: tokenFile } }),
      6,
      "ConfigInvalid",
    );
  });

  it("6 for a config file that is a pipe, unless a program writes into it", async () => {
    const { env, configFile } = await start();
    const pipe = `${configFile}.pipe`;
    execFileSync(MKFIFO, [pipe]);
    const within = { env: { ...env, AWS_CONFIG_FILE: pipe } };
    expectEnd(await runSsox(["accounts"], within), 6, "ConfigInvalid");
    const examined = await runSsox(["doctor"], within);
    expect(examined.status).toBe(7);
    expect(examined.stdout).toContain("FileUnreadable");
    const writer = spawn("sh", ["-c", 'cat "$0" >"$1"; sleep 0.3', configFile, pipe]);
    expectEnd(await runSsox(["accounts"], within), 3, "LoginRequired");
    await ended(writer);
  });

  it("6 when the disk is full, before the refresh token is used up", async () => {
    const { env, lab, signIn, tokenFile } = await start();
    await signIn({ expiresAt: "2020-01-01T00:00:00Z" });
    const before = readFileSync(tokenFile, "utf8");
    // No file over 4 KiB can be written: the lock fits, the place for the token does not.
    const end = await shell('ulimit -f 8; exec "$@"', credentials("ReadOnlyAccess"), env);
    expectEnd(end, 6, "WriteFailed");
    expect(requestsOf(lab, "CreateToken")).toHaveLength(1);
    expect(readFileSync(tokenFile, "utf8")).toBe(before);
    expect(readdirSync(path.dirname(tokenFile))).toEqual([path.basename(tokenFile)]);
    expect((await runSsox(credentials("ReadOnlyAccess"), { env })).status).toBe(0);
  });

  it("6 when the disk is full, before --force gives up the token", async () => {
    const { env, lab, signIn, tokenFile } = await start();
    await signIn();
    const before = readFileSync(tokenFile, "utf8");
    const end = await shell('ulimit -f 8; exec "$@"', [...DEVICE, "--force"], env);
    expectEnd(end, 6, "WriteFailed");
    expect(requestsOf(lab, "Logout")).toEqual([]);
    expect(readFileSync(tokenFile, "utf8")).toBe(before);
  });

  it("6 without a home, for a user of whom the machine knows the number alone", async ({
    skip,
  }) => {
    if (process.getuid?.() !== 0) skip("only root may become another user");
    for (const env of [{ HOME: "relative" }, {}]) {
      expectEnd(await asNobody(["status"], env), 6, "WriteFailed");
    }
  });

  it("0 for such a user with a home", async ({ skip }) => {
    if (process.getuid?.() !== 0) skip("only root may become another user");
    expect(await asNobody(["--help"], {})).toMatchObject({ status: 0, stderr: "" });
    const end = await asNobody(["status", "--json"], { HOME: "/nonexistent" });
    expect(end).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("the streams", () => {
  it.each(Object.keys(COMMANDS))(
    "%s --help needs no home, and prints on stdout",
    async (command) => {
      const { status, stdout, stderr } = await runSsox([command, "--help"]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toContain(`ssox ${command}`);
    },
  );

  it("hold one document with --json, and the error's", async () => {
    const { env } = await start();
    const login = await runSsox([...DEVICE, "--json"], { env });
    expect(JSON.parse(login.stdout)).toMatchObject({ session: "acme", signedIn: true });
    expect(login.stderr).not.toContain('{"');
    const failed = await runSsox(["whoami", "--profile", "x", "--json"], { env });
    expect(JSON.parse(failed.stdout)).toMatchObject({ error: { code: "UnknownProfile" } });
  });

  it("are exact for credential-process, whatever else wants to be heard", async () => {
    const { env, signIn } = await start();
    await signIn();
    const noise = { ...env, DEBUG: "*", FORCE_COLOR: "1", NODE_OPTIONS: "--no-deprecation" };
    const { status, stdout, stderr } = await runSsox(credentials("ReadOnlyAccess"), {
      env: noise,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(Object.keys(JSON.parse(stdout))).toEqual([
      "Version",
      "AccessKeyId",
      "SecretAccessKey",
      "SessionToken",
      "Expiration",
      "AccountId",
    ]);
  });

  it("may have no stdin", async () => {
    const { env, signIn } = await start();
    await signIn();
    const closed = await shell('exec "$@" <&-', credentials("ReadOnlyAccess"), env);
    expect(closed).toMatchObject({ status: 0, stderr: "" });
    // A pipe that nobody ever closes.
    const child = spawnSsox(credentials("ReadOnlyAccess"), { env });
    const stdout = await text(child.stdout);
    await ended(child);
    expect(JSON.parse(stdout)).toHaveProperty("Version", 1);
    child.stdin.destroy();
  });

  it.each([
    ["a reader that goes away", 'set -o pipefail; "$@" | head -c 0'],
    ["no stdout at all", 'exec "$@" >&-'],
  ])("may have %s: exit 0, and not a word", async (_what, script) => {
    const organisation = madeUpOrganisation({ accounts: 3000, roles: 0 });
    const { env, signIn } = await start({ organisation });
    await signIn();
    // Of the lab's endpoints `status` has a word to say.
    const quiet = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
    for (const words of [["accounts", "--json"], ["--help"], ["status"]]) {
      const end = await shell(script, words, words[0] === "status" ? quiet : env);
      expect({ words, ...end }).toEqual({ words, status: 0, signal: null, stdout: "", stderr: "" });
    }
  });

  it("trace no secret with --debug", async () => {
    const { env, tokenFile } = await start();
    const login = await runSsox([...DEVICE, "--debug"], { env });
    const process = await runSsox([...credentials("ReadOnlyAccess"), "--debug"], { env });
    const said = login.stdout + login.stderr + process.stderr;
    expect(said).toContain("CreateToken");
    const { accessToken, refreshToken, clientSecret } = JSON.parse(readFileSync(tokenFile, "utf8"));
    const { SecretAccessKey, SessionToken } = JSON.parse(process.stdout);
    for (const secret of [accessToken, refreshToken, clientSecret, SecretAccessKey, SessionToken]) {
      expect(said).not.toContain(secret);
    }
  });
});

async function start(options: LabOptions = {}) {
  const organisation = {
    users: [{ name: "ada" }],
    accounts: [{ id: ACCOUNT, name: "sandbox", roles: [{ name: "ReadOnlyAccess" }] }],
  };
  const lab = await startTestLab({ organisation, ...options });
  const home = temporaryHome();
  const env = homeEnvironment(home, lab);
  const paths = resolvePaths(env);
  mkdirSync(path.dirname(paths.configFile));
  writeFileSync(paths.configFile, awsConfigFor(lab));
  return {
    lab,
    env,
    configFile: paths.configFile,
    tokenFile: path.join(paths.tokenCache, "293abb6b76d7791c0732cc517d38c4b5c734b87f.json"),
    signIn: async (overrides: Record<string, string> = {}) =>
      await signInAsAwsCli(lab, { paths, clock: systemClock }, overrides),
  };
}

function credentials(role: string): string[] {
  return ["credential-process", "--account", ACCOUNT, "--role", role];
}

type End = Awaited<ReturnType<typeof runSsox>>;

/** One line that names the code, and on stdout nothing where it failed. */
function expectEnd({ status, signal, stdout, stderr }: End, expected: number, code: string): void {
  expect({ status, signal, stderr }).toMatchObject({ status: expected, signal: null });
  if (expected === 0) return;
  expect(stdout).toBe("");
  const lines = stderr.trimEnd().split("\n");
  expect(lines.at(-1)).toMatch(`ssox: error ${code}: `);
  expect(stderr).not.toContain("    at ");
}

/** As a user who is not in the user database, like one in a container that runs under a bare uid. */
async function asNobody(words: readonly string[], env: Record<string, string>): Promise<End> {
  const ids = { uid: 54_321, gid: 54_321 };
  const child = spawn(node(), [path.join(root, "bin", "ssox.js"), ...words], { env, ...ids });
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended(child),
  ]);
  return { status: child.exitCode, signal: child.signalCode, stdout, stderr };
}

/** Runs a line of bash in which `"$@"` is the program and its words. */
async function shell(
  line: string,
  words: readonly string[],
  env: Record<string, string>,
): Promise<End> {
  const program = [node(), path.join(root, "bin", "ssox.js"), ...words];
  const child = spawn("bash", ["-c", line, "bash", ...program], { env, timeout: 30_000 });
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended(child),
  ]);
  return { status: child.exitCode, signal: child.signalCode, stdout, stderr };
}
