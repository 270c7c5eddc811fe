import { lstatSync, statSync } from "node:fs";
import path from "node:path";
import { SsoxError, shellWord } from "../../errors.ts";

/** The `code` of a failed system call (`ENOENT`, …); undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left on the disk",
  EDQUOT: "the disk quota is used up",
  EISDIR: "a folder is in its place",
  EEXIST: "a file is in the place of a folder",
  ENOTDIR: "a part of its path is not a folder",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "its name is too long",
  EFBIG: "the file size limit is reached",
  EMFILE: "too many files are open",
  EIO: "input/output error",
  ENXIO: "a pipe into which nobody writes, or a socket, is in its place",
};

/** Why a system call failed, in words. */
export function reasonOf(error: unknown): string {
  const code = errnoOf(error);
  if (code !== undefined) return REASONS[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}

/** The error for a file that could not be written; the file itself is as it was. */
export function writeFailed(file: string, error: unknown): SsoxError {
  return new SsoxError("WriteFailed", `Cannot write ${file}: ${reasonOf(error)}.`, {
    hint: ["ENOSPC", "EDQUOT"].includes(errnoOf(error) ?? "")
      ? "free some space and run the command again; nothing was changed"
      : fileMend(file, error),
    cause: error,
  });
}

/**
 * What mends that a file cannot be read or written, as a hint: the command that
 * puts away what is in the way, or gives the user the right; else the one that
 * shows what is there.
 */
export function fileMend(file: string, error: unknown): string {
  const found = nearest(file);
  const errno = errnoOf(error) ?? "";
  if (["EISDIR", "EEXIST", "ENOTDIR", "ENXIO"].includes(errno)) {
    return `mv ${shellWord(found)} ${shellWord(`${found}.old`)}`;
  }
  const barred = errno === "EACCES" ? [found, path.dirname(found)].find(isBarred) : undefined;
  return barred === undefined ? `ls -ld ${shellWord(found)}` : `chmod u+rwX ${shellWord(barred)}`;
}

/** What mends that a file cannot be removed, as a hint. */
export function removalMend(file: string): string {
  const folder = path.dirname(file);
  return isBarred(folder) ? `chmod u+rwX ${shellWord(folder)}` : `rm -r ${shellWord(file)}`;
}

/** The file itself, or the nearest folder above it that is there: what can be looked at. */
function nearest(file: string): string {
  try {
    lstatSync(file);
    return file;
  } catch {
    const above = path.dirname(file);
    return above === file ? file : nearest(above);
  }
}

/** The file is the user's own, who lacks a right to it. */
function isBarred(file: string): boolean {
  const user = process.geteuid?.();
  // Root needs none.
  if (user === 0) return false;
  try {
    const stat = statSync(file);
    const needed = stat.isDirectory() ? 0o700 : 0o600;
    return stat.uid === user && (stat.mode & needed) !== needed;
  } catch {
    // No right helps where links lead in a circle, or to nothing.
    return false;
  }
}
