import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { array, boolean, number, object, parse, string } from "valibot";
import type { TestContext } from "vitest";
import { root } from "./program.ts";
import { findPython, requireOrSkip } from "./witness.ts";

/**
 * What is waited for, and what is typed then; or the number of a signal that the program gets then; or the size that
 * the terminal gets then: at the start, where nothing is waited for; or null: then it is closed.
 */
export type Step = readonly [
  wanted: string,
  typed: string | number | readonly [rows: number, columns: number] | null,
];

export interface TerminalEnd {
  readonly status: number;
  /** All that was shown. */
  readonly shown: string;
  /** The terminal's settings are as they were. */
  readonly restored: boolean;
  /** The seconds from the start after which each step came. */
  readonly came: readonly number[];
}

/** Where the program runs. */
export interface TerminalPlace {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** Runs a program on a terminal of its own; at its head it says how. */
export const ON_A_TERMINAL = path.join(root, "test", "helpers", "on-a-terminal.py");

const End = object({
  status: number(),
  shown: string(),
  restored: boolean(),
  came: array(number()),
});

/** Runs a program on a pseudo-terminal of its own. Skips the test where there is no Python with `pty`. */
export async function onTerminal(
  steps: readonly Step[],
  command: readonly string[],
  { env, cwd }: TerminalPlace,
  running: TestContext,
): Promise<TerminalEnd> {
  const python = requireOrSkip(findPython({ modules: ["pty", "termios"] }), "Python", running);
  const args = [ON_A_TERMINAL, JSON.stringify(steps), ...command];
  const options = { env, cwd, timeout: 60_000, maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(python, args, options);
  return parse(End, JSON.parse(stdout));
}
