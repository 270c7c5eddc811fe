import { readdirSync, unlinkSync } from "node:fs";
import path from "node:path";
import { type AwsProfile, readAwsConfig, type SsoSession } from "../aws/config.ts";
import { readRoleCredentials, roleCacheFile } from "../aws/role-cache.ts";
import { tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import type { RoleCredentials } from "../domain/role-credentials.ts";
import { keptInventory } from "../state/inventory-cache.ts";
import { SessionMarks } from "../state/session-marks.ts";
import { removeTemporaries } from "../system/files/atomic-write.ts";
import { errnoOf } from "../system/files/errno.ts";

/** Role credentials that were taken out of the cache, and are valid until they expire all the same. */
export interface PurgedRole {
  readonly accountId: string;
  readonly roleName: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiration: number;
}

export interface Purge {
  readonly purged: readonly PurgedRole[];
  /** Files that could not be removed. */
  readonly left: readonly string[];
}

/**
 * Removes the role credentials that were fetched under a session's sign-in,
 * by ssox or by the AWS CLI, from the cache that both use. The names of the
 * files do not tell the session: those of all the roles that a profile, the
 * inventory or a mark of ssox's knows are looked at, and no others.
 */
export function purgeRoleCredentials(session: SsoSession, context: Context): Purge {
  const folder = context.paths.roleCache;
  const present = new Set(filesIn(folder));
  const purged: PurgedRole[] = [];
  const left: string[] = [];
  const known = rolesOf(session, context);
  removeTemporaries(folder, (name) => known.has(name));
  for (const [name, role] of known) {
    if (!present.has(name)) continue;
    const file = path.join(folder, name);
    const credentials = readRoleCredentials(file);
    if (credentials === undefined) continue;
    try {
      unlinkSync(file);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") left.push(file);
      continue;
    }
    purged.push(purgedRole(credentials, role));
  }
  return { purged, left };
}

interface KnownRole {
  readonly accountId: string;
  readonly roleName: string;
}

function rolesOf(session: SsoSession, context: Context): Map<string, KnownRole | undefined> {
  const { paths } = context;
  const files = new Map<string, KnownRole | undefined>();
  const file = tokenFile(paths.tokenCache, session);
  for (const name of new SessionMarks(paths.state, file).markedRoles()) files.set(name, undefined);
  const know = (accountId: string, roleName: string): void => {
    const cached = roleCacheFile(paths.roleCache, { session, accountId, roleName });
    files.set(path.basename(cached), { accountId, roleName });
  };
  for (const account of keptInventory(paths.cache, session)?.inventory.accounts ?? []) {
    for (const role of account.roles) know(account.id, role);
  }
  for (const { sso } of profilesOf(paths.configFile)) {
    if (sso?.session?.name !== session.name || !sso.accountId || !sso.roleName) continue;
    know(sso.accountId, sso.roleName);
  }
  return files;
}

function profilesOf(configFile: string): readonly AwsProfile[] {
  try {
    return [...readAwsConfig(configFile).profiles.values()];
  } catch {
    // A token was just received: a config file that broke meanwhile must not lose it.
    return [];
  }
}

function purgedRole(credentials: RoleCredentials, role: KnownRole | undefined): PurgedRole {
  return {
    accountId: role?.accountId ?? credentials.accountId,
    roleName: role?.roleName,
    expiration: credentials.expiration,
  };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
