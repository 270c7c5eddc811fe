import { constants, openSync, statSync } from "node:fs";
import { Socket } from "node:net";
import { text } from "node:stream/consumers";

/** A file that can be read once, as the `<(…)` of a shell is. */
export function isPipe(file: string): boolean {
  try {
    return statSync(file).isFIFO();
  } catch {
    return false;
  }
}

/**
 * All that comes out of a pipe. Waits for whoever writes into it, and keeps no
 * thread waiting: opening one without a writer never returns otherwise.
 *
 * @throws the signal's reason when it aborts; else as node:fs and node:net do
 */
export async function readPipe(file: string, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const pipe = new Socket({ fd, readable: true, writable: false });
  const end = () => void pipe.destroy();
  signal.addEventListener("abort", end);
  try {
    return await text(pipe);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", end);
  }
}
