import { Config, Errors, Help } from "@oclif/core";
import { contextOfRun } from "./commands/base.ts";
import { COMMANDS } from "./commands/index.ts";
import type { Context } from "./context.ts";
import { Interrupted, SsoxError } from "./errors.ts";
import { ownWords } from "./system/command-line.ts";
import { printable, printableLine } from "./views/printable.ts";

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
  try {
    const config = await Config.load({ root });
    if (id === "--version" || id === "version") {
      context.terminal.print(`ssox ${config.version}`);
      return 0;
    }
    if (id === undefined || id === "help" || words.includes("--help") || words.includes("-h")) {
      await new PrintedHelp(config, context).showHelp(words.filter((word) => word !== "help"));
      return id === undefined ? 2 : 0;
    }
    const load = Object.hasOwn(COMMANDS, id) ? COMMANDS[id] : undefined;
    if (load === undefined) throw unknownCommand(id);
    const command = await load();
    const status: unknown = await contextOfRun.run(context, () => command.run(rest, config));
    return typeof status === "number" ? status : 0;
  } catch (error) {
    return report(error, words.includes("--json"), context);
  }
}

/** oclif's help, on the terminal of this run. */
class PrintedHelp extends Help {
  readonly #context: Context;

  constructor(config: Config, context: Context) {
    super(config, { hideAliasesFromRoot: true });
    this.#context = context;
  }

  protected override log(...lines: string[]): void {
    this.#context.terminal.print(lines.join("\n"));
  }
}

function report(error: unknown, asJson: boolean, context: Context): number {
  if (error instanceof Interrupted) return error.exitStatus;
  // Whatever a cut wait threw on its way up: the user ended it.
  const { aborted, reason } = context.signal;
  if (aborted && reason instanceof Interrupted) return reason.exitStatus;
  const known = expected(error);
  const { terminal } = context;
  if (known.code === "Unexpected")
    terminal.trace(printable(String((error as Error)?.stack ?? error)));
  const hint = known.hint === undefined ? "" : ` → ${known.hint}`;
  const label = terminal.style("err", "red", `error ${known.code}:`);
  terminal.note(`ssox: ${label} ${printableLine(`${known.message}${hint}`)}`);
  if (asJson && known.exitStatus <= 6) {
    const { code, message } = known;
    const body = known.hint === undefined ? { code, message } : { code, message, hint: known.hint };
    terminal.print(JSON.stringify({ error: body }));
  }
  return known.exitStatus;
}

function expected(error: unknown): SsoxError {
  if (error instanceof SsoxError) return error;
  if (error instanceof Errors.CLIError) {
    // oclif lists the command's help below its message; one line is enough.
    const [message = "wrong usage"] = error.message.split("\nSee more help");
    return new SsoxError("Usage", message.trim(), { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new SsoxError("Unexpected", `${message} (a bug in ssox)`, {
    hint: "run it again with --debug and report what it prints",
    cause: error,
  });
}

function unknownCommand(id: string): SsoxError {
  return new SsoxError("Usage", `ssox has no command ${JSON.stringify(id)}.`, {
    hint: "ssox --help",
  });
}
