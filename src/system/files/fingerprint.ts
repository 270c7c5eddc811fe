import { type BigIntStats, closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { SsoxError } from "../../errors.ts";
import { reasonOf } from "./errno.ts";

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
      hint: `ls -ld ${path.dirname(file)}`,
      cause: error,
    });
  }
}

export function fingerprintOfOpen(descriptor: number): string {
  return fingerprint(fstatSync(descriptor, { bigint: true }));
}

/** The text and the fingerprint of the very file that it was read from. @throws as node:fs does */
export function readWithFingerprint(file: string): { text: string; fingerprint: string } {
  const descriptor = openSync(file, "r");
  try {
    const text = readFileSync(descriptor, "utf8");
    return { text, fingerprint: fingerprintOfOpen(descriptor) };
  } finally {
    closeSync(descriptor);
  }
}

function fingerprint(stat: BigIntStats): string {
  return `${stat.size}-${stat.mtimeNs}-${stat.ino}`;
}
