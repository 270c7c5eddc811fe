import path from "node:path";
import { cacheName } from "../domain/cache-name.ts";
import { parseJsonObject, stringIn } from "../domain/json.ts";
import { formatTimestamp, parseTimestamp } from "../domain/timestamp.ts";
import { SsoxError } from "../errors.ts";
import { errnoOf, fileMend, reasonOf } from "../system/files/errno.ts";
import { readWithFingerprint } from "../system/files/fingerprint.ts";
import type { SsoSession } from "./config.ts";
import { isRegion } from "./config-session.ts";

/** A token as the AWS CLI caches it. Times in milliseconds since the epoch. */
export interface Token {
  /** As configured; a vanity URL stays one. */
  readonly startUrl: string;
  readonly region: string;
  readonly accessToken: string;
  readonly expiresAt: number;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly registrationExpiresAt?: number;
  readonly refreshToken?: string;
}

/**
 * The file in which every AWS client looks for the session's token: the SHA-1
 * of the session's name, or of an old-form profile's start URL as written.
 */
export function tokenFile(folder: string, session: SsoSession): string {
  return path.join(folder, `${cacheName(session.name)}.json`);
}

/** The region in which the service knows the token: that of its sign-in, whatever the config file says since. */
export function regionOfToken(token: Token, session: SsoSession): string {
  return isRegion(token.region) ? token.region : session.region;
}

/**
 * What is in a token file. `damaged`: empty, cut, or of another shape; other
 * programs write the file in place, so that it may be whole a moment later.
 */
export type TokenRead =
  | { readonly kind: "token"; readonly token: Token; readonly fingerprint: string }
  | { readonly kind: "missing" }
  /** `hasToken`: a piece of a token may be in it, and not only somebody's registration. */
  | { readonly kind: "damaged"; readonly hasToken: boolean };

/** @throws SsoxError `CacheInvalid` when the file is there and cannot be read. */
export function readToken(file: string): TokenRead {
  let read: { text: string; fingerprint: string };
  try {
    read = readWithFingerprint(file);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return { kind: "missing" };
    throw new SsoxError("CacheInvalid", `Cannot read the token file ${file}: ${reasonOf(error)}.`, {
      hint: fileMend(file, error),
      cause: error,
    });
  }
  const token = parseToken(read.text);
  if (token === undefined) return { kind: "damaged", hasToken: hasPieceOfToken(read.text) };
  return { kind: "token", token, fingerprint: read.fingerprint };
}

function hasPieceOfToken(text: string): boolean {
  const json = parseJsonObject(text);
  return json ? Object.hasOwn(json, "accessToken") : text.includes('"accessToken"');
}

/**
 * The token in the AWS CLI's own form, keys and spacing included. A key without
 * a value is left out: the SDK for Go refuses null.
 */
export function serializeToken(token: Token): string {
  const members: [string, string | undefined][] = [
    ["startUrl", token.startUrl],
    ["region", token.region],
    ["accessToken", token.accessToken],
    ["expiresAt", formatTimestamp(token.expiresAt)],
    ["clientId", token.clientId],
    ["clientSecret", token.clientSecret],
    ["registrationExpiresAt", time(token.registrationExpiresAt)],
    ["refreshToken", token.refreshToken],
  ];
  const present = members.filter(([, value]) => value !== undefined);
  return `{${present.map(([key, value]) => `"${key}": ${JSON.stringify(value)}`).join(", ")}}`;
}

function time(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : formatTimestamp(milliseconds);
}

/** The token in a text of the AWS CLI's form; undefined when it is cut, or of another shape. */
export function parseToken(text: string): Token | undefined {
  const json = parseJsonObject(text);
  if (json === undefined) return undefined;
  const string = (key: string): string | undefined => stringIn(json, key);
  const accessToken = string("accessToken");
  const expiresAt = parseTimestamp(string("expiresAt") ?? "");
  if (accessToken === undefined || expiresAt === undefined) return undefined;
  const registrationExpiresAt = parseTimestamp(string("registrationExpiresAt") ?? "");
  const clientId = string("clientId");
  const clientSecret = string("clientSecret");
  const refreshToken = string("refreshToken");
  return {
    startUrl: string("startUrl") ?? "",
    region: string("region") ?? "",
    accessToken,
    expiresAt,
    ...(clientId !== undefined && { clientId }),
    ...(clientSecret !== undefined && { clientSecret }),
    ...(registrationExpiresAt !== undefined && { registrationExpiresAt }),
    ...(refreshToken !== undefined && { refreshToken }),
  };
}
