import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";

/** What `ssox init` prints, by shell; the source of each is of the same name in src/shells. */
const SHELLS = ["bash", "zsh", "fish", "ps1"];

/** The names that src/domain/shell-quoting.ts has for them. */
const QUOTING = { bash: "sh", zsh: "sh", fish: "fish", ps1: "powershell" };

const USAGE = "Usage: sx [PROFILE | - | --off]";

/**
 * Writes dist/init.*: the code of src/shells, with the commands and flags of
 * the manifest, and the variables that `src/domain/child-environment.ts` takes
 * away. A line `# @what` there stands for lines, a word `__WHAT__` for words;
 * `# @posix` for what bash and zsh have in common.
 *
 * @returns the files
 */
export async function writeShells(root, { commands: all, version }) {
  const { FOREIGN, FOREIGN_PREFIXES, quote } = await ofProgram(root);
  const foreign = { names: [...FOREIGN], prefixes: FOREIGN_PREFIXES };
  const commands = Object.values(all)
    .filter(({ hidden }) => !hidden)
    .map(commandOf);
  const sourceOf = (name) => readFileSync(path.join(root, "src", "shells", name), "utf8");
  if (!commands.some(({ runs }) => runs)) throw new Error("no usage has ` -- COMMAND` any more");
  return SHELLS.map((shell) => {
    const source = sourceOf(`ssox.${shell}`).replace("# @posix\n", () => sourceOf("posix.sh"));
    const { lines, words } = RENDER[shell](commands, foreign, (text) =>
      quote(text, QUOTING[shell]),
    );
    const text = source
      .split("\n")
      .flatMap((line) => {
        const [, indent, what] = /^( *)# @(\w+)$/.exec(line) ?? [];
        if (what) return lines[what].map((one) => indent + one);
        return /^\s*(#|$)/.test(line) ? [] : [line];
      })
      .join("\n")
      .replace(/__(\w+?)__/g, (_, what) => words[what]);
    const file = `dist/init.${shell}`;
    writeFileSync(path.join(root, file), `# ssox ${version}: completion, and sx.\n${text}\n`);
    return file;
  });
}

/** What the program itself knows of variables and of quoting. */
async function ofProgram(root) {
  const outfile = path.join(root, "dist", `shells.${process.pid}.cjs`);
  const contents = `
    export { FOREIGN, FOREIGN_PREFIXES } from "./src/domain/child-environment.ts";
    export { quote } from "./src/domain/shell-quoting.ts";
  `;
  const stdin = { contents, resolveDir: root };
  await build({ stdin, outfile, bundle: true, platform: "node", format: "cjs" });
  try {
    return createRequire(import.meta.url)(outfile);
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** What a completion must know of a command. */
function commandOf({ id, summary = "", flags, args, usage = [] }) {
  const shown = Object.values(flags).filter(({ hidden }) => !hidden);
  return {
    id,
    summary: summary.replace(/\.$/, ""),
    // Its usage says so: what stands behind `--` oclif never sees.
    runs: [usage].flat().some((line) => / -- COMMAND/.test(line)),
    takesProfiles: [usage].flat().some((line) => /^\S+ \[?PROFILE\b/.test(line)),
    values: Object.values(args).flatMap(({ options = [] }) => options),
    flags: [
      ...shown.flatMap(
        ({ name, description = "", type, options, helpValue, multiple, allowNo }) => {
          const about = { description, multiple: multiple === true };
          if (type === "boolean") {
            const names = allowNo ? [name, `no-${name}`] : [name];
            return names.map((one) => ({ ...about, name: `--${one}`, takes: false }));
          }
          return [{ ...about, name: `--${name}`, takes: true, options, value: helpValue ?? name }];
        },
      ),
      { name: "--help", description: "show help", takes: false, multiple: false },
    ],
  };
}

const RENDER = { bash, zsh, fish, ps1 };

function bash(commands, { names, prefixes }, quoted) {
  return {
    lines: {
      flags: commands.map(({ id, flags, values, runs, takesProfiles }) => {
        const words = [...values, ...namesOf(flags), ...(runs ? ["--"] : [])].join(" ");
        const takes = namesOf(taking(flags)).join(" ");
        const more = `${runs ? " runs=yes" : ""}${takesProfiles ? " profiles=yes" : ""}`;
        return `${id}) flags='${words}' takes=' ${takes} '${more} ;;`;
      }),
      values: [
        ...eachFlag(commands, isFixed, (at, { options }) => [
          `'${at}') _ssox_add ${options.join(" ")} ;;`,
        ]),
        ...eachFlag(commands, isFile, (at) => [`'${at}') _ssox_files ;;`]),
      ],
    },
    words: {
      COMMANDS: commands.map(({ id }) => id).join(" "),
      NAMES: names.join(" "),
      PREFIXES: prefixes.map((prefix) => `"\${!${prefix}@}"`).join(" "),
      USAGE: quoted(USAGE),
    },
  };
}

function zsh(commands, { names, prefixes }, quoted) {
  return {
    lines: {
      commands: commands.map(({ id, summary }) => quoted(`${id}:${summary}`)),
      specs: commands.flatMap(({ id, flags, values, takesProfiles }) => {
        const first = [
          ...(values.length > 0 ? [`1: :(${values.join(" ")})`] : []),
          ...(takesProfiles ? ["*: :_ssox_profiles"] : []),
        ];
        const specs = [...first, ...flags.map(zshSpec)].map(quoted).join(" ");
        return [`${id}) _arguments -S ${specs} ;;`];
      }),
    },
    words: {
      RUNNERS: idsOf(commands.filter(({ runs }) => runs)).join(" "),
      NAMES: names.join(" "),
      PREFIXES: prefixes.join("|"),
      USAGE: quoted(USAGE),
    },
  };
}

function fish(commands, { names, prefixes }, quoted) {
  const described = (word, description) => `${word}\\t${quoted(description)}`;
  return {
    lines: {
      commands: commands.map(({ id, summary }) => `builtin echo ${described(id, summary)}`),
      flags: commands.flatMap(({ id, flags, values, runs, takesProfiles }) => {
        const about = flags.map(({ name, description }) => described(name, description));
        return [
          `case ${id}`,
          `    set flags ${[...values, ...about, ...(runs ? ["--"] : [])].join(" ")}`,
          `    set takes ${namesOf(taking(flags)).join(" ")}`,
          ...(runs ? ["    set runs yes"] : []),
          ...(takesProfiles ? ["    set profiles yes"] : []),
        ];
      }),
      values: [
        ...eachFlag(commands, isFixed, (at, { options }) => [
          `case '${at}'`,
          `    builtin printf '%s\\n' ${options.map((option) => `{$prefix}${option}`).join(" ")}`,
        ]),
        ...eachFlag(commands, isFile, (at) => [
          `case '${at}'`,
          "    __fish_complete_path (string replace -r '^--[^=]+=' '' -- $current)",
        ]),
      ],
    },
    words: { NAMES: names.join(" "), PREFIXES: prefixes.join("|"), USAGE: quoted(USAGE) },
  };
}

function ps1(commands, { names, prefixes }, quoted) {
  const list = (words) => words.map(quoted).join(", ");
  return {
    lines: {
      flags: commands.map(({ id, flags, values, takesProfiles }) => {
        const words = list([...values, ...namesOf(flags)]);
        const more = takesProfiles ? "; $flags += @(Get-SsoxNames 'profile')" : "";
        const takes = list(namesOf(taking(flags)));
        return `'${id}' { $flags = @(${words}); $takes = @(${takes})${more} }`;
      }),
      values: eachFlag(commands, isFixed, (at, { options }) => [
        `'${at}' { Complete-Ssox @(${list(options)}) $Word $prefix }`,
      ]),
    },
    words: {
      COMMANDS: list(idsOf(commands)),
      NAMES: list(names),
      PREFIXES: prefixes.join("|"),
      USAGE: quoted(USAGE),
    },
  };
}

function idsOf(commands) {
  return commands.map(({ id }) => id);
}

function namesOf(flags) {
  return flags.map(({ name }) => name);
}

function taking(flags) {
  return flags.filter(({ takes }) => takes);
}

/** The values are known beforehand. */
function isFixed({ options }) {
  return options !== undefined;
}

function isFile({ value }) {
  return value === "FILE";
}

function eachFlag(commands, isMeant, render) {
  return commands.flatMap(({ id, flags }) => {
    return flags.filter(isMeant).flatMap((flag) => render(`${id} ${flag.name}`, flag));
  });
}

/** What completes the value of a flag of this name, whichever command has it. */
const ZSH_ACTIONS = {
  "--profile": "_ssox_profiles",
  "--account": "_ssox_accounts",
  "--role": "_ssox_roles",
  "--session": "_ssox_sessions",
};

function zshSpec({ name, description, takes, options, value, multiple }) {
  const about = `[${description.replace(/[\][:\\]/g, "\\$&")}]`;
  const head = `${multiple ? "*" : ""}${name}${takes ? "=" : ""}${about}`;
  if (!takes) return head;
  const named = ZSH_ACTIONS[name] ?? (value === "FILE" ? "_files" : " ");
  const action = options ? `(${options.join(" ")})` : named;
  return `${head}:${value.replace(/[:\\]/g, "\\$&")}:${action}`;
}
