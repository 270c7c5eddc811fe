import { rmSync, unlinkSync } from "node:fs";
import path from "node:path";
import type { SsoSession } from "../../aws/config.ts";
import {
  isOfSso,
  readRoleCredentials,
  roleCacheFile,
  roleCacheName,
  serializeRoleCredentials,
} from "../../aws/role-cache.ts";
import { readToken, serializeToken, tokenFile } from "../../aws/token-cache.ts";
import type { Context } from "../../context.ts";
import type { RoleCredentials } from "../../domain/role-credentials.ts";
import { SsoxError } from "../../errors.ts";
import {
  forgetRegistrations,
  keepRegistration,
  keptRegistration,
} from "../../state/registrations.ts";
import { SessionMarks } from "../../state/session-marks.ts";
import {
  removeTemporaries,
  reserveFile,
  writeFileAtomically,
} from "../../system/files/atomic-write.ts";
import { errnoOf, reasonOf, removalMend } from "../../system/files/errno.ts";
import { fingerprintOf } from "../../system/files/fingerprint.ts";
import { namesIn } from "../../system/files/names-in.ts";
import type { Purge, PurgedRole, Role, SecretStore } from "./secret-store.ts";

/** More than any token file needs: its place on the disk is taken before the exchange. */
const TOKEN_FILE_BYTES = 16_384;

/** The files of the AWS CLI, which it and every SDK use as well; registrations in the state folder. */
export function fileStore(session: SsoSession, { paths }: Pick<Context, "paths">): SecretStore {
  const file = tokenFile(paths.tokenCache, session);
  const marks = new SessionMarks(paths.state, file);
  const roleFile = (role: Role): string => roleCacheFile(paths.roleCache, { session, ...role });
  return {
    kind: "file",
    marks,
    isShared: true,
    tokenLock: lockOf(file),
    readToken: async () => readToken(file),
    async reserveToken() {
      const place = reserveFile(file, TOKEN_FILE_BYTES, { mode: 0o600 });
      return {
        commit: async (token) => place.commit(serializeToken(token)),
        discard: place.discard,
      };
    },
    removeToken: async () => removeSecret(file),
    holds: async ({ fingerprint }) => fingerprintOf(file) === fingerprint,
    signInMark: () => marks.of(fingerprintOf(file) ?? ""),
    roleLock: (role) => lockOf(roleFile(role)),
    readRole: async (role) => readRoleCredentials(roleFile(role)),
    async keepRole(role, credentials) {
      const text = serializeRoleCredentials(credentials);
      writeFileAtomically(roleFile(role), text, { mode: 0o600 });
    },
    roleMark: (role) => marks.roleMark(roleFile(role)),
    markRole({ accountId, roleName }, mark) {
      const role = { accountId, roleName };
      marks.markRole(roleFile(role), { ...mark, role });
    },
    roleExpirations(roles) {
      const present = new Set(namesIn(paths.roleCache));
      return roles.flatMap((role) => {
        const name = roleCacheName({ session, ...role });
        if (!present.has(name)) return [];
        const found = readRoleCredentials(path.join(paths.roleCache, name));
        return found ? [[role, found.expiration] as const] : [];
      });
    },
    removeRole: async (role) => rmSync(roleFile(role), { force: true }),
    async removeRoles(known) {
      const files = new Map<string, Role | undefined>();
      const marked = marks.rolesByFile();
      for (const name of marks.markedRoles()) files.set(name, marked.get(name));
      for (const role of known) files.set(path.basename(roleFile(role)), role);
      return removeRoleFiles(paths.roleCache, files);
    },
    readRegistration: async (key, now) => keptRegistration(paths.state, key, now),
    keepRegistration: async (key, kept) => keepRegistration(paths.state, key, kept),
    forgetRegistrations: async () => forgetRegistrations(paths.state, session.name),
  };
}

function lockOf(file: string): string {
  return file.replace(/\.json$/, ".lock");
}

/** @throws SsoxError `CacheInvalid` when the file is there and stays */
export function removeSecret(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    throw new SsoxError("CacheInvalid", `Cannot remove ${file}: ${reasonOf(error)}.`, {
      hint: removalMend(file),
      cause: error,
    });
  }
}

/** @returns false when the file stays */
export function tryToRemove(file: string): boolean {
  try {
    removeSecret(file);
    return true;
  } catch {
    return false;
  }
}

function removeRoleFiles(folder: string, files: ReadonlyMap<string, Role | undefined>): Purge {
  removeTemporaries(folder, (name) => files.has(name));
  const present = new Set(namesIn(folder));
  const purged: PurgedRole[] = [];
  const left: string[] = [];
  for (const [name, role] of files) {
    if (!present.has(name)) continue;
    const file = path.join(folder, name);
    const credentials = readRoleCredentials(file);
    if (credentials === undefined && !isOfSso(file)) continue;
    if (!tryToRemove(file)) left.push(file);
    else if (credentials) purged.push(purgedRole(role, credentials));
  }
  return { purged, left };
}

/** @param role undefined where its file's name is all that is known of it */
export function purgedRole(role: Role | undefined, credentials: RoleCredentials): PurgedRole {
  const accountId = role?.accountId ?? (credentials.accountId || undefined);
  return { accountId, roleName: role?.roleName, expiration: credentials.expiration };
}
