import { readFileSync, rmSync, unlinkSync } from "node:fs";
import path from "node:path";
import { cacheName } from "../domain/cache-name.ts";
import { MARGIN_MS } from "../domain/expiry.ts";
import { parseJsonObject, stringIn } from "../domain/json.ts";
import { formatTimestamp, parseTimestamp } from "../domain/timestamp.ts";
import { SsoxError } from "../errors.ts";
import { writeFileAtomically } from "../system/files/atomic-write.ts";
import { reasonOf, removalMend } from "../system/files/errno.ts";
import { namesIn } from "../system/files/names-in.ts";

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
  const text = serializeRegistration(key, registration);
  writeFileAtomically(registrationFile(stateFolder, key), text, { mode: 0o600 });
}

/** What {@link parseRegistration} reads. */
export function serializeRegistration(
  { sessionName }: RegistrationKey,
  { clientId, clientSecret, expiresAt: end }: KeptRegistration,
): string {
  return JSON.stringify({ sessionName, clientId, clientSecret, expiresAt: formatTimestamp(end) });
}

/** Drops those of a session, under whatever region and scopes they were kept. */
export function forgetRegistrations(stateFolder: string, sessionName: string): void {
  const folder = registrationsFolder(stateFolder);
  for (const name of namesIn(folder)) {
    try {
      const file = path.join(folder, name);
      const json = parseJsonObject(readFileSync(file, "utf8"));
      if (json?.["sessionName"] === sessionName) unlinkSync(file);
    } catch {
      // Another process was faster.
    }
  }
}

/** @throws SsoxError `CacheInvalid` when they cannot be removed */
export function forgetAllRegistrations(stateFolder: string): void {
  const folder = registrationsFolder(stateFolder);
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw new SsoxError("CacheInvalid", `Cannot remove ${folder}: ${reasonOf(error)}.`, {
      hint: removalMend(folder),
      cause: error,
    });
  }
}

/** The name under which a registration for that purpose is kept. */
export function registrationName(key: RegistrationKey): string {
  const { sessionName, startUrl, region, scopes = null, flow } = key;
  return cacheName(JSON.stringify({ sessionName, startUrl, region, scopes, flow }));
}

function registrationsFolder(stateFolder: string): string {
  return path.join(stateFolder, "registrations");
}

function registrationFile(stateFolder: string, key: RegistrationKey): string {
  return path.join(registrationsFolder(stateFolder), `${registrationName(key)}.json`);
}
