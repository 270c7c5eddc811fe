import type { SsoSession } from "../aws/config.ts";
import { selectSession } from "../aws/config.ts";
import {
  type CredentialProcessDocument,
  credentialProcessDocument,
} from "../aws/credential-process.ts";
import { type AwsProfiles, readAwsProfiles } from "../aws/profiles.ts";
import { type RoleOfSession, readRoleCredentials, roleCacheFile } from "../aws/role-cache.ts";
import { tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { acceptedRole } from "../domain/cached-role.ts";
import { correction } from "../domain/clock-skew.ts";
import { SsoxError } from "../errors.ts";
import {
  marksFolder,
  readRoleMark,
  readSessionMark,
  roleMarkFile,
  sessionMarkFile,
} from "../state/session-mark.ts";
import { fingerprintOf } from "../system/files/fingerprint.ts";
import { isPipe } from "../system/files/read-pipe.ts";
import { targetOfAskedProfile, targetOfRole } from "./configured-target.ts";

/**
 * What `ssox credential-process` would answer, where that is a role in the
 * cache of files: found without a wait, by the same rules. Whatever is not as
 * plain as that is for the program itself to answer, or to refuse.
 *
 * @param argv the words behind `ssox`
 */
export function cachedAnswer(
  argv: readonly string[],
  { paths, clock }: Pick<Context, "paths"> & { readonly clock: Omit<Context["clock"], "sleep"> },
): CredentialProcessDocument | undefined {
  const flags = flagsIn(argv);
  if (flags === undefined) return undefined;
  // It can be read once, which is for the program.
  if (isPipe(paths.configFile)) return undefined;
  try {
    const role = roleIn(flags, readAwsProfiles(paths, { only: flags.get("--profile") ?? "" }));
    if (role === undefined || !isInFiles(role.session)) return undefined;
    const file = roleCacheFile(paths.roleCache, role);
    const credentials = readRoleCredentials(file);
    if (credentials === undefined) return undefined;
    const token = tokenFile(paths.tokenCache, role.session);
    const folder = marksFolder(paths.state, token);
    const signIn = readSessionMark(sessionMarkFile(folder));
    if (signIn === undefined || signIn.tokenFile !== fingerprintOf(token)) return undefined;
    const marks = { role: readRoleMark(roleMarkFile(folder, file)), signInId: signIn.signInId };
    const now = clock.now();
    const ahead = signIn.skew && correction(signIn.skew, { now, uptime: clock.uptime() });
    const accepted = acceptedRole(credentials, role.accountId, marks, now + (ahead ?? 0));
    return accepted && credentialProcessDocument(accepted);
  } catch (error) {
    if (error instanceof SsoxError) return undefined;
    throw error;
  }
}

type Flags = ReadonlyMap<string, string>;
const NAMES = ["--profile", "--account", "--role", "--session"];

/** The flags, each with a word of its own behind it; undefined for all that is not as plain. */
function flagsIn([command, ...words]: readonly string[]): Flags | undefined {
  if (command !== "credential-process" || words.length === 0) return undefined;
  const flags = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) {
    const [name = "", value = ""] = words.slice(at, at + 2);
    if (!NAMES.includes(name) || flags.has(name)) return undefined;
    if (value === "" || value.startsWith("-")) return undefined;
    flags.set(name, value);
  }
  return flags;
}

function roleIn(flags: Flags, profiles: AwsProfiles): RoleOfSession | undefined {
  const [profile, accountId, roleName, session] = NAMES.map((name) => flags.get(name));
  if (profile !== undefined && flags.size > 1) return undefined;
  const target =
    profile === undefined
      ? namedRole(profiles, accountId, roleName, session)
      : targetOfAskedProfile(profiles, profile);
  if (target?.source.kind !== "sso" || target.roles.length > 0) return undefined;
  return target.source.role;
}

function namedRole(
  { config }: AwsProfiles,
  accountId = "",
  roleName = "",
  session: string | undefined,
) {
  if (!/^\d{12}$/.test(accountId) || roleName === "") return undefined;
  return targetOfRole({ session: selectSession(config, session), accountId, roleName });
}

function isInFiles({ settings }: SsoSession): boolean {
  return (settings["ssox_store"] || "file") === "file";
}
