import { lstatSync } from "node:fs";
import path from "node:path";
import { SsoxError } from "../../errors.ts";

/** The `code` of a failed system call (`ENOENT`, …); undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : undefined;
}

const REASONS: Record<string, string> = {
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
      : `ls -ld ${nearest(file)}`,
    cause: error,
  });
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
