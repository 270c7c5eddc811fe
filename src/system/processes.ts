import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { SsoxError } from "../errors.ts";
import { endProgram } from "./end-program.ts";
import type { Environment } from "./environment.ts";
import { errnoOf } from "./files/errno.ts";
import { type GroupListener, listenInGroup } from "./group-listener.ts";
import { isInAnotherGroup, isInForeground, isStopped, isSuspended } from "./process-group.ts";
import { ProgramNotStarted } from "./program-not-started.ts";
import type { Signals } from "./signals.ts";
import type { StandardError } from "./standard-error.ts";

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
  /** As {@link endProgram}: of a program that this one has started for itself. */
  end(pid: number, why: unknown): void;
  /**
   * Ends this process with its exit status where it has run a program, whatever
   * else is under way in it, and leaves the terminal as the program has left it.
   */
  endAfterRun(): void;
}

/**
 * @param stderr waits for nobody once a program runs
 * @param script the file that node runs as this program
 */
export function systemProcesses(
  signals: Omit<Signals, "ended">,
  stderr: StandardError,
  script: string,
): Processes {
  let hasRun = false;
  return {
    ...signals,
    program: [process.execPath, script],
    async run(command, args, env) {
      hasRun = true;
      stderr.neverWait();
      try {
        return await runChild(signals, command, args, env);
      } catch (error) {
        // It was not started, and why must be told.
        stderr.mayWait();
        throw error;
      }
    },
    end: endProgram,
    endAfterRun() {
      if (!hasRun) return;
      stderr.finish();
      endAtOnce();
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

/** A program that has ended by then needs no listener, which takes milliseconds to start and to end. */
const SHORT_RUN_MS = 50;

async function runChild(
  signals: Omit<Signals, "ended">,
  command: string,
  args: readonly string[],
  env: Environment,
): Promise<number> {
  let child: ChildProcess | undefined;
  let listener: GroupListener | undefined;
  let listening: NodeJS.Timeout | undefined;
  const hasReached = async (name: NodeJS.Signals): Promise<boolean> => {
    // A second SIGINT or SIGTERM makes some programs give up their cleanup.
    const cameToAll =
      (await listener?.hasHeard(name)) ?? (FOR_THE_GROUP.includes(name) && isInForeground());
    return cameToAll && !(child?.pid && isInAnotherGroup(child.pid));
  };
  const forward = together(async (name) => {
    if (!(await hasReached(name))) child?.kill(name);
  });
  // In place before the program is: no signal may end this process first.
  const restore = signals.route(FORWARDED, forward);
  let restoreStop = (): void => {};
  // Who starts a process waits, deaf, until it has its program: what Ctrl-Z stops before that
  // would hold this one up for good, were it not stopped, and continued, at the same time.
  const starting = <T>(start: () => T): T => {
    restoreStop();
    try {
      return start();
    } finally {
      restoreStop = signals.route(["SIGTSTP"], forward);
    }
  };
  const restoreOwn = signals.route(["SIGCHLD"], () => {
    // The shell that started this program is waiting for it.
    if (child?.pid && isSuspended(child.pid)) process.kill(process.pid, "SIGTSTP");
  });
  try {
    return await new Promise<number>((resolve, reject) => {
      const started = starting(() => spawn(command, args, { env, stdio: "inherit" }));
      child = started;
      started.on("spawn", () => {
        listening = setTimeout(() => {
          listener = starting(listenInGroup);
          // Once all that came has been looked at, but a SIGTSTP whose handler had gone.
          setImmediate(() => {
            const { pid } = started;
            if (pid && (isStopped(pid) || isSuspended(pid))) process.kill(process.pid, "SIGTSTP");
          });
        }, SHORT_RUN_MS);
      });
      // Without a pid it was not started; later errors are about a signal that came too late.
      started.on("error", (error) => {
        if (started.pid === undefined) reject(new ProgramNotStarted(command, env, error));
      });
      started.on("exit", (code, signal) => resolve(code ?? 128 + numberOf(signal)));
    });
  } catch (error) {
    // Some failures of the system call are thrown: a command line that is too long.
    if (error instanceof SsoxError || errnoOf(error) === undefined) throw error;
    throw new ProgramNotStarted(command, env, error);
  } finally {
    restoreOwn();
    clearTimeout(listening);
    await listener?.end();
    restoreStop();
    restore();
  }
}

/** While one of a name is being dealt with, others of that name are the same one, as they are to the kernel. */
function together(handler: (name: NodeJS.Signals) => Promise<void>) {
  const underWay = new Map<NodeJS.Signals, Promise<void>>();
  return async (name: NodeJS.Signals): Promise<void> => {
    const handled = underWay.get(name) ?? handler(name).finally(() => underWay.delete(name));
    underWay.set(name, handled);
    await handled;
  };
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
