import { readFileSync, rmSync, unlinkSync } from "node:fs";
import path from "node:path";
import { cacheName } from "../domain/cache-name.ts";
import { MARGIN_MS } from "../domain/expiry.ts";
import { parseJsonObject, stringIn } from "../domain/json.ts";
import { formatTimestamp, parseTimestamp } from "../domain/timestamp.ts";
import { SsoxError } from "../errors.ts";
import { writeFileAtomically } from "../system/files/atomic-write.ts";
import { reasonOf } from "../system/files/errno.ts";

/** What a registration was made for; it serves nothing else. */
export interface RegistrationKey {
  readonly sessionName: string;
  readonly startUrl: string;
  readonly region: string;
  readonly scopes: readonly string[] | undefined;
  /** A client that registered grant types may use no others, so each flow has its own. */
  readonly flow: "device" | "pkce";
}

/** A registered client. `expiresAt` in milliseconds since the epoch. */
export interface KeptRegistration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly expiresAt: number;
}

/**
 * The registration kept for that purpose, when it lives for 15 minutes more.
 * ssox keeps them apart from the AWS CLI's: AWS CLI 2.9 to 2.21 would take one
 * made for PKCE and fail with it in the device flow.
 */
export function keptRegistration(
  stateFolder: string,
  key: RegistrationKey,
  now: number,
): KeptRegistration | undefined {
  let text: string;
  try {
    text = readFileSync(registrationFile(stateFolder, key), "utf8");
  } catch {
    return undefined;
  }
  return parseRegistration(text, now);
}

/** A kept registration's text; undefined when it is none, or lives for less than 15 minutes. */
export function parseRegistration(text: string, now: number): KeptRegistration | undefined {
  const json = parseJsonObject(text);
  if (json === undefined) return undefined;
  const clientId = stringIn(json, "clientId");
  const clientSecret = stringIn(json, "clientSecret");
  const expiresAt = parseTimestamp(stringIn(json, "expiresAt") ?? "");
  if (!clientId || !clientSecret || expiresAt === undefined) return undefined;
  return expiresAt - now >= MARGIN_MS ? { clientId, clientSecret, expiresAt } : undefined;
}

/** @throws SsoxError `WriteFailed` */
export function keepRegistration(
  stateFolder: string,
  key: RegistrationKey,
  registration: KeptRegistration,
): void {
  const text = serializeRegistration(registration);
  writeFileAtomically(registrationFile(stateFolder, key), text, { mode: 0o600 });
}

/** What {@link parseRegistration} reads. */
export function serializeRegistration(registration: KeptRegistration): string {
  const { clientId, clientSecret, expiresAt } = registration;
  return JSON.stringify({ clientId, clientSecret, expiresAt: formatTimestamp(expiresAt) });
}

/** Drops one that the service no longer accepts. */
export function forgetRegistration(stateFolder: string, key: RegistrationKey): void {
  try {
    unlinkSync(registrationFile(stateFolder, key));
  } catch {
    // Not there.
  }
}

/** @throws SsoxError `CacheInvalid` when they cannot be removed */
export function forgetAllRegistrations(stateFolder: string): void {
  const folder = path.join(stateFolder, "registrations");
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw new SsoxError("CacheInvalid", `Cannot remove ${folder}: ${reasonOf(error)}.`, {
      hint: `ls -ld ${folder}`,
      cause: error,
    });
  }
}

/** The name under which a registration for that purpose is kept. */
export function registrationName(key: RegistrationKey): string {
  const { sessionName, startUrl, region, scopes = null, flow } = key;
  return cacheName(JSON.stringify({ sessionName, startUrl, region, scopes, flow }));
}

function registrationFile(stateFolder: string, key: RegistrationKey): string {
  return path.join(stateFolder, "registrations", `${registrationName(key)}.json`);
}
