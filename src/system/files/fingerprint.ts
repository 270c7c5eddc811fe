import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  statSync,
} from "node:fs";
import { SsoxError } from "../../errors.ts";
import { fileMend, reasonOf } from "./errno.ts";

/**
 * Size, mtime and inode: any write by any program changes one of them.
 *
 * @returns undefined when there is no such file
 * @throws SsoxError `CacheInvalid`
 */
export function fingerprintOf(file: string): string | undefined {
  try {
    const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
    return stat && fingerprint(stat);
  } catch (error) {
    throw new SsoxError("CacheInvalid", `Cannot read ${file}: ${reasonOf(error)}.`, {
      hint: fileMend(file, error),
      cause: error,
    });
  }
}

/** When a file was last written, in milliseconds since the epoch; long ago where that cannot be told. */
export function writtenAt(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}

export function fingerprintOfOpen(descriptor: number): string {
  return fingerprint(fstatSync(descriptor, { bigint: true }));
}

/** Far more than a file of credentials has; a larger one is some other tool's. */
const MOST_BYTES = 1_048_576;

/**
 * The text and the fingerprint of the very file that it was read from. One that
 * is too large for a cache reads as empty.
 *
 * @throws as node:fs does, and for what is no regular file: a device may never end
 */
export function readWithFingerprint(file: string): { text: string; fingerprint: string } {
  // Without O_NONBLOCK the opening of a pipe waits for somebody who writes; Windows has neither.
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() && !stat.isDirectory()) throw new Error("it is no regular file");
    const text = stat.size > MOST_BYTES ? "" : readFileSync(descriptor, "utf8");
    return { text, fingerprint: fingerprintOfOpen(descriptor) };
  } finally {
    closeSync(descriptor);
  }
}

function fingerprint(stat: BigIntStats): string {
  return `${stat.size}-${stat.mtimeNs}-${stat.ino}`;
}
