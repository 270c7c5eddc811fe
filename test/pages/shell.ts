import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { onTestFinished } from "vitest";

export interface CommandEnd {
  readonly status: number;
  /** Of stdout and stderr, as at a terminal. */
  readonly output: string;
}

/** A bash that goes on from one command to the next, without a terminal. Ends with the test, and what it started. */
export interface Shell {
  run(commands: string): Promise<CommandEnd>;
  /** What a job in the background says next; empty when it says nothing for seconds. */
  more(): Promise<string>;
}

/** Milliseconds. */
const LONGEST = 30_000;
const LONGEST_SILENCE = 10_000;

export function startShell(cwd: string, env: Readonly<Record<string, string>>): Shell {
  const end = randomUUID();
  const driver = path.join(import.meta.dirname, "driver.sh");
  const child = spawn("bash", ["--norc", "--noprofile", driver], {
    cwd,
    env: { ...env, SSOX_TEST_END: end },
    // A group of its own: what is left in the background ends with it.
    detached: true,
  });
  onTestFinished(() => endGroup(child));
  let said = "";
  let wake = () => {};
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
    wake();
  });
  child.on("close", () => wake());
  /** @returns whether something came in that time */
  const listen = async (milliseconds: number): Promise<boolean> => {
    let timer: NodeJS.Timeout | undefined;
    const something = new Promise<boolean>((resolve) => {
      wake = () => resolve(true);
      timer = setTimeout(() => resolve(false), milliseconds);
    });
    return something.finally(() => clearTimeout(timer));
  };
  const ending = new RegExp(`\\n${end} (\\d+)\\n`);
  return {
    async run(commands) {
      child.stdin.write(`${Buffer.from(commands).toString("base64")}\n`);
      for (;;) {
        const found = ending.exec(said);
        if (found) {
          const output = said.slice(0, found.index);
          said = said.slice(found.index + found[0].length);
          return { status: Number(found[1]), output };
        }
        if (child.exitCode !== null) throw new Error(`The shell ended.\n${commands}\n\n${said}`);
        if (!(await listen(LONGEST))) throw new Error(`It does not end.\n${commands}\n${said}`);
      }
    },
    async more() {
      if (said === "") await listen(LONGEST_SILENCE);
      const output = said;
      said = "";
      return output;
    },
  };
}

async function endGroup(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.pid === undefined) return;
  const closed = new Promise((resolve) => child.once("close", resolve));
  try {
    process.kill(-child.pid, "SIGTERM");
  } catch {
    return;
  }
  // Of jobs in the background, too: their stdout is the shell's.
  await closed;
}
