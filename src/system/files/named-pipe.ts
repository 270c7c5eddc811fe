import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { performance } from "node:perf_hooks";
import { errnoOf } from "./errno.ts";

/** One that `mkfifo` made: to open it is to wait, where no signal is heard, for a program that writes into it. */
export function isNamedPipe(file: string): boolean {
  if (!statSync(file, { throwIfNoEntry: false })?.isFIFO()) return false;
  try {
    // The `<(…)` of a shell has its writer from the start, and no name that leads to it (on macOS it looks like one).
    return !file.startsWith("/dev/fd/") && lstatSync(realpathSync(file)).isFIFO();
  } catch {
    return false;
  }
}

/**
 * All that a program writes into a named pipe. Waits for its end, but not long
 * for one that is not there.
 *
 * @throws as node:fs does; ENXIO when nobody writes
 */
export function readNamedPipe(file: string): Buffer {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const started = performance.now();
    const chunks: Buffer[] = [];
    const chunk = Buffer.alloc(65_536);
    for (;;) {
      const count = readNow(descriptor, chunk);
      if (count) chunks.push(Buffer.from(chunk.subarray(0, count)));
      else if (count === 0 && chunks.length > 0) return Buffer.concat(chunks);
      else if (count === 0 && performance.now() - started > PATIENCE_MS) throw nobodyWrites();
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** A program may be about to open it. */
const PATIENCE_MS = 2_000;

/** How much there was; 0 where no writer is, and undefined where one has nothing yet. */
function readNow(descriptor: number, chunk: Buffer): number | undefined {
  try {
    return readSync(descriptor, chunk);
  } catch (error) {
    if (errnoOf(error) === "EAGAIN") return undefined;
    throw error;
  }
}

/** With the code that the system has for the other end. */
function nobodyWrites(): Error {
  return Object.assign(new Error("no writer"), { code: "ENXIO" });
}
