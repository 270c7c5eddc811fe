import { fstatSync, statSync } from "node:fs";
import { devNull } from "node:os";
import { isatty } from "node:tty";
import { styleText } from "node:util";
import { Interrupted } from "../errors.ts";
import { useContinued } from "./continued.ts";
import type { Environment } from "./environment.ts";
import { write } from "./output.ts";
import { type ChoiceList, type PromptContext, pick, type Style } from "./picker.ts";
import type { StandardError } from "./standard-error.ts";

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
  /** The same for what a view has laid out, printable and in its colours: it is written as it is. */
  show(text: string): void;
  /** Writes one line of the `--debug` trace to stderr, or nothing. No secrets: nothing redacts it. */
  trace(text: string): void;
  /** Replaces the line of progress on stderr; undefined clears it. Shows nothing where it may not. */
  progress(text: string | undefined): void;
  /** The text in that style, where stdout (`out`) or stderr (`err`) shows colours. */
  style(stream: "out" | "err", style: Style, text: string): string;
  /** @throws Interrupted on Ctrl-C and Ctrl-D. Only where {@link canAsk}. */
  confirm(question: string, byDefault: boolean): Promise<boolean>;
  /**
   * Asks for a line, which with `answers` stays on the screen. Ends with `signal`, whose reason it throws then.
   * @throws Interrupted on Ctrl-C and Ctrl-D. Only where {@link canAsk}.
   */
  ask(question: string, signal: AbortSignal, answers?: Answers): Promise<string>;
  /**
   * Shows what matches the letters that are typed, and lets one be chosen.
   * @param note stands below, such as the age of what is shown
   * @throws Interrupted on Ctrl-C and Ctrl-D. Only where {@link canAsk}.
   */
  choose<T>(question: string, choices: readonly Choice<T>[], note?: string): Promise<T>;
}

/** Something to choose: what stands in the columns of its line, and what it is. */
export interface Choice<T> {
  readonly cells: readonly string[];
  readonly value: T;
}

/** What may be answered to a question. */
export interface Answers {
  /** What Enter alone answers; Backspace takes it away. */
  readonly byDefault?: string | undefined;
  /** What is wrong with an answer, which is told and asked for again; undefined: nothing is. */
  check(answer: string): Promise<string | undefined>;
}

export interface TerminalOptions {
  readonly noInput: boolean;
  readonly debug: boolean;
  readonly stderr: StandardError;
  readonly signal: AbortSignal;
  /** How choices are found and laid out; loaded when they are shown. */
  choiceList(): Promise<<T>(choices: readonly Choice<T>[]) => ChoiceList<T>>;
}

export function openTerminal(env: Environment, options: TerminalOptions): Terminal {
  const noInput = options.noInput || Boolean(env["CI"]);
  const [stdin, stdout, stderr] = [isTerminal(0), isTerminal(1), isTerminal(2)];
  const canAsk = stdin && stderr && !noInput;
  const showsProgress = stderr && !noInput;
  const colours = {
    out: showsColour(env, stdout && !noInput),
    err: showsColour(env, stderr && !noInput),
  };
  let progressShown = false;
  const clearProgress = (): void => {
    if (!progressShown) return;
    progressShown = false;
    options.stderr.write("\r\u001b[K");
  };
  const note = (text: string): void => {
    clearProgress();
    options.stderr.write(`${text}\n`);
  };
  const prompts = async () => {
    const [{ confirm, input }, core] = await Promise.all([
      import("@inquirer/prompts"),
      import("@inquirer/core"),
    ]);
    // What is called in each render may have hooks of its own.
    const message = (text: string): string => {
      useContinued(core);
      return terminal.style("err", "bold", text);
    };
    return { confirm, input, theme: { style: { message } } };
  };
  /** Ctrl-D closes the input for a prompt, which would then wait for ever: it ends as with Ctrl-C. */
  const prompted = async <T>(
    signal: AbortSignal,
    ask: (context: PromptContext) => Promise<T>,
  ): Promise<T> => {
    const closed = new AbortController();
    const close = () =>
      void setImmediate(() => {
        // It goes on after Ctrl-Z.
        if (process.stdin.isPaused()) closed.abort(new Interrupted("SIGINT"));
      });
    const hangUp = () => closed.abort(new Interrupted("SIGHUP"));
    process.stdin.on("pause", close).once("end", hangUp);
    const any = AbortSignal.any([signal, options.signal, closed.signal]);
    try {
      return await ask({ output: process.stderr, input: process.stdin, signal: any });
    } catch (error) {
      for (const ended of [signal, options.signal, closed.signal]) ended.throwIfAborted();
      const isEnded = error instanceof Error && error.name === "ExitPromptError";
      throw isEnded ? new Interrupted("SIGINT") : error;
    } finally {
      process.stdin.off("pause", close).off("end", hangUp);
    }
  };

  const terminal: Terminal = {
    canAsk,
    showsProgress,
    noInput,
    isInteractive: stdout,
    columns: (stdout && process.stdout.columns) || undefined,
    print(text) {
      clearProgress();
      write(1, `${text}\n`);
    },
    note,
    show: note,
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
      const { confirm, theme } = await prompts();
      return await prompted(options.signal, (context) =>
        confirm({ message: question, default: byDefault, theme }, context),
      );
    },
    async ask(question, signal, answers) {
      clearProgress();
      const { input, theme } = await prompts();
      const validate = async (answer: string) => (await answers?.check(answer)) ?? true;
      const config = { message: question, default: answers?.byDefault, validate, theme };
      return await prompted(signal, (context) =>
        input(config, { ...context, clearPromptOnDone: answers === undefined }),
      );
    },
    async choose(question, choices, note) {
      clearProgress();
      const list = (await options.choiceList())(choices);
      const style = (name: Style, text: string) => terminal.style("err", name, text);
      return await prompted(options.signal, (context) =>
        pick({ question, list, note, style }, context),
      );
    },
  };
  return terminal;
}

/** Node's streams, which would tell it, too, take as long to load as all else that a short command needs. */
function isTerminal(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isCharacterDevice() && stat.rdev !== statSync(devNull).rdev && isatty(descriptor);
  } catch {
    // A closed one; or a system without a device for nothing.
    return isatty(descriptor);
  }
}

/** @param isLively the stream is a terminal, and somebody is at it */
function showsColour(env: Environment, isLively: boolean): boolean {
  if (env["NO_COLOR"]) return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return isLively && env["TERM"] !== "dumb";
}
