import { readdirSync } from "node:fs";
import path from "node:path";
import { readAwsConfig } from "../aws/config.ts";
import { openPortal } from "../aws/portal.ts";
import { readRoleCredentials } from "../aws/role-cache.ts";
import { readToken, type Token } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { SsoxError } from "../errors.ts";
import { forgetAllRegistrations } from "../state/registrations.ts";
import { type LogoutResult, logout, removeSecret } from "./logout.ts";
import type { PurgedRole } from "./purge.ts";
import { serviceAccess } from "./service-access.ts";

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
 * in the cache besides, and removes all role credentials of SSO: what `aws sso
 * logout` sweeps. ssox's own registrations go, too.
 *
 * @throws SsoxError `ConfigInvalid`, and what signing out of one session throws;
 * `CacheInvalid` for a file that cannot be removed
 */
export async function logoutAll(context: Context): Promise<LogoutAllResult> {
  const { paths, clock } = context;
  const config = readAwsConfig(paths.configFile);
  const sessions = new Map<string, LogoutResult>();
  for (const session of [...config.sessions.values(), ...config.legacySessions.values()]) {
    sessions.set(session.name, await logout(session, context));
  }
  let ended = 0;
  // The tokens of these sessions are gone: what is left belongs to no other one.
  for (const file of jsonFilesIn(paths.tokenCache)) if (await endOther(file, context)) ended += 1;
  forgetAllRegistrations(paths.state);
  const stillValid = sweepRoles(paths.roleCache).filter(({ expiration }) => {
    return expiration > clock.now();
  });
  return { sessions, others: ended, stillValid };
}

/** @returns whether there was a token; registrations of the AWS CLI lie there as well, and stay */
async function endOther(file: string, context: Context): Promise<boolean> {
  const token = otherToken(file, context);
  if (token === undefined) return false;
  const { region, accessToken } = token;
  try {
    if (region) await (await openPortal(region, accessToken, serviceAccess(context))).logout();
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    context.terminal.note(`${error.message} The session of ${path.basename(file)} may live on.`);
  }
  removeSecret(file);
  return true;
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
