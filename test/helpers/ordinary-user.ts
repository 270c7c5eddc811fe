import { chownSync, lchownSync, readdirSync } from "node:fs";
import path from "node:path";

const NOBODY = 65_534;

/**
 * Runs `body` as a user for whom permissions count: root reads and writes
 * everywhere. When the tests run as root, `folder` becomes that user's.
 */
export async function asOrdinaryUser<T>(folder: string, body: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return await body();
  chownSync(folder, NOBODY, NOBODY);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    lchownSync(path.join(folder, name), NOBODY, NOBODY);
  }
  const group = process.getegid?.() ?? 0;
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await body();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(group);
  }
}
