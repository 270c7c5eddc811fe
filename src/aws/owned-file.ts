import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseJsonObject } from "../domain/json.ts";
import { SsoxError } from "../errors.ts";
import { writeFailed } from "../system/files/errno.ts";
import { makeFolder } from "../system/files/make-folder.ts";
import { namesIn } from "../system/files/names-in.ts";
import {
  isGone,
  type ProcessIdentity,
  parseIdentity,
  thisProcess,
} from "../system/files/process-identity.ts";

/** A config file for the time of this process, whose last line says so. */
export interface OwnedFile {
  readonly file: string;
  /** Its content. */
  readonly text: string;
}

/**
 * Writes a config file that goes with this process.
 *
 * @param folder made when missing; 0700, as the file may hold keys
 * @throws SsoxError `WriteFailed`
 */
export function writeOwned(folder: string, content: string): OwnedFile {
  const owner = thisProcess();
  const file = path.join(folder, `exec-${owner.pid}-${randomBytes(6).toString("hex")}.config`);
  const text = content + ownerLine(owner);
  try {
    makeFolder(folder);
    if (process.platform !== "win32") chmodSync(folder, 0o700);
    writeFileSync(file, text, { flag: "wx", mode: 0o400 });
  } catch (error) {
    removeFile(file);
    const { code, message } = writeFailed(file, error);
    throw new SsoxError(code, message, { hint: ELSEWHERE, cause: error });
  }
  return { file, text };
}

const ELSEWHERE =
  "set XDG_RUNTIME_DIR to a folder of yours that can be written, or use --mode env, which writes no file";

/**
 * Removes the files of processes that were killed. Those of another machine
 * or boot, where nobody can tell, stay for 30 days. Never fails.
 *
 * @param now milliseconds since the epoch
 * @returns what they held
 */
export function removeAbandoned(folder: string, now: number): string[] {
  return namesIn(folder).flatMap((name) => {
    if (!/^exec-\d+-[0-9a-f]+\.config$/.test(name)) return [];
    const file = path.join(folder, name);
    const text = abandoned(file, now);
    if (text !== undefined) removeFile(file);
    return text ?? [];
  });
}

const OWNER_LINE = "# The settings of one `ssox exec`; it removes them. Owner: ";

function ownerLine(owner: ProcessIdentity): string {
  return `${OWNER_LINE}${JSON.stringify(owner)}\n`;
}

/** What it holds; undefined while its owner may be there. */
function abandoned(file: string, now: number): string | undefined {
  try {
    const text = readFileSync(file, "utf8");
    const owner = ownerOf(text);
    const here = thisProcess();
    const isHere = owner?.bootId === here.bootId && owner.namespace === here.namespace;
    const isOver = isHere ? isGone(owner) : now - statSync(file).mtimeMs > 30 * 24 * 3_600_000;
    return isOver ? text : undefined;
  } catch {
    // Removed by its owner meanwhile, or another user's.
    return undefined;
  }
}

function ownerOf(text: string): ProcessIdentity | undefined {
  const at = text.lastIndexOf(OWNER_LINE);
  const json = at === -1 ? undefined : parseJsonObject(text.slice(at + OWNER_LINE.length));
  return json && parseIdentity(json);
}

/** Never fails. */
export function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It is gone, or the next exec removes it.
  }
}
