import { readdirSync, readFileSync } from "node:fs";
import { Interrupted } from "../errors.ts";
import { isInForeground } from "./process-group.ts";

/**
 * Asks a program that this one has started, and all that it has started, to end,
 * since nobody waits for it any more. It is left alone where the terminal has told
 * the whole foreground group: a second signal makes some programs give up their cleanup.
 *
 * @param why what ended the wait
 */
export function endProgram(pid: number, why: unknown): void {
  const isOfTerminal =
    why instanceof Interrupted && (why.signal === "SIGINT" || why.signal === "SIGQUIT");
  if (isOfTerminal && isInForeground()) return;
  // All are found before the first one ends: what it leaves is nobody's child.
  for (const each of [pid, ...descendantsOf(pid)]) {
    try {
      process.kill(each, "SIGTERM");
    } catch {
      // It has ended by itself, or is another user's.
    }
  }
}

/** Only where there is /proc. */
function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function childrenOf(pid: number): readonly number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.flatMap((thread) => {
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8");
      return children.split(" ").filter(Boolean).map(Number);
    });
  } catch {
    return [];
  }
}
