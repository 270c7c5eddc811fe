import { writeFileSync } from "node:fs";
import path from "node:path";
import { styleText } from "node:util";

/** Terminals narrower than this are rare, and text wider than the last is hard to read. */
const WIDTHS = [80, 120];

/** The commands by what they are for, in the order in which people meet them; any other comes last. */
const TASKS = {
  "SIGN IN": ["configure", "login", "status", "logout"],
  "ACCOUNTS AND PROFILES": ["accounts", "roles", "sync-profiles"],
  "RUN AS A ROLE": ["exec", "shell", "env", "credential-process", "console", "pick"],
  "LOOK AND MEND": ["whoami", "doctor"],
  "THIS MACHINE": ["init", "lab"],
};

/** What a newcomer types first. */
const FIRST = [
  ["ssox configure", "sign in, and write the profiles"],
  ["ssox exec --profile NAME -- aws s3 ls", "run a command as a role"],
  ["ssox console NAME", "open the AWS console"],
];

const LEFT_AT_MOST = 28;
const HEADINGS = { "": "FLAGS", GLOBAL: "GLOBAL FLAGS" };

/**
 * Writes dist/help.json: the help of every command and of ssox itself (""), with
 * bold headings, for each width of a terminal. Rendering it at run time would
 * double what `--help` costs.
 *
 * @param commands of oclif's manifest, by their ids
 */
export function writeHelp(root, commands) {
  const texts = WIDTHS.map((columns) => {
    const each = Object.entries(commands).map(([id, command]) => [
      id,
      commandHelp(command, columns),
    ]);
    return [columns, { "": rootHelp(commands, columns), ...Object.fromEntries(each) }];
  });
  const file = path.join(root, "dist", "help.json");
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(texts))}\n`);
}

function rootHelp(commands, columns) {
  const grouped = new Set(Object.values(TASKS).flat());
  const others = Object.keys(commands).filter((id) => !grouped.has(id));
  const tasks = Object.entries({ ...TASKS, OTHER: others.sort() }).map(([task, ids]) => {
    const rows = ids.map((id) => [id, withoutStop(commands[id].summary)]);
    return section(task, list(rows, columns, 18));
  });
  return blocks([
    wrapped(
      "Sign in to AWS IAM Identity Center once, and use every account and role that is assigned to you.",
      columns,
      "",
    ),
    section("USAGE", "  ssox COMMAND [FLAGS]\n  ssox COMMAND --help"),
    section("FIRST STEPS", list(FIRST, columns, 46)),
    ...tasks,
  ]);
}

function commandHelp({ id, summary, description, usage, args, flags, examples }, columns) {
  const shown = Object.values(flags).filter(({ hidden }) => !hidden);
  const groups = new Set([...shown.map(({ helpGroup = "" }) => helpGroup)]);
  // That of every command comes last.
  if (groups.delete("GLOBAL")) groups.add("GLOBAL");
  const own = shown.filter(({ helpGroup }) => helpGroup !== "GLOBAL");
  const lines = usage === undefined ? [usageOf(id, args, own)] : [usage].flat();
  return blocks([
    wrapped(summary, columns, ""),
    section("USAGE", lines.map((line) => usageLine(line, id, columns)).join("\n")),
    description && section("DESCRIPTION", paragraphs(description, columns)),
    section("ARGUMENTS", list(Object.values(args ?? {}).map(argumentRow), columns, LEFT_AT_MOST)),
    ...[...groups].map((group) => {
      const rows = shown.filter(({ helpGroup = "" }) => helpGroup === group).map(flagRow);
      return section(HEADINGS[group] ?? group, list(rows, columns, LEFT_AT_MOST));
    }),
    section("EXAMPLES", (examples ?? []).map((each) => example(each, columns)).join("\n\n")),
  ]);
}

function blocks(texts) {
  return texts.filter(Boolean).join("\n\n");
}

function section(heading, body) {
  return body ? `${styleText("bold", heading, { validateStream: false })}\n${body}` : "";
}

/** Rows of two cells in columns; what is too long for the left one has the line for itself. */
function list(rows, columns, atMost) {
  const fitting = rows.map(([left]) => left.length).filter((length) => length <= atMost);
  const width = Math.max(0, ...fitting);
  const indent = " ".repeat(width + 4);
  return rows
    .map(([left, right = ""]) => {
      const text = wrapped(right, columns, indent);
      return left.length > width
        ? `  ${left}\n${text}`
        : `  ${left.padEnd(width)}  ${text.trimStart()}`;
    })
    .join("\n");
}

/** In lines of words that fit, each behind the indentation. */
function wrapped(text, columns, indent, words = text.split(/\s+/), hanging = indent) {
  const lines = [];
  for (const word of words) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    const own = lines.length > 1 ? hanging : indent;
    if (last === undefined || own.length + longer.length > columns) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line, index) => (index === 0 ? indent : hanging) + line).join("\n");
}

function paragraphs(text, columns) {
  return text
    .split("\n\n")
    .map((each) => wrapped(each.trim(), columns, "  "))
    .join("\n\n");
}

/** Broken between what stands in brackets, never within. */
function usageLine(line, id, columns) {
  const rest = line.replace(/^(ssox )?\S+ ?/, "");
  const words = ["ssox", id, ...(rest.match(/\[(?:[^[\]]|\[[^\]]*\])*\]\S*|\S+/g) ?? [])];
  const below = `  ssox ${id} `.length;
  const isNarrow = words.some((word) => below + word.length > columns);
  return wrapped("", columns, "  ", words, " ".repeat(isNarrow ? 6 : below));
}

function usageOf(id, args, flags) {
  const words = Object.values(args ?? {}).map(({ name, required }) =>
    required ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  );
  return [id, ...words, ...flags.map((flag) => `[${flagLabel(flag)}]`)].join(" ");
}

function argumentRow({ name, description = "", options }) {
  return [name.toUpperCase(), options ? `${description} (${options.join(", ")})` : description];
}

function flagRow(flag) {
  const { description = "", type } = flag;
  const byDefault =
    type === "option" && flag.default !== undefined ? ` (default: ${flag.default})` : "";
  return [flagLabel(flag), `${description}${byDefault}`];
}

function flagLabel({ name, type, allowNo, options, helpValue, multiple }) {
  if (type === "boolean") return allowNo ? `--[no-]${name}` : `--${name}`;
  const value = helpValue ?? options?.join("|") ?? "VALUE";
  return `--${name} ${value}${multiple ? "…" : ""}`;
}

/** A command that is longer than the line goes on behind a backslash, as a shell takes it. */
function example(each, columns) {
  const { description, command } = typeof each === "string" ? { command: each } : each;
  const typed = command.replaceAll("<%= config.bin %>", "ssox").replace(/^\$ /, "");
  const words = typed.match(/--[\w-]+ [^-\s]\S*|\S+/g) ?? [];
  const lines = wrapped("", columns - 2, "    $ ", words, "        ")
    .split("\n")
    .join(" \\\n");
  return description ? `${wrapped(`${description}:`, columns, "  ")}\n${lines}` : lines;
}

function withoutStop(text) {
  return text.replace(/\.$/, "");
}
