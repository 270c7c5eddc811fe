import { writeSync } from "node:fs";
import { SsoxError } from "../errors.ts";
import { errnoOf, reasonOf } from "./files/errno.ts";

/** stdout could not be written: there is no use in writing more to it. */
export class OutputFailed extends SsoxError {
  constructor(error: unknown) {
    const hint = "send the output elsewhere, or make room, and run the command again";
    super("WriteFailed", `Cannot write to stdout: ${reasonOf(error)}.`, { hint, cause: error });
  }
}

/**
 * Writes at once: what was printed is out when the process ends, whatever ends
 * it. A reader that went away (`| head`) is no failure.
 *
 * @throws OutputFailed for stdout
 */
export function write(descriptor: 1 | 2, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      if (errnoOf(error) === "EAGAIN") {
        // A full pipe that some process made non-blocking.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        continue;
      }
      if (errnoOf(error) === "EPIPE" || descriptor === 2) return;
      throw new OutputFailed(error);
    }
  }
}
