import { randomBytes } from "node:crypto";
import { rmSync, unlinkSync } from "node:fs";
import { type ClockSkew, isSameSkew } from "../domain/clock-skew.ts";
import { lengthSeen } from "../domain/session-end.ts";
import { SsoxError } from "../errors.ts";
import { writeFileAtomically } from "../system/files/atomic-write.ts";
import { namesIn } from "../system/files/names-in.ts";
import { thisProcess } from "../system/files/process-identity.ts";
import {
  type MarkedRole,
  marksFolder,
  type RoleMark,
  readRoleMark,
  readSessionMark,
  roleMarkFile,
  type SessionMark,
  sessionMarkFile,
  sessionsFolder,
} from "./session-mark.ts";

export type { RoleMark, SessionMark } from "./session-mark.ts";

/** Of a token that the service has just given. */
const GOOD = { refused: false, rejected: false, asker: undefined, unanswered: false } as const;

/** Where the marks of one session lie. */
export class SessionMarks {
  readonly #folder: string;
  readonly #file: string;
  /** What answers in this process showed: there may be no mark yet in which to keep it. */
  #seen: { readonly skew: ClockSkew | undefined } | undefined;

  /** @param tokenFile the path of the session's token file */
  constructor(stateFolder: string, tokenFile: string) {
    this.#folder = marksFolder(stateFolder, tokenFile);
    this.#file = sessionMarkFile(this.#folder);
  }

  read(): SessionMark | undefined {
    return readSessionMark(this.#file);
  }

  /** See {@link SessionMark.skew}. */
  skew(): ClockSkew | undefined {
    return this.#seen ? this.#seen.skew : this.read()?.skew;
  }

  /** An answer of the service showed this. It is written when it is new. */
  seeSkew(skew: ClockSkew | undefined): void {
    this.#seen = { skew };
    const mark = this.read();
    if (mark && !isSameSkew(mark.skew, skew)) this.#write(mark);
  }

  /**
   * The mark of the sign-in that the token file holds.
   * @param tokenFile its fingerprint
   * @returns undefined when another program wrote it
   */
  of(tokenFile: string): SessionMark | undefined {
    const mark = this.read();
    return mark?.tokenFile === tokenFile ? mark : undefined;
  }

  /**
   * A new sign-in left the token file like this: nothing that was fetched before counts.
   * @param now milliseconds since the epoch
   */
  signedIn(tokenFile: string, now: number): void {
    removeFolder(this.#folder);
    this.#write({ ...this.#newSignIn(tokenFile), signedInAt: now, renewedAt: now });
  }

  /** ssox itself refreshed the token: the sign-in of `before`, if that is known, goes on. */
  renewed(tokenFile: string, before: SessionMark | undefined, now: number): void {
    const same = before ?? this.#newSignIn(tokenFile);
    this.#write({ ...same, ...GOOD, tokenFile, renewedAt: now });
  }

  /** The token was moved as it is to where it has the fingerprint `tokenFile`. */
  moved(tokenFile: string, before: SessionMark): void {
    this.#write({ ...before, tokenFile });
  }

  /** Another program left the token file like this: a sign-in of unknown time. */
  accept(tokenFile: string): SessionMark {
    return this.#write(this.#newSignIn(tokenFile));
  }

  /**
   * This process is about to ask for the next token, with the refresh token in the file.
   * Whoever asked before, and is gone, never told what came of it.
   */
  ask(tokenFile: string): void {
    const mark = this.of(tokenFile) ?? this.accept(tokenFile);
    const unanswered = mark.unanswered || mark.asker !== undefined;
    this.#write({ ...mark, asker: thisProcess(), unanswered });
  }

  /** It asked, and its request may have taken effect, but the answer is lost. */
  lose(tokenFile: string): void {
    const mark = this.of(tokenFile);
    if (mark) this.#write({ ...mark, unanswered: true });
  }

  /** It asked, and the file keeps its token. */
  askedInVain(tokenFile: string): void {
    const mark = this.of(tokenFile);
    if (mark) this.#write({ ...mark, asker: undefined });
  }

  /** See {@link SessionMark.refused}. Unless an answer was lost, the session has ended: how long was it? */
  refuse(tokenFile: string, now: number): void {
    const mark = this.of(tokenFile) ?? this.#newSignIn(tokenFile);
    const { signedInAt, renewedAt, unanswered } = mark;
    const isSeen = signedInAt !== undefined && renewedAt !== undefined && !unanswered;
    const seen = isSeen ? lengthSeen(signedInAt, renewedAt, now) : undefined;
    const learnedLength = seen ?? mark.learnedLength;
    this.#write({ ...mark, refused: true, asker: undefined, learnedLength });
  }

  /** See {@link SessionMark.rejected}. */
  reject(tokenFile: string): void {
    this.#write({ ...(this.of(tokenFile) ?? this.#newSignIn(tokenFile)), rejected: true });
  }

  /** Everything goes: the session was signed out. */
  forget(): void {
    try {
      unlinkSync(this.#file);
    } catch {
      // Never written.
    }
    removeFolder(this.#folder);
  }

  /** How the role credentials in the file of that name were fetched; undefined when not by ssox. */
  roleMark(roleCacheFile: string): RoleMark | undefined {
    return readRoleMark(this.#roleFile(roleCacheFile));
  }

  markRole(roleCacheFile: string, mark: RoleMark): void {
    writeMark(this.#roleFile(roleCacheFile), mark);
  }

  /** The names of the role-cache files that ssox filled under any sign-in of this session. */
  markedRoles(): string[] {
    return namesIn(this.#folder).filter((name) => name.endsWith(".json"));
  }

  /** Those of them that are known by name. */
  rolesByFile(): ReadonlyMap<string, MarkedRole> {
    return new Map(
      this.markedRoles().flatMap((name) => {
        const role = this.roleMark(name)?.role;
        return role ? [[name, role] as const] : [];
      }),
    );
  }

  #roleFile(roleCacheFile: string): string {
    return roleMarkFile(this.#folder, roleCacheFile);
  }

  /** What was learnt of the session and its service goes on. */
  #newSignIn(tokenFile: string): SessionMark {
    const { learnedLength, skew } = this.read() ?? {};
    const signInId = randomBytes(12).toString("hex");
    const unknown = { signedInAt: undefined, renewedAt: undefined };
    return { tokenFile, signInId, ...GOOD, ...unknown, learnedLength, skew };
  }

  #write(mark: SessionMark): SessionMark {
    const written = this.#seen ? { ...mark, ...this.#seen } : mark;
    writeMark(this.#file, written);
    return written;
  }
}

/** {@link SessionMarks.rolesByFile} of every session, those that no config file names any more included. */
export function allRolesByFile(stateFolder: string): ReadonlyMap<string, MarkedRole> {
  const sessions = namesIn(sessionsFolder(stateFolder)).filter((name) => name.endsWith(".json"));
  return new Map(
    sessions.flatMap((name) => [...new SessionMarks(stateFolder, name).rolesByFile()]),
  );
}

/** A mark that cannot be written costs a call of the service later, and no more. */
function writeMark(file: string, mark: object): void {
  try {
    writeFileAtomically(file, JSON.stringify(mark), { mode: 0o600 });
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
  }
}

/** Marks that cannot be removed count for nothing: they name another sign-in. */
function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // The state folder cannot be written.
  }
}
