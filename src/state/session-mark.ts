import { readFileSync } from "node:fs";
import path from "node:path";
import type { ClockSkew } from "../domain/clock-skew.ts";
import { asObject, parseJsonObject, stringIn } from "../domain/json.ts";
import { type ProcessIdentity, parseIdentity } from "../system/files/process-identity.ts";

/**
 * What ssox remembers of one session beside its token file, which has no room
 * for more: other programs drop keys that they do not know.
 *
 * The AWS CLI's cache of role credentials does not say under whose sign-in they
 * were fetched. A sign-in has an id here, every role that is fetched under it is
 * marked with that id, and the id belongs to the token file as ssox last left
 * or accepted it (size, mtime, inode). When another program has changed the
 * token file since, the marks do not count, and roles are fetched anew.
 */
export interface SessionMark {
  /** The fingerprint of the token file; of a token in the keychain a hash of its content. */
  readonly tokenFile: string;
  /** Random; names the sign-in that roles were fetched under. */
  readonly signInId: string;
  /** Milliseconds since the epoch; undefined for a sign-in by another program. */
  readonly signedInAt: number | undefined;
  /** When ssox last got a token in this session; milliseconds since the epoch. */
  readonly renewedAt: number | undefined;
  /** The service refused the refresh token in the file: nobody need ask again. */
  readonly refused: boolean;
  /** The process that asks for the next token: set before it does, gone when it knows the answer. */
  readonly asker: ProcessIdentity | undefined;
  /** An answer was lost before it was kept: a refresh token for one use is used up. */
  readonly unanswered: boolean;
  /** The portal refused the access token in the file before its time, and nothing renews it. */
  readonly rejected: boolean;
  /** Milliseconds that the last session lasted whose end was seen. */
  readonly learnedLength: number | undefined;
  /** Of the session's service, as its last answer showed it; undefined when the clock is right. */
  readonly skew: ClockSkew | undefined;
}

/** Times in milliseconds since the epoch. */
export interface RoleMark {
  readonly signInId: string;
  readonly obtainedAt: number;
  /** Of these credentials; when the cache file holds others, the mark says nothing about them. */
  readonly expiration: number;
  /** The name of the cache file does not tell it. Undefined in a mark of an older ssox. */
  readonly role?: MarkedRole | undefined;
}

export interface MarkedRole {
  readonly accountId: string;
  readonly roleName: string;
}

/** @param tokenFile the path of the session's token file */
export function marksFolder(stateFolder: string, tokenFile: string): string {
  return path.join(sessionsFolder(stateFolder), path.basename(tokenFile, ".json"));
}

export function sessionsFolder(stateFolder: string): string {
  return path.join(stateFolder, "sessions");
}

export function sessionMarkFile(folder: string): string {
  return `${folder}.json`;
}

export function roleMarkFile(folder: string, roleCacheFile: string): string {
  return path.join(folder, path.basename(roleCacheFile));
}

/** Undefined when there is none, or none that can be read. */
export function readSessionMark(file: string): SessionMark | undefined {
  const json = readJson(file);
  if (json === undefined) return undefined;
  const tokenFile = stringIn(json, "tokenFile");
  const signInId = stringIn(json, "signInId");
  if (tokenFile === undefined || signInId === undefined) return undefined;
  return {
    tokenFile,
    signInId,
    signedInAt: numberIn(json, "signedInAt"),
    renewedAt: numberIn(json, "renewedAt"),
    refused: json["refused"] === true,
    asker: parseIdentity(asObject(json["asker"]) ?? {}),
    unanswered: json["unanswered"] === true,
    rejected: json["rejected"] === true,
    learnedLength: numberIn(json, "learnedLength"),
    skew: skewIn(json),
  };
}

/** Undefined when there is none, or none that can be read. */
export function readRoleMark(file: string): RoleMark | undefined {
  const json = readJson(file);
  if (json === undefined) return undefined;
  const signInId = stringIn(json, "signInId");
  const { obtainedAt, expiration } = json;
  if (!signInId || typeof obtainedAt !== "number" || typeof expiration !== "number")
    return undefined;
  const role = roleIn(json);
  return { signInId, obtainedAt, expiration, ...(role && { role }) };
}

function roleIn(json: Record<string, unknown>): MarkedRole | undefined {
  const role = asObject(json["role"]) ?? {};
  const accountId = stringIn(role, "accountId");
  const roleName = stringIn(role, "roleName");
  return accountId && roleName ? { accountId, roleName } : undefined;
}

function skewIn(json: Record<string, unknown>): ClockSkew | undefined {
  const skew = asObject(json["skew"]) ?? {};
  const ahead = numberIn(skew, "ahead");
  const startedAt = numberIn(skew, "startedAt");
  return ahead === undefined || startedAt === undefined ? undefined : { ahead, startedAt };
}

function numberIn(json: Record<string, unknown>, key: string): number | undefined {
  const value = json[key];
  return typeof value === "number" ? value : undefined;
}

function readJson(file: string): Record<string, unknown> | undefined {
  try {
    return parseJsonObject(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
