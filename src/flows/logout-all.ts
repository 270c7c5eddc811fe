import { readdirSync } from "node:fs";
import path from "node:path";
import { readAwsConfig } from "../aws/config.ts";
import { isRegion } from "../aws/config-session.ts";
import { openPortal } from "../aws/portal.ts";
import { readRoleCredentials } from "../aws/role-cache.ts";
import { readToken, type Token } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { isUnavailable, SsoxError } from "../errors.ts";
import { forgetAllRegistrations } from "../state/registrations.ts";
import { removeTemporaries } from "../system/files/atomic-write.ts";
import { type LogoutResult, logout } from "./logout.ts";
import { serviceAccess } from "./service-access.ts";
import { removeSecret } from "./stores/file-store.ts";
import { keychainRests } from "./stores/keychain-store.ts";
import type { PurgedRole } from "./stores/secret-store.ts";

export interface LogoutAllResult {
  /** By the session's name. */
  readonly sessions: ReadonlyMap<string, LogoutResult>;
  /** Tokens of sessions that the config file does not name (any more). */
  readonly others: number;
  /** Role credentials that no session of the config file leads to. */
  readonly stillValid: readonly PurgedRole[];
}

/**
 * Signs out of every session of the config file, then of every token that lies
 * in the cache or, by ssox, in the keychain besides, and removes all role
 * credentials of SSO: what `aws sso logout` sweeps. ssox's own registrations go, too.
 *
 * @throws SsoxError `ConfigInvalid`, and what signing out of one session throws;
 * `CacheInvalid` for a file that cannot be removed; `KeychainUnavailable` when
 * only what lies in the keychain is left
 */
export async function logoutAll(context: Context): Promise<LogoutAllResult> {
  const { paths, clock } = context;
  const config = readAwsConfig(paths.configFile);
  const sessions = new Map<string, LogoutResult>();
  let unavailable: SsoxError | undefined;
  for (const session of [...config.sessions.values(), ...config.legacySessions.values()]) {
    try {
      sessions.set(session.name, await logout(session, context));
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      unavailable = error;
    }
  }
  let others = 0;
  // The tokens of these sessions are gone: what is left belongs to no other one.
  for (const file of jsonFilesIn(paths.tokenCache)) if (await endOther(file, context)) others += 1;
  for (const folder of [paths.tokenCache, paths.roleCache]) removeTemporaries(folder, isCacheFile);
  forgetAllRegistrations(paths.state);
  const purged = sweepRoles(paths.roleCache);
  if (unavailable) throw unavailable;
  for (const rest of keychainRests(context)) {
    for (const token of await rest.tokens()) {
      await end(token, "in the keychain", context);
      others += 1;
    }
    purged.push(...(await rest.remove()));
  }
  const stillValid = purged.filter(({ expiration }) => expiration > clock.now());
  return { sessions, others, stillValid };
}

/** @returns whether there was a token; registrations of the AWS CLI lie there as well, and stay */
async function endOther(file: string, context: Context): Promise<boolean> {
  const token = otherToken(file, context);
  if (token === undefined) return false;
  await end(token, `of ${path.basename(file)}`, context);
  removeSecret(file);
  return true;
}

async function end({ region, accessToken }: Token, which: string, context: Context): Promise<void> {
  try {
    if (isRegion(region))
      await (await openPortal(region, accessToken, serviceAccess(context))).logout();
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    context.terminal.note(`${error.message} The session ${which} may live on.`);
  }
}

function isCacheFile(name: string): boolean {
  return /^[0-9a-f]{40}\.json$/.test(name);
}

/** Other tools may put anything into the folder: what cannot be read is told, and stays. */
function otherToken(file: string, { terminal }: Context): Token | undefined {
  try {
    const read = readToken(file);
    return read.kind === "token" ? read.token : undefined;
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    terminal.note(error.message);
    return undefined;
  }
}

function sweepRoles(folder: string): PurgedRole[] {
  return jsonFilesIn(folder).flatMap((file) => {
    const credentials = readRoleCredentials(file);
    if (credentials === undefined) return [];
    removeSecret(file);
    const { accountId, expiration } = credentials;
    return [{ accountId, roleName: undefined, expiration }];
  });
}

function jsonFilesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}
