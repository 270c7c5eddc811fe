import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { errnoOf, writeFailed } from "./errno.ts";
import { fingerprintOfOpen } from "./fingerprint.ts";
import { makeFolder } from "./make-folder.ts";
import { namesIn } from "./names-in.ts";

export interface WriteOptions {
  /** The mode of the file. Without it an existing file keeps its own, and a new one gets 0600. */
  readonly mode?: number;
  /**
   * The file is the user's, and not ssox's own: one that may not be written, or
   * that would change hands, is refused. To a rename neither matters.
   */
  readonly isUsers?: boolean;
}

/**
 * Replaces a file as a whole: the old content or the new one is there at any
 * moment, whatever happens. Goes through symbolic links (the link stays, a
 * dangling one gets its target), makes missing folders (0700), keeps mode and
 * owner of an existing file.
 *
 * @throws SsoxError `WriteFailed`; the file is as it was.
 */
export function writeFileAtomically(file: string, text: string, options: WriteOptions = {}): void {
  reserveFile(file, 0, options).commit(text);
}

/** A place on the disk for the next content of a file; see {@link reserveFile}. */
export interface ReservedFile {
  /**
   * Writes, syncs and renames.
   * @returns the fingerprint of the file as it now is
   * @throws SsoxError `WriteFailed`; the file is as it was
   */
  commit(text: string): string;
  /** Gives the place back. Does nothing after a commit. */
  discard(): void;
}

/**
 * Opens the temporary file beside `file`, filled to `bytes` and synced: a full
 * disk or a read-only folder shows here, before anything is asked of a service
 * that could not be asked twice.
 *
 * @throws SsoxError `WriteFailed`
 */
export function reserveFile(file: string, bytes: number, options: WriteOptions = {}): ReservedFile {
  const target = followLinks(file);
  const folder = path.dirname(target);
  const temporary = path.join(
    folder,
    `.${path.basename(target)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  let descriptor: number | undefined;
  const close = (): void => {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  };
  const discard = (): void => {
    try {
      close();
      unlinkSync(temporary);
    } catch {
      // Renamed already, or its folder went away.
    }
  };
  const guarded = <T>(step: () => T): T => {
    try {
      return step();
    } catch (error) {
      discard();
      throw writeFailed(file, error);
    }
  };

  guarded(() => {
    makeFolder(folder);
    // What is a minute old has no owner any more.
    removeTemporaries(folder, (name) => name === path.basename(target), 60_000);
    descriptor = openSync(temporary, "wx", 0o600);
    keepOwnerAndMode(descriptor, target, options);
    if (bytes > 0) {
      writeAll(descriptor, Buffer.alloc(bytes, " "));
      fsyncSync(descriptor);
    }
  });
  return {
    commit: (text) =>
      guarded(() => {
        if (descriptor === undefined) throw new Error("the file was committed or discarded before");
        const content = Buffer.from(text, "utf8");
        writeAll(descriptor, content);
        ftruncateSync(descriptor, content.length);
        fsyncSync(descriptor);
        const fingerprint = fingerprintOfOpen(descriptor);
        close();
        renameSync(temporary, target);
        syncFolder(folder);
        return fingerprint;
      }),
    discard,
  };
}

/** From the start of the file. A disk that fills up cuts one write short and refuses the next. */
function writeAll(descriptor: number, content: Buffer): void {
  for (let done = 0; done < content.length; ) {
    done += writeSync(descriptor, content, done, content.length - done, done);
  }
}

/**
 * Where writing to `file` would land: `realpath`, but for dangling links too.
 * @throws SsoxError `WriteFailed` for links that lead in a circle
 */
export function followLinks(file: string): string {
  let current = path.resolve(file);
  for (let hops = 0; hops < 40; hops += 1) {
    try {
      // A relative link counts from the folder where it really lies.
      current = path.resolve(realpathSync(path.dirname(current)), readlinkSync(current));
    } catch {
      return current;
    }
  }
  throw writeFailed(file, Object.assign(new Error("ELOOP"), { code: "ELOOP" }));
}

function keepOwnerAndMode(
  descriptor: number,
  target: string,
  { mode, isUsers = false }: WriteOptions,
): void {
  const old = statSync(target, { throwIfNoEntry: false });
  if (old?.isDirectory()) throw Object.assign(new Error("EISDIR"), { code: "EISDIR" });
  // Root would put a file in the place of /dev/null.
  if (old?.isFile() === false) throw new Error("it is no regular file");
  // By the effective user, whom access(2) would not ask about. Opening changes no time.
  if (old && isUsers) closeSync(openSync(target, constants.O_WRONLY));
  if (process.platform === "win32") return;
  // The new file's group may be the folder's.
  const { uid, gid } = fstatSync(descriptor);
  if (old && (old.uid !== uid || old.gid !== gid)) {
    try {
      fchownSync(descriptor, old.uid, old.gid);
    } catch (error) {
      // Only root may give a file away; a cache serves as well when it is the user's own.
      if (errnoOf(error) !== "EPERM") throw error;
      if (isUsers) throw new Error("its owner and group could not be kept");
    }
  }
  fchmodSync(descriptor, mode ?? (old ? old.mode & 0o777 : 0o600));
}

/**
 * Removes the temporary files that killed processes left of the files so called:
 * each may hold what its file was to hold. Never fails.
 *
 * @param olderThan milliseconds; with 0 who writes such a file just now gets `WriteFailed`
 */
export function removeTemporaries(
  folder: string,
  isOne: (file: string) => boolean,
  olderThan = 0,
): void {
  for (const name of namesIn(folder)) {
    const [, file] = /^\.(.+)\.[0-9a-f]{12}\.tmp$/.exec(name) ?? [];
    if (file === undefined || !isOne(file)) continue;
    const temporary = path.join(folder, name);
    try {
      if (Date.now() - statSync(temporary).mtimeMs >= olderThan) unlinkSync(temporary);
    } catch {
      // Another process was faster.
    }
  }
}

/** Makes the rename itself durable, where the file system can do that. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  try {
    const descriptor = openSync(folder, "r");
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch {
    // The content is in place; some file systems cannot sync a folder.
  }
}
