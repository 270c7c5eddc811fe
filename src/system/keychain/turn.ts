import { statSync, writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import type { SsoxError } from "../../errors.ts";
import { withLockIfPossible } from "../files/lock.ts";
import { remove } from "../files/lock-file.ts";

/** A keychain that is absent or locked fails sooner; one that hangs, or asks its user, does not. */
const SLOW_MS = 1_000;

export interface Turn {
  /** The lock. */
  readonly file: string;
  /** For those who waited behind a call that failed slowly. */
  readonly givenUp: () => SsoxError;
  /** Ends the wait. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs `body` while no other process of this user calls the keychain. Without
 * turns the callers of a crowd take the processor from the one service that
 * they all wait for, until none of them is answered in time. When `body` fails
 * after a second or more, everybody who waits for a turn just then fails with it.
 *
 * @throws SsoxError `FileLocked`, and what `body` throws
 */
export async function inTurn<T>(turn: Turn, body: () => Promise<T>): Promise<T> {
  const { file, signal } = turn;
  const mark = `${file}.late`;
  const began = Date.now();
  const settled = (): undefined => {
    if (writtenAt(mark) >= began) throw turn.givenUp();
  };
  // In a folder that cannot be written there are no turns to wait for.
  return await withLockIfPossible(file, { settled, ...(signal && { signal }) }, async () => {
    const started = performance.now();
    try {
      const answer = await body();
      // Who has not seen it yet may ask: there are answers again.
      remove(mark);
      return answer;
    } catch (error) {
      if (performance.now() - started > SLOW_MS) write(mark);
      throw error;
    }
  });
}

/** Milliseconds since the epoch. */
function writtenAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function write(file: string): void {
  try {
    writeFileSync(file, "", { mode: 0o600 });
  } catch {
    // Everybody finds out for himself.
  }
}
