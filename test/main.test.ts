import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Interrupted } from "../src/errors.ts";
import { main } from "../src/main.ts";
import { OutputFailed } from "../src/system/output.ts";
import { signInAsAwsCli, startScene, testContext } from "./helpers/context.ts";
import { root } from "./helpers/program.ts";

describe("a command line", () => {
  it.each([
    [["--version"], 0, /^ssox \d+\.\d+\.\d+/],
    [["--help"], 0, /login/],
    [["help"], 0, /login/],
    [["login", "--help"], 0, /--no-browser/],
    [["help", "login"], 0, /--no-browser/],
    [[], 2, /login/],
  ])("%j prints on stdout and ends with %i", async (argv, status, expected) => {
    const context = testContext();
    expect(await main(argv, root, context)).toBe(status);
    expect(context.terminal.stdout).toMatch(expected);
    expect(context.terminal.stderr).toBe("");
  });

  it.each([
    [["nonsense"]],
    [["constructor"]],
    [["login", "--nonsense"]],
    [["login", "--timeout", "soon"]],
    [["login", "--timeout", "0"]],
    [["login", "--flow", "carrier-pigeon"]],
    [["login", "--start-url", "https://d-1234567890.awsapps.com/start"]],
    [["whoami", "--account", "111122223333"]],
    [["whoami", "--profile", "dev", "--role", "R"]],
    [["status", "surplus"]],
    [["credential-process"]],
  ])("%j is wrong usage: exit 2, one line on stderr, nothing on stdout", async (argv) => {
    const { context } = await startScene();
    expect(await main(argv, root, context)).toBe(2);
    expect(context.terminal.stdout).toBe("");
    expect(context.terminal.stderr).toMatch(/^ssox: error Usage: [^\n]+\n$/);
  });
});

it.each([
  [["env", "--json"]],
  [["exec", "--json", "--", "true"]],
  [["credential-process", "--json"]],
  [["nonsense", "--json"]],
])("%j has no document of an error: stdout stays empty", async (argv) => {
  const { context } = await startScene();
  expect(await main(argv, root, context)).toBe(2);
  expect(context.terminal.stdout).toBe("");
  expect(context.terminal.stderr).toMatch(/^ssox: error Usage: /);
});

it("says where flags stand, when one stands before the command", async () => {
  const context = testContext();
  expect(await main(["--debug", "status"], root, context)).toBe(2);
  expect(context.terminal.stderr).toBe(
    "ssox: error Usage: Flags stand behind the command: ssox COMMAND --debug. → ssox --help\n",
  );
});

it("tells what oclif tells in several lines in one", async () => {
  const { context } = await startScene();
  await main(["whoami", "--account", "1"], root, context);
  expect(context.terminal.stderr).toBe(
    "ssox: error Usage: All of the following must be provided when using --account: --role. → ssox whoami --help\n",
  );
});

it("ends each of oclif's sentences", async () => {
  const { context } = await startScene();
  await main(["login", "--all", "--session", "a", "--sso-region", "b"], root, context);
  expect(context.terminal.stderr).toBe(
    "ssox: error Usage: --session=a cannot also be provided when using --all. All of the following must be provided when using --sso-region: --start-url. → ssox login --help\n",
  );
});

it("shows no control character of a name in what commands and flows tell", async () => {
  const { context } = await startScene();
  const hostile = "a\u001b[8m\u202eb";
  const section = `[sso-session ${hostile}]\nsso_start_url = https://x.example/start\nsso_region = eu-west-1\n`;
  writeFileSync(context.paths.configFile, section);
  expect(await main(["logout"], root, context)).toBe(0);
  expect(context.terminal.stdout).toBe("You were not signed in to a\\x1b[8m\\u202eb.\n");

  const asked = await startScene({ terminal: { interactive: true, answers: ["Ctrl-C"] } });
  const profiles = `[profile ${hostile}]\nsso_session = ${hostile}\nsso_account_id = 111122223333\nsso_role_name = R\n`;
  writeFileSync(asked.context.paths.configFile, section + profiles);
  expect(await main(["accounts"], root, asked.context)).toBe(130);
  const said = asked.context.terminal.stderr + asked.context.terminal.questions.join("\n");
  expect(said).toContain("a\\x1b[8m\\u202eb");
  expect(said).not.toContain("\u001b");

  const chosen = await startScene({
    terminal: { interactive: true, answers: ["a\\x1b[8m\\u202eb", "Ctrl-C"] },
  });
  writeFileSync(chosen.context.paths.configFile, section + profiles);
  expect(await main(["whoami"], root, chosen.context)).toBe(130);
  expect(chosen.context.terminal.questions[0]).toBe("Which role?");
});

it.each([
  [true, "a\\x1b[8m"],
  [false, "a\u001b[8m"],
])("gives CSV as it is, but to a terminal (%s): %j", async (interactive, shown) => {
  const account = { id: "111111111111", name: "a\u001b[8m", roles: [{ name: "R" }] };
  const organisation = { users: [{ name: "ada" }], accounts: [account] };
  const { lab, context } = await startScene({
    lab: { organisation },
    terminal: { interactive },
  });
  await signInAsAwsCli(lab, context);
  expect(await main(["accounts", "--csv"], root, context)).toBe(0);
  expect(context.terminal.stdout).toBe(`id,name,email\n111111111111,${shown},\n`);
});

describe("a stdout that cannot be written", () => {
  it.each([
    [["status", "--json"], 6, "WriteFailed"],
    [["status", "--json", "--session", "nobody"], 2, "UnknownSession"],
    [["--help"], 6, "WriteFailed"],
  ])("%j: exit %i, and stdout is tried once", async (argv, status, code) => {
    const { context } = await startScene();
    let tries = 0;
    const terminal = {
      ...context.terminal,
      print(): never {
        tries += 1;
        throw new OutputFailed(Object.assign(new Error("full"), { code: "ENOSPC" }));
      },
    };
    expect(await main(argv, root, { ...context, terminal })).toBe(status);
    expect(tries).toBe(1);
    expect(context.terminal.stderr).toMatch(new RegExp(`^ssox: error ${code}: [^\n]+\n$`));
    expect(context.terminal.traced).toEqual([]);
  });
});

describe("an error", () => {
  it("is a document on stdout with --json, and a line on stderr", async () => {
    const { context } = await startScene();
    const argv = ["login", "--json", "--session", "nobody"];
    expect(await main(argv, root, context)).toBe(2);
    expect(JSON.parse(context.terminal.stdout)).toEqual({
      error: {
        code: "UnknownSession",
        message: expect.stringContaining('"nobody"'),
        hint: "--session acme",
      },
    });
    expect(context.terminal.stderr).toMatch(/^ssox: error UnknownSession: [^\n]+\n$/);
  });

  it("obeys no control character of a name", async () => {
    const { context } = await startScene();
    const argv = ["login", "--session", "\u001b]0;owned\u0007\nsecond line"];
    expect(await main(argv, root, context)).toBe(2);
    expect(context.terminal.stderr).not.toContain("\u001b");
    expect(context.terminal.stderr.trimEnd()).not.toContain("\n");
  });

  it("that nobody expected is a bug of ssox: exit 1", async () => {
    const place = await startScene();
    const secret = "aoaAAAAAGb4x1Zt9rQ9xWv7Yk2Pb8Nc3Md4Le6";
    const context = {
      ...place.context,
      get paths(): never {
        throw new TypeError(`this is broken: ${secret}`);
      },
    };
    expect(await main(["status", "--json"], root, context)).toBe(1);
    expect(JSON.parse(context.terminal.stdout)).toMatchObject({
      error: { code: "Unexpected", message: "this is broken: … (a bug in ssox)" },
    });
    expect(context.terminal.stderr).not.toContain("main.test.ts");
    const trace = context.terminal.traced.join("\n");
    expect(trace).toMatch(/^TypeError\n {4}at .*main\.test\.ts/);
    expect(context.terminal.stderr + trace).not.toContain(secret);
  });

  it("of a config file that the AWS CLI rejects names the line: exit 6", async () => {
    const { context } = await startScene();
    writeFileSync(context.paths.configFile, "[profile a]\nregion = x\n[profile a]\nregion = y\n");
    expect(await main(["status"], root, context)).toBe(6);
    expect(context.terminal.stderr).toMatch(/ConfigInvalid.*3/);
  });
});

describe("a signal", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s ends with %i and says nothing of it", async (signal, status) => {
    const { context, relay } = await startScene();
    relay.relaying = async () => {
      context.interrupt(signal);
      return "cut";
    };
    expect(await main(["login", "--flow", "device"], root, context)).toBe(status);
    expect(context.terminal.stdout).toBe("");
    expect(context.terminal.stderr).toMatch(/^(Calls go to .+\n)+$/);
  });

  it("wins over what a cut wait throws on its way up", async () => {
    const { context } = await startScene({
      terminal: { interactive: true, answers: ["Ctrl-C"] },
    });
    expect(await main(["accounts"], root, context)).toBe(new Interrupted("SIGINT").exitStatus);
    expect(context.terminal.stdout).toBe("");
  });
});

describe("what is misspelled", () => {
  it.each<[words: readonly string[], said: RegExp]>([
    [["statsu"], /^ssox: error Usage: ssox has no command "statsu"\. → ssox status$/],
    [["sso", "login"], /^ssox: error Usage: ssox has no command "sso"\. → ssox login$/],
    [["profiles"], /^ssox: error Usage: ssox has no command "profiles"\. → ssox roles$/],
    [["constructor"], /"constructor"\. → ssox --help$/],
    [["log"], /"log"\. Did you mean "login" or "logout"\? → ssox --help$/],
    [["terraform"], /"terraform"\. → ssox --help$/],
    [["help", "whomai"], /"whomai"\. → ssox whoami$/],
    [["whoami", "--profil", "dev"], /Nonexistent flag: --profil\. → --profile$/],
    [["login", "--flow", "pcke"], /Expected --flow=pcke to be one of: .* → --flow pkce$/],
    [["login", "--flow", "x\u001b[8m"], /--flow=x to be one of: .* → ssox login --help$/],
    [["whoami", "--profile", "Deve"], /no profile "Deve"\. → --profile dev$/],
    [["whoami", "--profile", "de-2"], /Did you mean "de-1" or "de-3"\? → ssox pick/],
    [["whoami", "--profile", "host"], /→ --profile 'hostile\\x1bx'$/],
    [["whoami", "--account", "1", "--role", "R", "--session", "amce"], /→ --session acme$/],
    [
      ["roles", "--account", "sandbx"],
      /No account of acme is called "sandbx"\. → --account sandbox$/,
    ],
    [
      ["roles", "--account", "nothing"],
      /is called "nothing"\. → ssox accounts --session acme --refresh$/,
    ],
    [["whoami", "--account", SANDBOX, "--role", "ReadOnyl"], /→ use the role name ReadOnly$/],
    [
      ["whoami", "--account", SANDBOX, "--role", "Adm"],
      /Did you mean "Admin" or "Administrator"\? → ssox login/,
    ],
  ])("ssox %j gets a hint", async (words, said) => {
    const roles = ["Admin", "Administrator", "ReadOnly"].map((name) => ({ name }));
    const accounts = [{ id: SANDBOX, name: "sandbox", roles }];
    const { lab, context } = await startScene({
      lab: { organisation: { users: [{ name: "ada" }], accounts } },
      profiles: ["dev", "de-1", "de-3", "hostile\u001bx"].map((name) => {
        return { name, accountId: SANDBOX, roleName: "Admin" };
      }),
    });
    await signInAsAwsCli(lab, context);
    expect(await main(words, root, context)).toBeGreaterThan(0);
    expect(context.terminal.stderr.trimEnd()).toMatch(said);
    expect(context.terminal.stderr).not.toContain("\u001b");
  });
});

const SANDBOX = "111111111111";
