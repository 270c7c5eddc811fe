import { spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

/**
 * Tells whether a signal came to this process alone or to its whole group, which
 * Node cannot: from a shell in the same group, which writes down what it gets.
 */
export interface GroupListener {
  /**
   * Whether the signal that has just come here has come to the whole group; takes
   * {@link GRACE_MS}, and more on a busy machine.
   *
   * @returns undefined when that cannot be told: there is no shell, it is not up
   *   yet or was not when the signal was sent, it does not answer, or that signal
   *   is none of {@link SIGNALS}
   */
  hasHeard(name: NodeJS.Signals): Promise<boolean | undefined>;
  /** Ends the shell. No zombie is left to the first process of a container, which may reap none. */
  end(): Promise<void>;
}

/** `timeout` and systemd send a signal to one process after the other, not to all at once. */
const GRACE_MS = 30;

/** What was heard longer ago than this was another one. */
const STALE_MS = 1_000;

/** Before that age the shell may have missed what Node is slow to tell: it hands on signals after everything else. */
const YOUNG_MS = 100;

const PING_EVERY_MS = 100;
const PINGS = 10;

/** Everything that ends or stops a program by default, and may be caught. */
const SIGNALS = ["HUP", "INT", "QUIT", "USR1", "USR2", "TERM", "TSTP", "CONT"];

/**
 * Repeats every line that it reads. A signal's trap runs before the next command:
 * with the answer to a line, all that was sent before it has been told. (Measured
 * with dash, bash, busybox, mksh, ksh93, yash and zsh.) A signal may cut a line
 * short. When this process is gone, whatever ended it, there is nobody to write to.
 */
const SCRIPT = `for s in ${SIGNALS.join(" ")}; do trap "echo SIG$s" $s; done; while echo "$n"; do read -r n; done`;

/** What `ps` shows behind the script. */
const TITLE = "ssox: hears which signals are for the whole group";

export function listenInGroup(): GroupListener {
  const heard = new Map<string, number>();
  const waiting = new Set<() => unknown>();
  let answered = 0;
  let asked = 0;
  let isUp = false;
  let upSince = 0;
  const shell = startShell((line) => {
    // The first line is empty.
    if (!isUp) upSince = performance.now();
    isUp = true;
    if (line.startsWith("SIG")) heard.set(line, performance.now());
    else answered = Math.max(answered, Number(line));
    for (const look of waiting) look();
  });
  void shell?.ended.then(() => {
    isUp = false;
    for (const look of waiting) look();
  });

  const isAnswered = async (question: number): Promise<boolean> =>
    await new Promise((resolve) => {
      const settle = (told: boolean) => {
        clearTimeout(timer);
        waiting.delete(look);
        resolve(told);
      };
      const timer = setTimeout(() => settle(false), PING_EVERY_MS);
      const look = () => (answered >= question || !isUp) && settle(isUp);
      waiting.add(look);
    });
  const hasToldAll = async (): Promise<boolean> => {
    const first = asked + 1;
    for (let times = 0; times < PINGS && isUp; times += 1) {
      asked += 1;
      shell?.ask(asked);
      if (await isAnswered(first)) return true;
    }
    return false;
  };

  return {
    async hasHeard(name) {
      const came = performance.now();
      if (!isUp || !SIGNALS.includes(name.slice("SIG".length))) return undefined;
      await wait(GRACE_MS);
      if (!(await hasToldAll())) return undefined;
      const at = heard.get(name) ?? Number.NEGATIVE_INFINITY;
      heard.delete(name);
      if (came - at < STALE_MS) return true;
      return came - upSince < YOUNG_MS ? undefined : false;
    },
    async end() {
      shell?.kill();
      await shell?.ended;
    },
  };
}

interface Shell {
  ask(question: number): void;
  kill(): void;
  /** Resolves after the last line. */
  readonly ended: Promise<void>;
}

function startShell(hear: (line: string) => void): Shell | undefined {
  // Windows has neither groups nor, as a rule, a shell.
  if (process.platform === "win32") return undefined;
  try {
    // Nothing of the user's: no stream, no variable, no folder that could not be unmounted.
    const shell = spawn("/bin/sh", ["-c", SCRIPT, TITLE], {
      cwd: "/",
      env: {},
      stdio: ["pipe", "pipe", "ignore"],
    });
    // First of all: where there are no descriptors left, it has no streams either.
    shell.on("error", () => {});
    let rest = "";
    for (const stream of [shell.stdin, shell.stdout]) stream.on("error", () => {});
    shell.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) hear(line);
    });
    return {
      ask: (question) => void shell.stdin.write(`${question}\n`),
      kill: () => void shell.kill("SIGKILL"),
      // Even where it was not started.
      ended: new Promise((resolve) => shell.on("close", () => resolve())),
    };
  } catch {
    // No more processes, or none that this one may start.
    return undefined;
  }
}
