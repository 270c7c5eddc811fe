import { styleText } from "node:util";
import { Interrupted } from "../errors.ts";
import type { Environment } from "./environment.ts";
import { write } from "./output.ts";
import type { StandardError } from "./standard-error.ts";

type Style = Parameters<typeof styleText>[0];

/** The three standard streams, and what may be done with them. */
export interface Terminal {
  /** Prompts and pickers may be shown: stdin and stderr are terminals, no `CI`, no `--no-input`. */
  readonly canAsk: boolean;
  /** Progress may be shown: stderr is a terminal, no `CI`, no `--no-input`. */
  readonly showsProgress: boolean;
  /** `--no-input` was given or `CI` is set. */
  readonly noInput: boolean;
  /** stdout is a terminal. */
  readonly isInteractive: boolean;
  /** Columns of stdout; undefined when it is no terminal. */
  readonly columns: number | undefined;
  /** Writes a result and a line end to stdout. @throws OutputFailed */
  print(text: string): void;
  /** Writes a notice and a line end to stderr. */
  note(text: string): void;
  /** Writes one line of the `--debug` trace to stderr, or nothing. No secrets: nothing redacts it. */
  trace(text: string): void;
  /** Replaces the line of progress on stderr; undefined clears it. Shows nothing where it may not. */
  progress(text: string | undefined): void;
  /** The text in that style, where stdout (`out`) or stderr (`err`) shows colours. */
  style(stream: "out" | "err", style: Style, text: string): string;
  /** @throws Interrupted on Ctrl-C. Only where {@link canAsk}. */
  confirm(question: string, byDefault: boolean): Promise<boolean>;
  /**
   * Asks for a line. Ends with `signal`, whose reason it throws then.
   * @throws Interrupted on Ctrl-C. Only where {@link canAsk}.
   */
  ask(question: string, signal: AbortSignal): Promise<string>;
  /** @throws Interrupted on Ctrl-C. Only where {@link canAsk}. */
  choose<T>(question: string, choices: readonly { name: string; value: T }[]): Promise<T>;
}

export interface TerminalOptions {
  readonly noInput: boolean;
  readonly debug: boolean;
  readonly stderr: StandardError;
  readonly signal: AbortSignal;
}

export function openTerminal(env: Environment, options: TerminalOptions): Terminal {
  const noInput = options.noInput || Boolean(env["CI"]);
  const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true && !noInput;
  const showsProgress = process.stderr.isTTY === true && !noInput;
  const colours = {
    out: showsColour(env, process.stdout.isTTY === true),
    err: showsColour(env, process.stderr.isTTY === true),
  };
  let progressShown = false;
  const clearProgress = (): void => {
    if (!progressShown) return;
    progressShown = false;
    options.stderr.write("\r\u001b[K");
  };
  const prompts = async () => await import("@inquirer/prompts");
  const context = { output: process.stderr, input: process.stdin, signal: options.signal };

  return {
    canAsk,
    showsProgress,
    noInput,
    isInteractive: process.stdout.isTTY === true,
    columns: (process.stdout.isTTY && process.stdout.columns) || undefined,
    print(text) {
      clearProgress();
      write(1, `${text}\n`);
    },
    note(text) {
      clearProgress();
      options.stderr.write(`${text}\n`);
    },
    trace(text) {
      if (!options.debug) return;
      clearProgress();
      options.stderr.write(`ssox: debug: ${text}\n`);
    },
    progress(text) {
      clearProgress();
      if (text === undefined || !showsProgress) return;
      progressShown = true;
      // A terminal without a size has 0 columns.
      options.stderr.write(text.slice(0, (process.stderr.columns || 80) - 1));
    },
    style: (stream, style, text) =>
      colours[stream] ? styleText(style, text, { validateStream: false }) : text,
    async confirm(question, byDefault) {
      clearProgress();
      const { confirm } = await prompts();
      return await confirm({ message: question, default: byDefault }, context).catch(
        interrupted(options),
      );
    },
    async ask(question, signal) {
      clearProgress();
      const { input } = await prompts();
      const until = AbortSignal.any([signal, options.signal]);
      return await input(
        { message: question },
        { ...context, signal: until, clearPromptOnDone: true },
      ).catch((error: unknown) => {
        signal.throwIfAborted();
        return interrupted(options)(error);
      });
    },
    async choose(question, choices) {
      clearProgress();
      const { search } = await prompts();
      return await search(
        {
          message: question,
          source: (term) => {
            const wanted = (term ?? "").toLowerCase();
            return choices.filter((choice) => choice.name.toLowerCase().includes(wanted));
          },
        },
        context,
      ).catch(interrupted(options));
    },
  };
}

function showsColour(env: Environment, isTerminal: boolean): boolean {
  if (env["NO_COLOR"]) return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return isTerminal && !env["CI"] && env["TERM"] !== "dumb";
}

function interrupted(options: TerminalOptions): (error: unknown) => never {
  return (error) => {
    options.signal.throwIfAborted();
    if (error instanceof Error && error.name === "ExitPromptError") throw new Interrupted("SIGINT");
    throw error;
  };
}
