import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/main.ts";
import { SessionMarks } from "../../src/state/session-marks.ts";
import { fingerprintOf } from "../../src/system/files/fingerprint.ts";
import { thisProcess } from "../../src/system/files/process-identity.ts";
import { type Keychain, systemKeychain } from "../../src/system/keychain/keychain.ts";
import { userBrowser } from "../helpers/browser.ts";
import { type SceneOptions, sha1, startScene, temporaryHome } from "../helpers/context.ts";
import { shellWords } from "../helpers/hints.ts";
import { root } from "../helpers/program.ts";

/*
 * What an error tells to do mends it: the error is provoked, its hint is run as
 * it is printed, and the command that failed works.
 */

const TWINS = {
  users: [{ name: "ada" }],
  accounts: ["111122223333", "444455556666"].map((id) => {
    return { id, name: "twins", roles: [{ name: "ReadOnlyAccess" }] };
  }),
};

type Scene = Awaited<ReturnType<typeof startScene>>;

interface Case {
  /** The command that fails. */
  readonly words: (scene: Scene) => readonly string[];
  readonly error: string;
  readonly scene?: SceneOptions;
  /** Before the command is run. */
  readonly first?: (scene: Scene) => unknown;
  /** What stands for the words in capitals of a command. */
  readonly fill?: (scene: Scene) => Readonly<Record<string, string>>;
  /** Does what the hint says in words. @returns the command to run then, where it is another one */
  readonly follow?: (scene: Scene, hint: string) => readonly string[] | undefined;
  /** The hint is the whole of it: it does what was wanted. */
  readonly isAnswer?: true;
  /** How many errors, each with its hint, stand in the way; one by default. */
  readonly rounds?: number;
}

const SIGNED_OUT: Readonly<Record<string, Case>> = {
  "a command without a sign-in": {
    words: () => ["roles"],
    error: "LoginRequired: You are not signed in to acme.",
  },
  "a command without a sign-in, in CI": {
    words: () => ["roles"],
    error: "LoginRequired: You are not signed in to acme.",
    scene: { env: { CI: "true" }, terminal: { noInput: true } },
  },
  "a sign-in in CI": {
    words: () => ["login"],
    error: "LoginRequired: CI is set",
    scene: { env: { CI: "true" }, terminal: { noInput: true } },
    isAnswer: true,
  },
  "a session that is not there": {
    words: () => ["login", "--session", "amce"],
    error: 'UnknownSession: There is no session "amce".',
  },
  "no session at all": {
    words: () => ["accounts", "--login"],
    error: "UnknownSession: ",
    first: ({ context }) => rmSync(context.paths.configFile),
    fill: ({ lab }) => ({ URL: lab.startUrl, REGION: "eu-west-1" }),
  },
  "several sessions": {
    words: () => ["logout"],
    error: "Usage: Which session?",
    first: (scene) => edit(scene, (text) => text + text.replace("acme", "beta")),
  },
  "a start URL that does not tell its region": {
    words: ({ lab }) => ["login", "--start-url", lab.startUrl],
    error: "Usage: https://d-1234567890.awsapps.com/start does not tell the region",
  },
  "a region that is none": {
    words: ({ lab }) => ["login", "--start-url", lab.startUrl, "--sso-region", "Ireland"],
    error: 'Usage: "Ireland" is no name of a region.',
  },
  "a start URL that is none": {
    words: () => ["login", "--start-url", "the portal", "--sso-region", "eu-west-1"],
    error: 'Usage: "the portal" is no start URL.',
  },
  "a line of the config file": {
    words: () => ["status"],
    error: "ConfigInvalid: ",
    first: (scene) => edit(scene, (text) => `sso_region = eu-west-1\n${text}`),
    follow: editedLine,
  },
  "a setting that makes no sense": {
    words: () => ["login"],
    error: 'ConfigInvalid: ssox_store of acme is "vault"',
    first: (scene) => edit(scene, (text) => `${text}ssox_store = vault\n`),
    follow(scene, hint) {
      expect(hint).toBe("edit ssox_store in the [sso-session acme] section");
      edit(scene, (text) => text.replace("vault", "file"));
      return undefined;
    },
  },
  "a keychain that cannot be used": {
    words: () => ["login"],
    error: "KeychainUnavailable: ",
    scene: { keychain: missingKeychain() },
    first: (scene) => edit(scene, (text) => `${text}ssox_store = keychain\n`),
    follow(scene, hint) {
      expect(hint).toContain("set ssox_store = file in the [sso-session] section");
      edit(scene, (text) => text.replace("keychain", "file"));
      return undefined;
    },
  },
  "a file in the place of a folder": {
    words: () => ["login"],
    error: "CacheInvalid: Cannot read the token file ",
    first({ context }) {
      mkdirSync(path.dirname(context.paths.tokenCache), { recursive: true });
      writeFileSync(context.paths.tokenCache, "");
    },
  },
  "a flag before the command": {
    words: () => ["--json", "status"],
    error: "Usage: Flags stand behind the command",
    isAnswer: true,
  },
  "a command that is none": {
    words: () => ["sign-in"],
    error: 'Usage: ssox has no command "sign-in".',
    isAnswer: true,
  },
  "a flag that is none": {
    words: () => ["whoami", "--porfile", "p"],
    error: "Usage: Nonexistent flag: --porfile.",
    isAnswer: true,
  },
  "a lab whose port is not known": {
    words: () => ["lab", "--env"],
    error: "Usage: ssox lab --env needs the port",
    isAnswer: true,
  },
  "a format that cannot unset": {
    words: () => ["env", "--unset", "--format", "dotenv"],
    error: "Usage: The format dotenv cannot say",
    isAnswer: true,
  },
  "credential-process without a role": {
    words: () => ["credential-process"],
    error: "Usage: credential-process needs --profile, or --account and --role.",
    isAnswer: true,
  },
  "nothing to take back": {
    words: () => ["sync-profiles", "--undo"],
    error: "Usage: There is no sync of ",
    first: signIn,
    isAnswer: true,
  },
};

const SIGNED_IN: Readonly<Record<string, Case>> = {
  "no profile yet, and then none named": {
    words: () => ["whoami"],
    error: "Usage: Which role?",
    rounds: 2,
  },
  "a role that was assigned after the sign-in": {
    words: ({ lab }) => ["whoami", "--account", firstAccount(lab), "--role", "NewRole"],
    error: "AccessDenied: The role NewRole of account ",
    first: ({ lab }) => lab.assign({ accountId: firstAccount(lab), roleName: "NewRole" }),
  },
  "a role in another case": {
    words: ({ lab }) => ["whoami", "--account", firstAccount(lab), "--role", "readonlyaccess"],
    error: "AccessDenied: There is no role readonlyaccess of account ",
    follow: useRole,
  },
  "the name of an IAM role": {
    words: ({ lab }) => {
      const role = "AWSReservedSSO_ReadOnlyAccess_0123456789abcdef";
      return ["whoami", "--account", firstAccount(lab), "--role", role];
    },
    error:
      "AccessDenied: AWSReservedSSO_ReadOnlyAccess_0123456789abcdef is the name of an IAM role",
    follow: useRole,
  },
  "a name that several accounts have": {
    words: () => ["whoami", "--account", "twins", "--role", "ReadOnlyAccess"],
    error: 'UnknownAccount: 2 accounts of acme are called "twins".',
    scene: { lab: { organisation: TWINS } },
  },
  "an account that nobody has": {
    words: () => ["whoami", "--account", "nobody", "--role", "ReadOnlyAccess"],
    error: 'UnknownAccount: No account of acme is called "nobody".',
    isAnswer: true,
  },
  "a process that is stopped while it renews": {
    words: () => ["accounts", "--refresh"],
    error: "FileLocked: Process ",
    first: stopRenewal,
  },
  "no listing kept for --cached": {
    words: () => ["sync-profiles", "--cached"],
    error: "Usage: Nothing is kept yet of what acme assigns to you.",
    follow(_scene, hint) {
      expect(hint).toBe("leave out --cached");
      return ["sync-profiles"];
    },
  },
  "a region of profiles that is none": {
    words: () => ["sync-profiles", "--region", "Ireland"],
    error: 'Usage: "Ireland" is no name of a region.',
  },
  "a region of the session's profiles that is none": {
    words: () => ["sync-profiles"],
    error: 'Usage: "Ireland" is no name of a region.',
    first: (scene) => edit(scene, (text) => `${text}ssox_profile_region = Ireland\n`),
    follow(scene, hint) {
      expect(hint).toBe("edit ssox_profile_region in the [sso-session acme] section");
      edit(scene, (text) => text.replace("Ireland", "eu-west-1"));
      return undefined;
    },
  },
  "a template that is none": {
    words: () => ["sync-profiles", "--template", "{account"],
    error: 'Usage: The template "{account" has a brace without its other half.',
    isAnswer: true,
  },
  "many profiles to be pruned": {
    words: () => ["sync-profiles", "--prune"],
    error: "Usage: --prune would remove ",
    async first({ clock, context, lab }) {
      await clock.run(main(["sync-profiles"], root, context));
      for (const { id, roles } of lab.organisation.accounts) {
        for (const { name } of roles) lab.unassign({ accountId: id, roleName: name });
      }
    },
    follow(_scene, hint) {
      expect(hint).toBe("look at them with --dry-run, then add --yes");
      return ["sync-profiles", "--prune", "--yes"];
    },
  },
  "a duration that is none": {
    words: (scene) => [...execWords(scene), "--needs", "long", "--", "true"],
    error: 'Usage: "long" is no duration.',
  },
  "no command to run": {
    words: execWords,
    error: "Usage: There is no command to run.",
    fill: () => ({ NAME: "p", COMMAND: "true" }),
    first: (scene) => edit(scene, (text) => text + profileText(scene)),
    isAnswer: true,
  },
  "a session that ends too soon": {
    words: (scene) => [...execWords(scene), "--needs", "90m", "--", "true"],
    error: "SessionTooShort: The session acme is good for ",
    async first(scene) {
      edit(scene, (text) => `${text}ssox_session_duration = 2h\n`);
      await scene.clock.advance(60 * 60_000);
    },
  },
  "findings to mend, and nobody to ask": {
    words: () => ["doctor", "--fix"],
    error: "Usage: Nothing was written: --fix asks first",
    first: (scene) =>
      edit(scene, (text) => text + profileText(scene).replace("sso_role_name", "SSO_ROLE_NAME")),
    isAnswer: true,
  },
};

describe("what an error tells to do mends it, signed out:", () => {
  it.each(Object.entries(SIGNED_OUT))("%s", async (_name, each) => {
    await mends(each, async () => {});
  });
});

describe("what an error tells to do mends it, signed in:", () => {
  it.each(Object.entries(SIGNED_IN))("%s", async (_name, each) => {
    await mends(each, signIn);
  });
});

async function mends(each: Case, before: (scene: Scene) => Promise<void>): Promise<void> {
  const scene = await startScene({ browser: userBrowser(), ...each.scene });
  await before(scene);
  await each.first?.(scene);
  let words = each.words(scene);
  for (let round = 0; round < (each.rounds ?? 1); round += 1) {
    const hint = await hintOf(words, each.error, scene);
    words = await followed(hint, words, each, scene);
  }
  if (each.isAnswer) return;
  expect(await run(words, scene), scene.context.terminal.stderr).toBe(0);
}

/** The command is run, and fails with that error. */
async function hintOf(words: readonly string[], error: string, scene: Scene): Promise<string> {
  const { terminal } = scene.context;
  const told = terminal.stderr.length;
  expect(await run(words, scene)).toBeGreaterThan(0);
  const line = terminal.stderr
    .slice(told)
    .split("\n")
    .findLast((each) => each.startsWith("ssox: "));
  expect(line).toContain(`ssox: error ${error}`);
  const [, hint = ""] = / → ([^→]+)$/.exec(line ?? "") ?? [];
  return hint;
}

/** Does what the hint says. @returns the command to run then */
async function followed(
  hint: string,
  words: readonly string[],
  each: Case,
  scene: Scene,
): Promise<readonly string[]> {
  if (each.follow) return each.follow(scene, hint) ?? words;
  const [first = "", ...rest] = (shellWords(hint) ?? []).map(
    (word) => each.fill?.(scene)[word] ?? word,
  );
  if (first.startsWith("--")) return withFlags(words, [first, ...rest]);
  if (first !== "ssox") execFileSync(first, rest);
  else expect(await run(rest, scene), scene.context.terminal.stderr).toBe(0);
  return words;
}

/** In the place of the same flags, before the command of `exec`. */
function withFlags(
  words: readonly string[],
  [name = "", ...values]: readonly string[],
): readonly string[] {
  const at = words.indexOf(name);
  const others = at === -1 ? words : words.toSpliced(at, values.length + 1);
  const end = others.indexOf("--");
  return others.toSpliced(end === -1 ? others.length : end, 0, name, ...values);
}

async function run(words: readonly string[], { clock, context }: Scene): Promise<number> {
  return await clock.run(main(words, root, context));
}

async function signIn(scene: Scene): Promise<void> {
  expect(await run(["login"], scene)).toBe(0);
}

function edit({ context }: Scene, change: (text: string) => string): void {
  const { configFile } = context.paths;
  writeFileSync(configFile, change(readFileSync(configFile, "utf8")));
}

/** Takes the line out that the hint names. */
function editedLine(scene: Scene, hint: string): undefined {
  const [, line = "", file] = /^edit line (\d+) of (.+)$/.exec(hint) ?? [];
  expect(file).toBe(scene.context.paths.configFile);
  edit(scene, (text) =>
    text
      .split("\n")
      .toSpliced(Number(line) - 1, 1)
      .join("\n"),
  );
}

function useRole({ lab }: Scene, hint: string): readonly string[] {
  const [, role = ""] = /^use the role name (.+)$/.exec(hint) ?? [];
  return ["whoami", "--account", firstAccount(lab), "--role", role];
}

function firstAccount({ organisation }: Scene["lab"]): string {
  return organisation.accounts[0]?.id ?? "";
}

function execWords({ lab }: Scene): readonly string[] {
  return ["exec", "--account", firstAccount(lab), "--role", "ReadOnlyAccess"];
}

function profileText({ lab }: Scene): string {
  return `[profile p]
sso_session = acme
sso_account_id = ${firstAccount(lab)}
sso_role_name = ReadOnlyAccess
region = eu-west-1
`;
}

/** One that is not installed. */
function missingKeychain(): Keychain {
  const helper = "/nonexistent/keychain.cjs";
  const locks = () => temporaryHome();
  return systemKeychain({}, { helper, locks, canUnlock: false, note: () => {} });
}

/** The token has run out, and the process that renews it was stopped (as by Ctrl-Z); once it goes on, it ends. */
async function stopRenewal({ clock, context }: Scene): Promise<void> {
  await clock.advance(61 * 60_000);
  const file = path.join(context.paths.tokenCache, `${sha1("acme")}.json`);
  const asker = spawn("sh", ["-c", "kill -STOP $$"]);
  onTestFinished(() => void asker.kill("SIGKILL"));
  new SessionMarks(context.paths.state, file).ask(fingerprintOf(file) ?? "");
  const mark = path.join(context.paths.state, "sessions", path.basename(file));
  const { pid = 0 } = asker;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const startTime = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  const kept = JSON.parse(readFileSync(mark, "utf8"));
  writeFileSync(mark, JSON.stringify({ ...kept, asker: { ...thisProcess(), pid, startTime } }));
}
