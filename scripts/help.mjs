import { writeFileSync } from "node:fs";
import path from "node:path";
import { styleText } from "node:util";

/** Text wider than the last is hard to read. */
const WIDTHS = [80, 120];
/** Of panes and telephones; apart, so that nobody else reads them. */
const NARROW_WIDTHS = [20, 30, 40, 50, 60, 70];

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

const ROOT_USAGE = ["ssox COMMAND [FLAGS]", "ssox COMMAND --help"];

const LEFT_AT_MOST = 28;
const HANGING = "    ";
/** With less room than this beside the left column, the right one stands below it. */
const RIGHT_AT_LEAST = 24;
const HEADINGS = { "": "FLAGS", GLOBAL: "GLOBAL FLAGS" };

/**
 * Writes dist/help.json and dist/help-narrow.json: the help of every command and
 * of ssox itself (""), with bold headings, for each width of a terminal. Rendering
 * it at run time would double what `--help` costs.
 *
 * @param commands of oclif's manifest, by their ids
 * @returns the files, below the root
 */
export function writeHelp(root, commands) {
  const files = { "dist/help.json": WIDTHS, "dist/help-narrow.json": NARROW_WIDTHS };
  for (const [file, widths] of Object.entries(files))
    writeTexts(path.join(root, file), widths, commands);
  return Object.keys(files);
}

function writeTexts(file, widths, commands) {
  const texts = widths.map((columns) => {
    const each = Object.entries(commands).map(([id, command]) => [
      id,
      commandHelp(command, columns),
    ]);
    return [columns, { "": rootHelp(commands, columns), ...Object.fromEntries(each) }];
  });
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(texts))}\n`);
}

function rootHelp(commands, columns) {
  const grouped = new Set(Object.values(TASKS).flat());
  const others = Object.keys(commands).filter((id) => !grouped.has(id));
  const tasks = Object.entries({ ...TASKS, OTHER: others.sort() }).map(([task, ids]) => {
    const rows = ids.map((id) => [id, withoutStop(commands[id].summary)]);
    return section(wrapped(task, columns, ""), list(rows, columns, 18));
  });
  return blocks([
    wrapped(
      "Sign in to AWS IAM Identity Center once, and use every account and role that is assigned to you.",
      columns,
      "",
    ),
    section("USAGE", ROOT_USAGE.map((line) => wrapped(line, columns, "  ", HANGING)).join("\n")),
    section("FIRST STEPS", firstSteps(columns)),
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
      const heading = wrapped(HEADINGS[group] ?? group, columns, "");
      return section(heading, list(rows, columns, LEFT_AT_MOST));
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

/** What is typed stays whole, or goes on behind a backslash where it is longer than the line. */
function firstSteps(columns) {
  const width = Math.max(...FIRST.map(([typed]) => typed.length));
  if (hasRoomBeside(width, columns)) return list(FIRST, columns, width);
  return FIRST.map(
    ([typed, what]) => `${typedLines(typed, columns, "  ")}\n${wrapped(what, columns, HANGING)}`,
  ).join("\n");
}

/** Rows of two cells in columns; what is too long for the left one has the line for itself. */
function list(rows, columns, atMost) {
  const fitting = rows.map(([left]) => left.length).filter((length) => length <= atMost);
  const width = Math.max(0, ...fitting);
  const isBeside = hasRoomBeside(width, columns);
  const indent = isBeside ? " ".repeat(width + 4) : HANGING;
  return rows
    .map(([left, right = ""]) => {
      const text = wrapped(right, columns, indent);
      return left.length > width || !isBeside
        ? `${wrapped(left, columns, "  ", HANGING)}\n${text}`
        : `  ${left.padEnd(width)}  ${text.trimStart()}`;
    })
    .join("\n");
}

function hasRoomBeside(width, columns) {
  return columns - width - 4 >= RIGHT_AT_LEAST;
}

/** In lines of words that fit, each behind the indentation, from the second on behind the hanging one. */
function wrapped(text, columns, indent, hanging = indent) {
  return filled(text.split(/\s+/), columns, indent, hanging);
}

/** The same for words that may have spaces in them. A word that no line has room for stays whole. */
function filled(words, columns, indent, hanging) {
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

/** Broken between what stands in brackets, within only where that is longer than a line. */
function usageLine(line, id, columns) {
  const rest = line.replace(/^(ssox )?\S+ ?/, "");
  const words = ["ssox", id, ...(rest.match(/\[(?:[^[\]]|\[[^\]]*\])*\]\S*|\S+/g) ?? [])];
  const below = `  ssox ${id} `.length;
  const isNarrow = words.some((word) => below + word.length > columns);
  const hanging = isNarrow ? (columns < 80 ? HANGING : "      ") : " ".repeat(below);
  const parts = words.flatMap((word) =>
    hanging.length + word.length > columns ? word.split(" ") : word,
  );
  return filled(parts, columns, "  ", hanging);
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

function example(each, columns) {
  const { description, command } = typeof each === "string" ? { command: each } : each;
  const typed = command.replaceAll("<%= config.bin %>", "ssox").replace(/^\$ /, "");
  const lines = typedLines(`$ ${typed}`, columns, "    ");
  return description ? `${wrapped(`${description}:`, columns, "  ")}\n${lines}` : lines;
}

/**
 * A command that is longer than the line goes on behind a backslash, as a shell takes
 * it; PowerShell does not, and there it stays whole. Never broken within quotes.
 */
function typedLines(typed, columns, indent) {
  if (indent.length + typed.length <= columns || /Invoke-Expression/.test(typed))
    return indent + typed;
  const words = typed.match(TYPED_TOGETHER);
  const hanging = `${indent}${columns < 80 ? "  " : "    "}`;
  return filled(words, columns - 2, indent, hanging)
    .split("\n")
    .join(" \\\n");
}

/** The prompt and the first word; `eval` and `export` with theirs; a flag and its value; any other word. */
const TYPED_TOGETHER =
  /^\$ (?:eval |export )?(?:"[^"]*"|[^\s"])+|--[\w-]+ (?:'[^']*'|[^-\s]\S*)|(?:"[^"]*"|'[^']*'|[^\s"'])+/g;

function withoutStop(text) {
  return text.replace(/\.$/, "");
}
