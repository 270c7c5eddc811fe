import { randomBytes } from "node:crypto";
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { errnoOf, writeFailed } from "./errno.ts";
import { makeFolder } from "./make-folder.ts";
import { type ProcessIdentity, parseIdentity, thisProcess } from "./process-identity.ts";

export interface Holder {
  /** The random id of the holder; the empty string for a file that is no lock of ours. */
  readonly id: string;
  readonly mtimeMs: number;
  readonly process: ProcessIdentity | undefined;
}

/**
 * Makes the lock file this process's, unless there is one; `filled` is where its
 * content lies, ready to be linked.
 *
 * @returns whether it is this process's now
 * @throws SsoxError `WriteFailed`
 */
export function publish(file: string, filled: string, id: string): boolean {
  try {
    makeFolder(path.dirname(file));
    if (!existsSync(filled)) {
      writeFileSync(filled, JSON.stringify({ id, ...thisProcess() }), { mode: 0o600 });
    }
    linkSync(filled, file);
    touch(file);
    removeAbandoned(file);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw writeFailed(file, error);
  }
}

/**
 * Who holds the lock; undefined when nobody does.
 * @throws SsoxError `WriteFailed` when that cannot be told
 */
export function look(file: string): Holder | undefined {
  try {
    const { mtimeMs } = statSync(file);
    const text = readFileSync(file, "utf8");
    return { mtimeMs, ...parse(text) };
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw writeFailed(file, error);
  }
}

function parse(text: string): Pick<Holder, "id" | "process"> {
  try {
    const json = JSON.parse(text) as Record<string, unknown>;
    const process = parseIdentity(json);
    if (typeof json["id"] === "string" && process) return { id: json["id"], process };
  } catch {
    // Not ours, or damaged: it goes once it is stale.
  }
  return { id: "", process: undefined };
}

/** The holder says that it lives. */
export function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Taken over in this instant; isOwn() will tell.
  }
}

/**
 * Removes the lock file if it still is the one with this id. Looking first and
 * unlinking then could remove a lock that another process took in between: the
 * file is moved aside, compared, and put back when it was another's.
 *
 * @throws SsoxError `WriteFailed` when it cannot be moved
 */
export function removeIf(file: string, id: string): void {
  if (!holds(file, id)) return;
  const aside = `${file}.${randomBytes(6).toString("hex")}.old`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    throw writeFailed(file, error);
  }
  try {
    if (!holds(aside, id)) linkSync(aside, file);
  } catch {
    // A third process has taken the place.
  }
  remove(aside);
}

/** Whether the file is there and has this id; false, too, when that cannot be told. */
export function holds(file: string, id: string): boolean {
  try {
    return look(file)?.id === id;
  } catch {
    return false;
  }
}

export function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // Not there.
  }
}

/** What killed processes left beside the lock: their filled files and those moved aside. */
function removeAbandoned(file: string): void {
  const prefix = `${path.basename(file)}.`;
  try {
    for (const name of readdirSync(path.dirname(file))) {
      if (!name.startsWith(prefix)) continue;
      if (!/^[0-9a-f]{12,24}(\.old)?$/.test(name.slice(prefix.length))) continue;
      const abandoned = path.join(path.dirname(file), name);
      if (Date.now() - statSync(abandoned).mtimeMs > 60_000) remove(abandoned);
    }
  } catch {
    // Another process was faster, or the folder may not be listed: the lock is held all the same.
  }
}
