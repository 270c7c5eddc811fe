import { type BigIntStats, closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";

/** Size, mtime and inode: any write by any program changes one of them. */
export function fingerprintOf(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stat && fingerprint(stat);
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
