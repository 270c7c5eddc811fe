import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { errnoOf } from "./errno.ts";

/**
 * Makes a folder for the user alone (0700), and those above it; does nothing
 * where it is there already.
 *
 * Not Node's own `recursive`, which tries again for ever where a file system
 * says ENOENT of a folder whose parent is there: /proc does, and automounts.
 *
 * @throws as node:fs does
 */
export function makeFolder(folder: string): void {
  try {
    make(folder);
  } catch (error) {
    const above = path.dirname(folder);
    if (errnoOf(error) !== "ENOENT" || above === folder) throw error;
    makeFolder(above);
    make(folder);
  }
}

function make(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const isThere = statSync(folder, { throwIfNoEntry: false })?.isDirectory();
    if (!isThere) throw error;
  }
}
