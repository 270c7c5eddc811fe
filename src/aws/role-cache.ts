import path from "node:path";
import { cacheName } from "../domain/cache-name.ts";
import { asObject, parseJsonObject, stringIn } from "../domain/json.ts";
import type { RoleCredentials } from "../domain/role-credentials.ts";
import { formatTimestamp, parseTimestamp } from "../domain/timestamp.ts";
import { readWithFingerprint } from "../system/files/fingerprint.ts";
import type { SsoSession } from "./config.ts";

/** One role of one account, under one sign-in. */
export interface RoleOfSession {
  readonly session: SsoSession;
  readonly accountId: string;
  readonly roleName: string;
}

/**
 * The AWS CLI's own cache file for these credentials: the SHA-1 of its sorted,
 * compact JSON key. Vectors taken from AWS CLI 2.9.19 and 2.36.7 stand in the test.
 */
export function roleCacheFile(folder: string, role: RoleOfSession): string {
  return path.join(folder, roleCacheName(role));
}

/** The name of that file. */
export function roleCacheName(role: RoleOfSession): string {
  const { session, accountId, roleName } = role;
  const key =
    session.kind === "session"
      ? { accountId, roleName, sessionName: session.name }
      : { accountId, roleName, startUrl: session.startUrl };
  return `${cacheName(ascii(JSON.stringify(key)))}.json`;
}

/** The cached credentials; undefined when there are none, or none that can be read. */
export function readRoleCredentials(file: string): RoleCredentials | undefined {
  let text: string;
  try {
    text = readWithFingerprint(file).text;
  } catch {
    // A cache that cannot be read costs a call, and no more.
    return undefined;
  }
  return parseRoleCredentials(text);
}

/** The file is one of SSO, however little of it is left, or can be used. */
export function isOfSso(file: string): boolean {
  try {
    const { text } = readWithFingerprint(file);
    const json = parseJsonObject(text);
    return json ? json["ProviderType"] === "sso" : /^\{"ProviderType": ?"sso"/.test(text);
  } catch {
    return false;
  }
}

/** The credentials in a cache file's text; undefined when it holds none. */
export function parseRoleCredentials(text: string): RoleCredentials | undefined {
  const json = parseJsonObject(text);
  const credentials = json?.["ProviderType"] === "sso" ? asObject(json["Credentials"]) : undefined;
  if (credentials === undefined) return undefined;
  const accessKeyId = stringIn(credentials, "AccessKeyId");
  const secretAccessKey = stringIn(credentials, "SecretAccessKey");
  const sessionToken = stringIn(credentials, "SessionToken");
  const expiration = parseTimestamp(stringIn(credentials, "Expiration") ?? "");
  if (!accessKeyId || !secretAccessKey || !sessionToken || expiration === undefined)
    return undefined;
  // AWS CLI 2.9 leaves AccountId out; who asks knows the account anyway.
  const accountId = stringIn(credentials, "AccountId") ?? "";
  return { accessKeyId, secretAccessKey, sessionToken, expiration, accountId };
}

/** The cache file's content in the AWS CLI's own form. */
export function serializeRoleCredentials(credentials: RoleCredentials): string {
  return pythonJson({
    ProviderType: "sso",
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: formatTimestamp(credentials.expiration),
      AccountId: credentials.accountId,
    },
  });
}

/** JSON as Python's `json.dumps` writes it, spaces and all. */
function pythonJson(value: string | object): string {
  if (typeof value === "string") return ascii(JSON.stringify(value));
  const members = Object.entries(value).map(([key, member]) => `"${key}": ${pythonJson(member)}`);
  return `{${members.join(", ")}}`;
}

/** JSON with everything escaped that is not of ASCII, as Python's has it. */
function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
