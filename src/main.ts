import { stripVTControlCharacters } from "node:util";
import type { Config } from "@oclif/core/config";
import { CLIError } from "@oclif/core/errors";
import { contextOfRun } from "./commands/base.ts";
import { COMMANDS, type CommandClass } from "./commands/index.ts";
import type { Context } from "./context.ts";
import { didYouMean } from "./domain/did-you-mean.ts";
import { masked } from "./domain/masked.ts";
import { commandMeantBy } from "./domain/other-words.ts";
import { Interrupted, SsoxError } from "./errors.ts";
import { helpText, versionOf } from "./system/built-files.ts";
import { ownWords } from "./system/command-line.ts";
import { OutputFailed } from "./system/output.ts";
import type { Terminal } from "./system/terminal.ts";
import { errorText } from "./views/hint.ts";
import { LOOK, type Styling } from "./views/look.ts";
import { noticeText } from "./views/notice.ts";
import { printable, printableLine } from "./views/printable.ts";
import { usageHint } from "./views/usage-hint.ts";

/**
 * Runs one command line.
 *
 * @param argv the words behind `ssox`
 * @param root the folder of package.json
 * @returns the exit status. The one place where an error becomes text.
 */
export async function main(
  argv: readonly string[],
  root: string,
  context: Context,
): Promise<number> {
  const [id, ...rest] = argv;
  const words = ownWords(argv);
  let asJson = false;
  try {
    if (id !== undefined && VERSION.includes(id)) {
      context.terminal.print(`ssox ${versionOf(root)}`);
      return 0;
    }
    if (id === undefined || id === "help" || words.includes("--help") || words.includes("-h")) {
      const [command = ""] = words.filter((word) => word !== "help" && !word.startsWith("-"));
      context.terminal.print(helpOf(command, root, context.terminal));
      return id === undefined ? 2 : 0;
    }
    const load = Object.hasOwn(COMMANDS, id) ? COMMANDS[id] : undefined;
    if (load === undefined) throw unknownCommand(id);
    const command = await load();
    asJson = words.includes("--json") && Object.hasOwn(command.flags, "json");
    const shown = withTerminal(context, escaping(context.terminal));
    const status: unknown = await contextOfRun.run(shown, () => start(command, id, rest));
    return typeof status === "number" ? status : 0;
  } catch (error) {
    return report(error, asJson, context);
  }
}

const VERSION: readonly string[] = ["--version", "version", "-v", "-V"];

/** The same, without a look at the rest: there may be no home folder, which is for the command to tell. */
function withTerminal(context: Context, terminal: Terminal): Context {
  const members = Object.getOwnPropertyDescriptors(context);
  const shown = { ...members, terminal: { value: terminal, enumerable: true } };
  return Object.create(null, shown);
}

function helpOf(command: string, root: string, terminal: Terminal): string {
  const text = helpText(root, command, terminal.columns);
  if (text === undefined) throw unknownCommand(command);
  const isColoured = terminal.style("out", LOOK.heading, "-") !== "-";
  return isColoured ? text : stripVTControlCharacters(text);
}

/** Without oclif's own `run`: it would load its whole configuration, which costs as much as most commands. */
async function start(command: CommandClass, id: string, argv: readonly string[]) {
  try {
    return await new command([...argv], CONFIG as Config).run();
  } catch (error) {
    throw error instanceof CLIError ? wrongUsage(error, command, id) : error;
  }
}

/** All that a command asks of oclif's configuration: no plugins, no hooks. */
const CONFIG: Partial<Config> = {
  bin: "ssox",
  runHook: async () => ({ failures: [], successes: [] }),
};

/**
 * The terminal that obeys nothing of what commands and flows tell: names come
 * from the service and from files. What they print is a document, whose bytes
 * count; the views that make it see to it.
 */
function escaping(terminal: Terminal): Terminal {
  return {
    ...terminal,
    note: (text) => {
      const columns = terminal.showsProgress ? terminal.columns : undefined;
      terminal.note(noticeText(printable(text), columns));
    },
    trace: (text) => terminal.trace(printable(text)),
    progress: (text) => terminal.progress(text === undefined ? undefined : printableLine(text)),
    confirm: (question, byDefault) => terminal.confirm(printableLine(question), byDefault),
    ask: async (question, signal, answers) => {
      if (answers === undefined) return await terminal.ask(printableLine(question), signal);
      const { byDefault = "", check } = answers;
      const shown = printableLine(byDefault);
      const meant = (answer: string) => (answer === shown ? byDefault : answer);
      const checked = async (answer: string) => {
        const fault = await check(meant(answer));
        return fault === undefined ? undefined : printableLine(fault);
      };
      const escaped = { byDefault: shown, check: checked };
      return meant(await terminal.ask(printableLine(question), signal, escaped));
    },
    choose: (question, choices, note) =>
      terminal.choose(
        printableLine(question),
        choices.map(({ cells, value }) => ({ cells: cells.map(printableLine), value })),
        note === undefined ? undefined : printableLine(note),
      ),
  };
}

/**
 * Tells an error to the user.
 *
 * @param asJson as a document on stdout, too
 * @returns the exit status
 */
export function report(error: unknown, asJson: boolean, context: Context): number {
  if (error instanceof Interrupted) return error.exitStatus;
  // Whatever a cut wait threw on its way up: the user ended it.
  const { aborted, reason } = context.signal;
  if (aborted && reason instanceof Interrupted) return reason.exitStatus;
  const known = expected(error);
  const { code, message, hint } = known;
  const { terminal } = context;
  if (code === "Unexpected") terminal.trace(printable(framesOf(error)));
  terminal.note(shownError(known, terminal));
  if (asJson && known.exitStatus <= 6 && !(known instanceof OutputFailed)) {
    printIfPossible(JSON.stringify({ error: { code, message, hint } }), terminal);
  }
  return known.exitStatus;
}

/** One line for programs; at a terminal the hint stands below, where it can be copied. */
function shownError({ code, message, hint }: SsoxError, terminal: Terminal): string {
  const style: Styling = (look, text) => terminal.style("err", look, text);
  if (terminal.showsProgress) return errorText({ code, message, hint }, style, terminal.columns);
  const label = style(LOOK.error, `error ${code}:`);
  return `ssox: ${label} ${printableLine(`${message} → ${hint}`)}`;
}

/** Where stdout takes nothing, stderr and the exit status have told. */
function printIfPossible(text: string, terminal: Terminal): void {
  try {
    terminal.print(text);
  } catch (error) {
    if (!(error instanceof OutputFailed)) throw error;
  }
}

/** Where a bug struck. Of its message, which stands above the frames, nobody knows what is in it. */
function framesOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const frames = error.stack?.split("\n").filter((line) => /^ {4}at /.test(line)) ?? [];
  return [error.name, ...frames].join("\n");
}

function expected(error: unknown): SsoxError {
  if (error instanceof SsoxError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SsoxError("Unexpected", `${masked(message)} (a bug in ssox)`, {
    hint: "run it again with --debug and report what it prints",
    cause: error,
  });
}

function wrongUsage(cause: CLIError, command: CommandClass, id: string): SsoxError {
  const message = oneLine(cause.message);
  const flags = Object.entries({ ...command.baseFlags, ...command.flags }).flatMap(
    ([name, flag]) => {
      return flag.type === "boolean" && flag.allowNo ? [`--${name}`, `--no-${name}`] : `--${name}`;
    },
  );
  const { question, hint } = usageHint(message, { command: id, flags: [...flags, "--help"] });
  return new SsoxError("Usage", `${message}${question}`, { hint, cause });
}

/** oclif's message without its heading, its colours, and the command's help that it lists below. */
function oneLine(text: string): string {
  const [message = "wrong usage"] = stripVTControlCharacters(text).split("\nSee more help");
  const lines = message.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => !/^(The following errors? occurred:)?$/.test(line))
    .map((line) => (/[.!?]$/.test(line) ? line : `${line}.`))
    .join(" ");
}

function unknownCommand(id: string): SsoxError {
  if (id.startsWith("-")) {
    const message = `Flags stand behind the command: ssox COMMAND ${id}.`;
    return new SsoxError("Usage", message, { hint: "ssox --help" });
  }
  const command = commandMeantBy(id);
  if (command !== undefined) {
    const message = `ssox has no command ${JSON.stringify(id)}.`;
    return new SsoxError("Usage", message, { hint: `ssox ${command}` });
  }
  const { only, question } = didYouMean(id, Object.keys(COMMANDS));
  const message = `ssox has no command ${JSON.stringify(id)}.${question}`;
  return new SsoxError("Usage", message, { hint: `ssox ${only ?? "--help"}` });
}
