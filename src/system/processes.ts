import { spawn } from "node:child_process";
import { closeSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { SsoxError } from "../errors.ts";
import type { Environment } from "./environment.ts";
import { errnoOf, reasonOf } from "./files/errno.ts";
import type { Signals } from "./signals.ts";

/** Child processes, and what signals mean to this one. */
export interface Processes extends Omit<Signals, "ended"> {
  /** The words that start this program from anywhere: node and the script, both absolute. */
  readonly program: readonly [node: string, script: string];
  /**
   * Runs a program on this process's own stdin, stdout and stderr, without a
   * shell, and hands on the signals that this process gets. The program is
   * looked for in the PATH of `env`.
   *
   * @returns the exit status as a shell has it: the program's own, or 128 + N
   *   when signal N ended it
   * @throws SsoxError with exit status 127 when there is no such program, 126
   *   when it cannot be executed
   */
  run(command: string, args: readonly string[], env: Environment): Promise<number>;
  /**
   * Ends this process with its exit status where it has run a program, whatever
   * else is under way in it, and leaves the terminal as the program has left it.
   */
  endAfterRun(): void;
}

/** The program was never started: 127 when it was not found, else 126, as in a shell. */
class ProgramNotStarted extends SsoxError {
  readonly #found: boolean;

  constructor(command: string, cause: unknown) {
    const found = errnoOf(cause) !== "ENOENT";
    const reason = found ? reasonOf(cause) : "there is no such program";
    super("Usage", `Cannot run ${command}: ${reason}.`, { cause });
    this.#found = found;
  }

  override get exitStatus(): number {
    return this.#found ? 126 : 127;
  }
}

/** @param script the file that node runs as this program */
export function systemProcesses(signals: Omit<Signals, "ended">, script: string): Processes {
  let hasRun = false;
  return {
    ...signals,
    program: [process.execPath, script],
    run(command, args, env) {
      hasRun = true;
      return runChild(signals, command, args, env);
    },
    endAfterRun() {
      if (hasRun) endAtOnce();
    },
  };
}

/** What is meant for the program when it reaches this process alone. */
const FORWARDED: readonly NodeJS.Signals[] = [
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGHUP",
  "SIGUSR1",
  "SIGUSR2",
  "SIGTSTP",
  "SIGCONT",
  "SIGWINCH",
];

/** Sent to every process of the foreground group: by its terminal, and SIGCONT by a shell's `fg`. */
const FOR_THE_GROUP: readonly NodeJS.Signals[] = [
  "SIGINT",
  "SIGQUIT",
  "SIGTSTP",
  "SIGCONT",
  "SIGWINCH",
];

async function runChild(
  signals: Omit<Signals, "ended">,
  command: string,
  args: readonly string[],
  env: Environment,
): Promise<number> {
  let send: (name: NodeJS.Signals) => void = () => {};
  // In place before the program is: no signal may end this process first.
  const restore = signals.route(FORWARDED, (name) => {
    // A second SIGINT makes some programs give up their cleanup.
    if (FOR_THE_GROUP.includes(name) && isInForeground()) return;
    send(name);
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      const child = spawn(command, args, { env, stdio: "inherit" });
      send = (name) => child.kill(name);
      // Without a pid it was not started; later errors are about a signal that came too late.
      child.on("error", (error) => {
        if (child.pid === undefined) reject(new ProgramNotStarted(command, error));
      });
      child.on("exit", (code, signal) => resolve(code ?? 128 + numberOf(signal)));
    });
  } catch (error) {
    // Some failures of the system call are thrown: a command line that is too long.
    if (error instanceof SsoxError || errnoOf(error) === undefined) throw error;
    throw new ProgramNotStarted(command, error);
  } finally {
    restore();
  }
}

/**
 * Node gives every terminal that is still open the settings back which it had at
 * the start: those of the program would be lost, and so would those of a shell
 * that edits its next line while this process ends in the background.
 */
function endAtOnce(): never {
  for (const fd of [0, 1, 2]) if (isatty(fd)) closeSync(fd);
  process.exit();
}

function numberOf(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal];
}

/**
 * Those signals have reached the program, too: this process is in the foreground
 * group of its controlling terminal. Redirected streams say nothing about that,
 * so they are asked only where there is no /proc.
 */
function isInForeground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    // The second field is the program's name, which may hold spaces and brackets.
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return terminal !== "0" && group === foreground;
  } catch {
    return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  }
}
