import { constants, fstatSync, openSync, writeSync } from "node:fs";
import { errnoOf } from "./files/errno.ts";
import { write } from "./output.ts";

/** stderr, whose reader may stand still: after Ctrl-S, or behind a pager. */
export interface StandardError {
  write(text: string): void;
  /**
   * From now on nothing waits for the reader: a program runs that must have its
   * credentials and its signals. What the reader does not take is tried again, as
   * much as {@link KEPT_BYTES} of it, and the rest is lost.
   */
  neverWait(): void;
  /** Ends that. */
  mayWait(): void;
  /** The last attempt for what was kept; takes {@link LAST_MS} at most. */
  finish(): void;
}

const KEPT_BYTES = 65_536;
const RETRY_MS = 1_000;
/** A reader that is only slow has caught up by then. */
const LAST_MS = 200;

export function standardError(): StandardError {
  let waits = true;
  let descriptor: number | undefined;
  let kept: Uint8Array = new Uint8Array();
  let retry: NodeJS.Timeout | undefined;
  const flush = (): void => {
    descriptor ??= descriptorThatNeverWaits();
    kept = whatIsNotTaken(descriptor, kept);
    clearTimeout(retry);
    if (kept.length > 0) retry = setTimeout(flush, RETRY_MS).unref();
  };
  return {
    write(text) {
      if (waits) return write(2, text);
      const bytes = Buffer.from(text, "utf8");
      if (kept.length + bytes.length > KEPT_BYTES) return;
      kept = Buffer.concat([kept, bytes]);
      flush();
    },
    neverWait() {
      waits = false;
    },
    mayWait() {
      waits = true;
    },
    finish() {
      const until = performance.now() + LAST_MS;
      while (kept.length > 0) {
        flush();
        if (performance.now() > until) return;
        if (kept.length > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      }
    },
  };
}

/**
 * The same pipe or terminal, opened once more: O_NONBLOCK on descriptor 2 itself
 * would hold for everybody who shares it. Files never make anybody wait, and have
 * their offset there. What cannot be opened (a socket, another user's terminal)
 * stays as it is.
 */
function descriptorThatNeverWaits(): number {
  try {
    const stat = fstatSync(2);
    if (process.platform !== "linux" || !(stat.isFIFO() || stat.isCharacterDevice())) return 2;
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return 2;
  }
}

function whatIsNotTaken(descriptor: number, bytes: Uint8Array): Uint8Array {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      // Of a reader that is gone nothing is to be expected.
      return errnoOf(error) === "EAGAIN" ? bytes.subarray(done) : new Uint8Array();
    }
  }
  return new Uint8Array();
}
