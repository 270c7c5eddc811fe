import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/index.ts";
import {
  HOSTILE_ACCOUNT_NAMES,
  HOSTILE_ROLE_NAMES,
} from "../../src/lab/organisation/hostile-names.ts";
import { keepInventory } from "../../src/state/inventory-cache.ts";
import { builtShellCode, openShell, SHELLS, type ShellPlace, script } from "../helpers/shells.ts";

/*
 * Tab, in real shells at a terminal. Return follows at once, and what counts is the
 * arguments that the shell made of the completed line.
 */

const CONFIG = `[sso-session acme]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1

[sso-session other]
[default]
[profile sandbox.DeveloperAccess]
region = eu-west-1
[profile sandbox.ReadOnlyAccess]
[profile a:b]
[profile a@b]
  [profile qqindented]
[profile qqtwo words]
[profile	qqtab]
[profile 'single quoted'] # with a comment
[profile "double quoted"]\r
[qqno-profile]
[profile qqunclosed
`;

const CREDENTIALS = "[legacy keys]\naws_access_key_id = AKIA\n[profile qqwrong]\n[DEFAULT]\n";

const ACCOUNTS = [
  { id: "111122223333", name: "Sandbox", roles: ["DeveloperAccess", "ReadOnlyAccess"] },
  { id: "444455556666", name: "prod eu", roles: ["AdministratorAccess"] },
  { id: "777788889999", name: undefined, roles: [] },
].map((account) => ({ ...account, email: undefined }));

describe.for(SHELLS)("in %s", (shell) => {
  it("commands, flags, values and names are completed", async (context) => {
    const place = await openShell(shell, context, { config: CONFIG, credentials: CREDENTIALS });
    list(place, "acme", ACCOUNTS);
    writeFileSync(path.join(place.home, "faults.json"), "{}");
    await expectCalls(place, [
      ["ssox sync-p\t--dry-\t", "<sync-profiles><--dry-run>"],
      ["ssox help who\t", "<help><whoami>"],
      ["ssox env --format po\t", "<env><--format><powershell>"],
      ["ssox env --format=po\t", "<env><--format=powershell>"],
      ["ssox init z\t", "<init><zsh>"],
      [
        "ssox console sandbox.D\tsandbox.R\t",
        "<console><sandbox.DeveloperAccess><sandbox.ReadOnlyAccess>",
      ],
      ["ssox lab --settings fau\t", "<lab><--settings><faults.json>"],
      ["ssox whoami --profile sandbox.D\t", "<whoami><--profile><sandbox.DeveloperAccess>"],
      ["ssox whoami --profile=sandbox.D\t", "<whoami><--profile=sandbox.DeveloperAccess>"],
      ["ssox whoami --profile a:\t", "<whoami><--profile><a:b>"],
      ["ssox whoami --profile a@\t", "<whoami><--profile><a@b>"],
      ["ssox whoami --profile def\t", "<whoami><--profile><default>"],
      ["ssox whoami --profile sin\t", "<whoami><--profile><single quoted>"],
      ["ssox whoami --profile 'dou\t", "<whoami><--profile><double quoted>"],
      ["ssox whoami --profile legacy\\ \t", "<whoami><--profile><legacy keys>"],
      ["ssox login --session o\t", "<login><--session><other>"],
      [
        "ssox whoami --account San\t--role D\t",
        "<whoami><--account><Sandbox><--role><DeveloperAccess>",
      ],
      ["ssox whoami --account 4\t", "<whoami><--account><444455556666>"],
      ["ssox whoami --account pr\t", "<whoami><--account><prod eu>"],
      ["ssox whoami --role Ad\t", "<whoami><--role><AdministratorAccess>"],
      // It is not a role of that account.
      [
        "ssox whoami --account=111122223333 --role Adm\t",
        "<whoami><--account=111122223333><--role><Adm>",
      ],
      [
        "ssox whoami --account=prod\\ eu --role \t",
        "<whoami><--account=prod eu><--role><AdministratorAccess>",
      ],
      ["ssox whoami --session other --account pr\t", "<whoami><--session><other><--account><pr>"],
      // What is no profile.
      // Fish takes `default` for it.
      ...["qqi", "qqt", "qqn", "qqw", "qqu", ...(shell === "fish" ? [] : ["DEFA"])].map(
        (word): Call => {
          return [`ssox whoami --profile ${word}\t`, `<whoami><--profile><${word}>`];
        },
      ),
    ]);
  });

  it("behind -- it is the shell's own completion", async (context) => {
    const place = await openShell(shell, context, { config: CONFIG });
    script(place.bin, "a-program-of-the-test", ":");
    writeFileSync(path.join(place.home, "a file"), "");
    const start = [place.set("P", "a:b")];
    await expectCalls(
      place,
      [
        [
          "ssox exec --profile a:b -- a-program-o\t",
          "<exec><--profile><a:b><--><a-program-of-the-test>",
        ],
        ["ssox exec -- cat a\\ \t", "<exec><--><cat><a file>"],
        ["ssox exec -- cat --profile sandbox.D\t", "<exec><--><cat><--profile><sandbox.D>"],
        ["ssox exec --profile $P -- cat a\\ \t", "<exec><--profile><a:b><--><cat><a file>"],
        ["ssox exec --profile $P --mode s\t", "<exec><--profile><a:b><--mode><server>"],
        [`ssox exec -- cat $HOME/a\\ \t`, `<exec><--><cat><${place.home}/a file>`],
      ],
      start,
    );
    // And behind a redirection it is files.
    writeFileSync(path.join(place.home, "zz-out"), "");
    const lines = ["ssox roles > zz\t", "args $(cat zz-out)"];
    const { shown } = await place.type(lines, [place.load, place.stub]);
    expect(shown).toContain("CALLED<CALLED<roles>>");
  });

  it("hostile names are inserted as one word, and never run", async (context) => {
    const place = await openShell(shell, context);
    const marks = ["$(touch ran)", "`touch ran`", ";touch ran", "|touch ran", "&touch ran"];
    const more = [
      ...marks,
      ">ran",
      "!!",
      "!1",
      "~",
      "~root",
      "#",
      "{a,b}",
      "a=b",
      "*",
      "q?",
      "[a]",
    ];
    const names = [...HOSTILE_ACCOUNT_NAMES, ...HOSTILE_ROLE_NAMES, ...more].filter(isTypeable);
    const calls = names.flatMap((name, at): Call[] => {
      const session = `s${at}`;
      list(place, session, [{ id: "111122223333", name, email: undefined, roles: [name] }]);
      const [first = ""] = name;
      return [`'${first}`, `"${first}`, `\\${first}`].flatMap((begun): Call[] => {
        // Such a beginning is no plain character in it.
        if (isSpecialIn(begun, first)) return [];
        // Fish leaves a word open that ends so, as if more were to come.
        if (shell === "fish" && /[/=@:.,-]$/.test(name) && !begun.startsWith("\\")) return [];
        const given = `<exec><--session><${session}>`;
        return [
          [`ssox exec --session ${session} --account ${begun}\t`, `${given}<--account><${name}>`],
          [`ssox exec --session ${session} --role ${begun}\t`, `${given}<--role><${name}>`],
        ];
      });
    });
    expect(calls.length).toBeGreaterThan(200);
    // Bash and zsh would put a command of the history in place of it.
    for (let at = 0; at < calls.length; at += 100) {
      await expectCalls(place, calls.slice(at, at + 100));
    }
    expect(existsSync(path.join(place.home, "ran"))).toBe(false);
  }, 240_000);

  it("hostile profiles are, too", async (context) => {
    const place = await openShell(shell, context);
    const names = HOSTILE_ACCOUNT_NAMES.filter(isTypeable).filter((name) => !/["\\]/.test(name));
    const lines = names.flatMap((name, at) => {
      const file = path.join(place.home, `config-${at}`);
      writeFileSync(file, `[profile "${name}"]\nregion = eu-west-1\n`);
      return [place.set("AWS_CONFIG_FILE", file), `ssox exec --profile '${[...name][0]}\t`];
    });
    expect(names.length).toBeGreaterThan(20);
    const { calls } = await place.type(lines, [place.load, place.stub]);
    expect(calls).toEqual(names.map((name) => `<exec><--profile><${name}>`));
  }, 120_000);

  it("no program is started for it", async (context) => {
    const place = await openShell(shell, context, { config: CONFIG });
    list(place, "acme", ACCOUNTS);
    const log = path.join(place.home, "started");
    const empty = path.join(place.home, "programs");
    mkdirSync(empty);
    for (const name of ["ssox", "node", "cat", "grep", "sed", "awk", "ls", "tr", "cut", "sort"]) {
      script(empty, name, `echo ${name} >>${log}`);
    }
    script(empty, "args", readFileSync(path.join(place.bin, "args"), "utf8"));
    const start = [place.set("PATH", empty)];
    await expectCalls(
      place,
      [
        ["ssox whoami --pro\t", expect.stringContaining("<whoami><--profile")],
        ["ssox whoami --profile sandbox.D\t", "<whoami><--profile><sandbox.DeveloperAccess>"],
        [
          "ssox whoami --account San\t--role D\t",
          "<whoami><--account><Sandbox><--role><DeveloperAccess>",
        ],
        ["ssox login --session o\t", "<login><--session><other>"],
      ],
      start,
    );
    expect(existsSync(log) ? readFileSync(log, "utf8") : "").toBe("");
  });

  it("sx is completed", async (context) => {
    const place = await openShell(shell, context, {
      config: "[profile sandbox.DeveloperAccess]\n",
    });
    const { shown } = await place.type(
      ["sx sandbox.D\t", "args $AWS_PROFILE", "sx --o\t", "args gone $AWS_PROFILE", "sx -de\t"],
      [place.load],
    );
    expect(shown).toContain("sx: sandbox.DeveloperAccess\r\n");
    expect(shown).toContain("CALLED<sandbox.DeveloperAccess>");
    expect(shown).toContain("sx: no profile\r\n");
    expect(shown).toContain("CALLED<gone>");
    // In zsh a lone hyphen may be taken for another thing than a candidate.
    expect(shown).toContain('no profile "-de"');
  });
});

it("in bash and zsh the user's options do not matter", async (context) => {
  const options = {
    bash: "set -u -o noclobber; shopt -s failglob nocasematch; IFS=:o",
    zsh: "setopt NO_UNSET KSH_ARRAYS SH_WORD_SPLIT NO_NOMATCH NO_CLOBBER KSH_GLOB; IFS=:o",
  };
  for (const [shell, more] of [
    ["bash", ""],
    ["zsh", ""],
    ["zsh", "emulate sh;"],
  ] as const) {
    const place = await openShell(shell, context, { config: CONFIG });
    await expectCalls(
      place,
      [
        ["ssox sync-p\t--dry-\t", "<sync-profiles><--dry-run>"],
        ["ssox whoami --profile sandbox.D\t", "<whoami><--profile><sandbox.DeveloperAccess>"],
        ["ssox whoami --account \t", "<whoami><--account>"],
      ],
      // Read once more, while they are set.
      [`${more} ${options[shell]}; unset -f ssox`, place.load, place.stub],
    );
  }
});

it("in zsh four times the profiles take about four times as long", async (context) => {
  const place = await openShell("zsh", context);
  const time = async (count: number): Promise<number> => {
    const headers = Array.from({ length: count }, (_, at) => `[profile account-${at}.Role]\n`);
    writeFileSync(place.configFile, headers.join(""));
    const text = `${place.load}; zmodload zsh/datetime; function _wanted { : }
for _ in 1 2 3; do start=$EPOCHREALTIME; _ssox_profiles; echo $((EPOCHREALTIME - start)); done`;
    const { stdout } = await place.run(text);
    return Math.min(...stdout.trim().split("\n").map(Number));
  };
  expect((await time(8_000)) / (await time(2_000))).toBeLessThan(9);
});

it.each(["bash", "zsh", "fish", "ps1"] as const)(
  "every command and flag is in init.%s",
  async (ending) => {
    const code = builtShellCode(ending);
    expect(code).not.toMatch(/__[A-Z]+__|# @/);
    for (const [name, load] of Object.entries(COMMANDS)) {
      expect(code).toMatch(new RegExp(`(^|[\\s'])${name}[\\s':)\\\\]`, "m"));
      const { flags, baseFlags } = await load();
      for (const [flag, { hidden }] of Object.entries({ ...baseFlags, ...flags })) {
        // One that is hidden is there where sx calls it.
        const isThere = new RegExp(`(?<!ssox init )--${flag}(?![\\w-])`).test(
          code.replace('"--check', "ssox init --check"),
        );
        expect({ name, flag, isThere }).toEqual({ name, flag, isThere: hidden !== true });
      }
    }
  },
);

type Call = readonly [typed: string, called: unknown];

async function expectCalls(
  place: ShellPlace,
  expected: readonly Call[],
  start: readonly string[] = [],
): Promise<void> {
  const lines = expected.map(([typed]) => typed);
  const { calls, shown } = await place.type(lines, [place.load, place.stub, ...start]);
  const known = expected.map(([, called]) => called);
  expect(calls.length === known.length ? calls : { calls, shown: shown.slice(-300) }).toEqual(
    known,
  );
}

/** Keeps a listing as `ssox accounts` does. */
function list(
  place: ShellPlace,
  name: string,
  accounts: Parameters<typeof keepInventory>[2]["inventory"]["accounts"],
) {
  const cache = path.join(place.env["XDG_CACHE_HOME"] ?? "", "ssox");
  const session = { name, startUrl: "https://d-1234567890.awsapps.com/start" };
  keepInventory(cache, session, { inventory: { accounts }, listedAt: 0, failed: [], signIn: "a" });
}

/** One that is on offer: without control characters. */
function isTypeable(name: string | undefined): name is string {
  return Boolean(name) && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(name ?? "");
}

function isSpecialIn(begun: string, first: string): boolean {
  if (begun.startsWith("'")) return first === "'";
  if (begun.startsWith('"')) return /["\\$`!]/.test(first);
  // A backslash before these means another character to fish.
  return /[\w\s]/.test(first);
}
