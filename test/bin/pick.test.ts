import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, type TestContext } from "vitest";
import { keepInventory } from "../../src/state/inventory-cache.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import { widthOf } from "../../src/views/width.ts";
import { homeEnvironment, temporaryHome } from "../helpers/context.ts";
import { node, root, runSsox } from "../helpers/program.ts";
import { onTerminal, type Step, type TerminalEnd } from "../helpers/terminal.ts";

const SESSION = { name: "acme", startUrl: "https://d-1234567890.awsapps.com/start" };
const SECTION = `[sso-session acme]\nsso_start_url = ${SESSION.startUrl}\nsso_region = eu-west-1\n`;
const SSOX = [node(), path.join(root, "bin", "ssox.js")];
const FOOTER = "Enter choose";
const [UP, DOWN, PAGE_DOWN] = ["\u001b[A", "\u001b[B", "\u001b[6~"] as const;
const [CTRL_C, CTRL_D, CTRL_Z] = ["\u0003", "\u0004", "\u001a"] as const;
const [ENTER, BACKSPACE] = ["\r", "\u007f"] as const;

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
}

function start(running: TestContext, { accounts = ACCOUNTS, profiles = PROFILES } = {}) {
  const env = { ...homeEnvironment(temporaryHome()), TERM: "xterm-256color" };
  const { configFile, cache, state } = resolvePaths(env);
  mkdirSync(path.dirname(configFile));
  writeFileSync(configFile, SECTION + profiles);
  const inventory = { accounts: accounts.map((account) => ({ ...account, email: undefined })) };
  keepInventory(cache, SESSION, { inventory, listedAt: 0, failed: [], signIn: "a" });
  const on = async (steps: readonly Step[], words: readonly string[], more = {}) =>
    await onTerminal(steps, words, { env: { ...env, ...more } }, running);
  return {
    env,
    configFile,
    recent: () => readFileSync(path.join(state, "recent.json"), "utf8"),
    on,
    pick: (steps: readonly Step[], more = {}) => on(steps, [...SSOX, "pick"], more),
  };
}

const account = (n: number, name: string, ...roles: string[]): Listed => {
  return { id: String(n).repeat(12), name, roles };
};
const ACCOUNTS = [account(1, "sandbox", "Admin", "Reader"), account(2, "prod", "Admin", "Reader")];
const profile = (name: string, id: string, role: string) =>
  `\n[profile ${name}]\nsso_session = acme\nsso_account_id = ${id}\nsso_role_name = ${role}\n`;
const PROFILES = ACCOUNTS.map(({ id, name, roles }) =>
  roles.map((role) => profile(`${name}.${role}`, id, role)).join(""),
).join("");

describe("the picker at a terminal", () => {
  it.for<[what: string, typed: string, name: string]>([
    ["Enter", ENTER, "prod.Admin"],
    ["letters", `sand re${ENTER}`, "sandbox.Reader"],
    ["arrows", `${DOWN}${DOWN}${DOWN}${UP}${ENTER}`, "sandbox.Admin"],
    ["letters, an arrow and more letters", `pro${DOWN}d${DOWN}${ENTER}`, "prod.Reader"],
    ["a page, beyond the end", `${PAGE_DOWN}${PAGE_DOWN}${ENTER}`, "sandbox.Reader"],
    ["what is taken back", `xyz${ENTER}${BACKSPACE}${BACKSPACE}${BACKSPACE}${ENTER}`, "prod.Admin"],
    ["a tab, which does nothing", `\tsandbox\t${ENTER}`, "sandbox.Admin"],
  ])("%s choose", async ([, typed, name], running) => {
    const { pick, recent } = start(running);
    const end = await pick([[FOOTER, typed]]);
    expect(end).toMatchObject({ status: 0, restored: true });
    const lines = stripVTControlCharacters(end.shown).split(/[\r\n]+/);
    expect(lines.slice(-3)).toEqual([expect.stringContaining(`? Which role? ${name}`), name, ""]);
    expect(JSON.parse(recent())).toEqual({ recent: [`profile ${name}`] });
  });

  it.for([
    ["Ctrl-C", `pro${CTRL_C}`],
    ["Ctrl-D", CTRL_D],
  ] as const)("%s ends it, and leaves nothing", async ([, typed], running) => {
    const end = await start(running).pick([[FOOTER, typed]]);
    expect(end).toMatchObject({ status: 130, restored: true });
    expect(end.shown).not.toMatch(/\n(prod|sandbox)\.\w+\r?\n$/);
    // What was shown is erased: nothing comes behind the last erasing but the cursor.
    const last = end.shown.slice(end.shown.lastIndexOf("\u001b[2K"));
    expect(stripVTControlCharacters(last).trim()).toBe("");
    expect(end.shown.lastIndexOf("\u001b[?25h")).toBeGreaterThanOrEqual(
      end.shown.lastIndexOf("\u001b[?25l"),
    );
  });

  it("ends with 129, as by SIGHUP, when the terminal is closed, and aborts not", async (running) => {
    expect(await start(running).pick([[FOOTER, null]])).toMatchObject({ status: 129 });
  });

  it("goes on after Ctrl-Z and fg, with what was typed", async (running) => {
    const { on } = start(running);
    const end = await on(
      [
        ["bash-", `"$NODE" "$PROGRAM" pick${ENTER}`],
        [FOOTER, "sandbox"],
        ["2 of 4", CTRL_Z],
        ["Stopped", `fg${ENTER}`],
        ["2 of 4", ` rea`],
        ["1 of 4", ENTER],
        ["\nsandbox.Reader", `exit${ENTER}`],
      ],
      ["bash", "--norc", "-i"],
      { NODE: SSOX[0], PROGRAM: SSOX[1] },
    );
    expect(end, end.shown).toMatchObject({ status: 0, restored: true });
  });

  it("is on stderr: a shell takes the name from stdout", async (running) => {
    const { on } = start(running);
    const script = 'name="$("$0" "$1" pick)"; echo "<$name> $?"';
    const end = await on([[FOOTER, `sandbox${ENTER}`]], ["sh", "-c", script, ...SSOX]);
    expect(end.shown).toContain("<sandbox.Admin> 0");
  });

  it("with --json prints one document", async (running) => {
    const { on } = start(running);
    const script = 'json="$("$0" "$1" pick --json)"; printf "\\n<%s>" "$json"';
    const end = await on([[FOOTER, `sandbox${ENTER}`]], ["sh", "-c", script, ...SSOX]);
    const [, json = ""] = /<([^>]+)>/.exec(end.shown) ?? [];
    expect(JSON.parse(json)).toEqual({
      profile: "sandbox.Admin",
      accountId: "111111111111",
      accountName: "sandbox",
      role: "Admin",
      session: "acme",
    });
  });

  it("writes the profile of a role that has none, after its question", async (running) => {
    const { pick, configFile } = start(running, { profiles: "" });
    const end = await pick([
      [FOOTER, `prod re${ENTER}`],
      ["Write the profile prod.Reader", ENTER],
    ]);
    expect(end).toMatchObject({ status: 0, restored: true });
    expect(end.shown).toMatch(/prod\.Reader\r?\n$/);
    expect(readFileSync(configFile, "utf8")).toContain("[profile prod.Reader]\n");
  });

  it("is the target's, too, where none is named", async (running) => {
    const { on } = start(running);
    const end = await on(
      [
        [FOOTER, `sand${ENTER}`],
        ["Sign in", CTRL_C],
      ],
      [...SSOX, "whoami"],
    );
    expect(end).toMatchObject({ status: 130, restored: true });
    expect(end.shown).toContain("Sign in to acme now?");
  });
});

describe("what the picker shows", () => {
  it.for([20, 40, 80, 200])("fits into %i columns", async (columns, running) => {
    const { pick } = start(running);
    const end = await pick([
      ["", [24, columns]],
      [FOOTER.slice(0, 1), "pro"],
      ["2 of 4", CTRL_C],
    ]);
    expect(end).toMatchObject({ status: 130, restored: true });
    for (const line of linesOf(end.shown)) expect(widthOf(line)).toBeLessThanOrEqual(columns);
  });

  it("fits anew when the terminal gets another size", async (running) => {
    const { pick } = start(running);
    const end = await pick([
      ["", [24, 120]],
      [FOOTER, [24, 30]],
      ["…", `sandbox${ENTER}`],
    ]);
    expect(end).toMatchObject({ status: 0, restored: true });
    expect(end.shown).toMatch(/\nsandbox\.Admin\r?\n$/);
  });

  it("fits anew when the terminal gets less lines, at once", async (running) => {
    const { pick } = start(running);
    const end = await pick([
      ["", [24, 80]],
      [FOOTER, [6, 80]],
      [FOOTER, `${DOWN}${ENTER}`],
    ]);
    expect(end).toMatchObject({ status: 0, restored: true });
    const [, again = ""] = end.shown.split(FOOTER);
    expect(linesOf(again).filter((line) => /Admin|Reader/.test(line))).toHaveLength(2);
  });

  it("is the question and one choice where there is room for no more", async (running) => {
    const { pick } = start(running);
    const end = await pick([
      ["", [3, 80]],
      ["prod.Admin", `${DOWN}${DOWN}`],
      ["sandbox.Admin", ENTER],
    ]);
    expect(end).toMatchObject({ status: 0, restored: true });
    expect(end.shown).not.toContain(FOOTER);
    expect(end.shown).toMatch(/\nsandbox\.Admin\r?\n$/);
  });

  it("fits into a few lines", async (running) => {
    const { pick } = start(running);
    const end = await pick([
      ["", [4, 80]],
      [FOOTER, `${DOWN}${DOWN}${ENTER}`],
    ]);
    expect(end).toMatchObject({ status: 0, restored: true });
    const [first = ""] = end.shown.split(FOOTER);
    expect(linesOf(first).filter((line) => line.includes("Admin"))).toHaveLength(1);
    expect(end.shown).toMatch(/\nsandbox\.Admin\r?\n$/);
  });

  it("obeys no control character of a name, and gives the exact one", async (running) => {
    const hostile = "p\u001b]0;owned\u0007\u001b[8m";
    const { on } = start(running, {
      accounts: [account(1, "\u001b[2J\u202eevil\n", "R"), account(2, "日本語🎉", "R")],
      profiles: profile(hostile, "111111111111", "R"),
    });
    const script = 'name="$("$0" "$1" pick)"; printf %s "$name" | od -An -c';
    const end = await on([[FOOTER, `owned${ENTER}`]], ["sh", "-c", script, ...SSOX]);
    expect(end.shown).not.toContain("owned\u0007");
    expect(end.shown).not.toContain("\u001b[8m");
    expect(end.shown).not.toContain("\u202e");
    expect(end.shown).not.toContain("\u001b[2J");
    expect(end.shown).toContain("\\x1b[2J\\u202eevil\\n");
    expect(end.shown).toContain("日本語🎉");
    expect(end.shown.replace(/\s+/g, " ")).toContain("p 033 ] 0 ; o w n e d \\a 033 [ 8 m");
  });

  it("has one colour, and none with NO_COLOR", async (running) => {
    const { pick } = start(running);
    const steps: Step[] = [
      [FOOTER, "pro"],
      ["2 of 4", CTRL_C],
    ];
    const styles = ({ shown }: TerminalEnd) => [...new Set(shown.match(STYLE))].sort();
    // The accent, bold, and what ends them.
    expect(styles(await pick(steps))).toEqual(["1", "22", "36", "39"].map((n) => `\u001b[${n}m`));
    const plain = await pick(steps, { NO_COLOR: "1" });
    expect(styles(plain)).toEqual([]);
    expect(plain.shown).toContain("> prod.Admin");
  });
});

describe("without a terminal", () => {
  it.each<[string, readonly string[], Record<string, string>]>([
    ["none", [], {}],
    ["--no-input", ["--no-input"], {}],
    ["CI", [], { CI: "true" }],
  ])("%s: exit 2, and the flag to pass is named", async (_what, words, more) => {
    const env = { ...homeEnvironment(temporaryHome()), ...more };
    const { configFile } = resolvePaths(env);
    mkdirSync(path.dirname(configFile));
    writeFileSync(configFile, SECTION + PROFILES);
    const { status, stdout, stderr } = await runSsox(["pick", ...words], { env });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^ssox: error Usage: .* → pass --profile sandbox\.Admin to /);
    const json = await runSsox(["pick", "--json", ...words], { env });
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: "Usage" } });
  });

  it.for([["--no-input"], []])("on a terminal with %j and CI neither", async (words, running) => {
    const { on } = start(running);
    const end = await on([], [...SSOX, "pick", ...words], { CI: words.length > 0 ? "" : "1" });
    expect(end).toMatchObject({ status: 2, restored: true });
  });
});

describe("five thousand profiles", () => {
  /** As often as it takes Node to show a letter: it is four to five times, and the machine may have other things to do. */
  const MOST_TIMES = 15;
  const LETTER = [
    node(),
    "-e",
    "process.stdout.write('x'); process.stdin.once('data', () => process.exit());",
  ];

  it("are shown soon, and found", async (running) => {
    const accounts = Array.from({ length: 1_700 }, (_, n): Listed => {
      return { id: String(n + 1e11), name: `account-${n}`, roles: ["Admin", "Reader", "Writer"] };
    });
    const profiles = accounts
      .flatMap(({ id, name, roles }) =>
        roles.map(
          (role) =>
            `[profile ${name}.${role}]\nsso_session = acme\nsso_account_id = ${id}\nsso_role_name = ${role}\nssox_managed = acme\n\n`,
        ),
      )
      .join("");
    const { pick, on } = start(running, { accounts, profiles: `\n${profiles}` });
    const paints: number[] = [];
    const letters: number[] = [];
    // The first run of a version leaves compiled code behind.
    for (let run = 0; run < 4; run += 1) {
      const end = await pick([[FOOTER, `1699 wri${ENTER}`]]);
      expect(end).toMatchObject({ status: 0, restored: true });
      expect(end.shown).toContain("5100");
      expect(end.shown).toMatch(/\naccount-1699\.Writer\r?\n$/);
      paints.push(...end.came);
      letters.push(...(await on([["x", ENTER]], LETTER)).came);
    }
    expect(Math.min(...paints) / Math.min(...letters)).toBeLessThan(MOST_TIMES);
  });
});

/** What stands on a line at any time, without colours and movements. */
function linesOf(shown: string): readonly string[] {
  // Movements of the cursor begin a new line, too.
  return stripVTControlCharacters(shown.replace(MOVEMENT, "\n")).split(/[\r\n]+/);
}

const ESCAPE = "\u001b";
const STYLE = new RegExp(`${ESCAPE}\\[[\\d;]*m`, "g");
const MOVEMENT = new RegExp(`${ESCAPE}\\[\\d*[A-HJK]`, "g");
