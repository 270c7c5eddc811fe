import { closeSync, fstatSync } from "node:fs";
import { isatty } from "node:tty";

/**
 * Lets the program end in peace where its terminal is gone. Node would set the
 * terminal's modes back, and where that fails it aborts, which leaves a core
 * (`ResetStdio` in its src/node.cc); of what is closed it takes no notice.
 */
export function endWithoutTerminal(): void {
  process.on("exit", () => {
    for (const descriptor of [0, 1, 2]) if (isLost(descriptor)) closeSync(descriptor);
  });
}

/** What Node throws, to nobody, where it ends a prompt whose terminal is gone. */
export function isOfLostTerminal(error: NodeJS.ErrnoException): boolean {
  return error.code === "EIO" && /^(setRawMode|read|write)$/.test(error.syscall ?? "");
}

/** A device for which there is no terminal any more, or that never was one, such as that for nothing. */
function isLost(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice() && !isatty(descriptor);
  } catch {
    // A closed one.
    return false;
  }
}
