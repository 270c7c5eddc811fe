import path from "node:path";
import { readAwsConfig, type SsoSession } from "../aws/config.ts";
import { isRegion } from "../aws/config-session.ts";
import { isOfSso, readRoleCredentials } from "../aws/role-cache.ts";
import { readToken, type Token, type TokenRead, tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { Interrupted, isUnavailable, SsoxError } from "../errors.ts";
import { forgetAllRegistrations } from "../state/registrations.ts";
import { allRolesByFile, SessionMarks } from "../state/session-marks.ts";
import { removeTemporaries } from "../system/files/atomic-write.ts";
import { namesIn } from "../system/files/names-in.ts";
import { endSession } from "./end-at-service.ts";
import { attempt, type FailedSession } from "./failed-session.ts";
import { type LogoutResult, refuseLeft, signOut } from "./logout.ts";
import { serviceNow } from "./service-time.ts";
import { purgedRole, removeSecret, tryToRemove } from "./stores/file-store.ts";
import { keychainRests } from "./stores/keychain-store.ts";
import type { Purge, PurgedRole, Role } from "./stores/secret-store.ts";

export interface LogoutAllResult {
  /** By the session's name. */
  readonly sessions: ReadonlyMap<string, LogoutResult>;
  /** Tokens that were left: of sessions that the config file does not name (any more), or that failed. */
  readonly others: number;
  /** Role credentials that no session of the config file leads to. */
  readonly stillValid: readonly PurgedRole[];
  readonly failed: readonly FailedSession[];
}

/**
 * Signs out of every session of the config file, then of every token that lies
 * in the cache or, by ssox, in the keychain besides, and removes all role
 * credentials of SSO: what `aws sso logout` sweeps. ssox's own registrations go,
 * too. Whatever fails keeps nothing else from going.
 *
 * @throws SsoxError `ConfigInvalid`; the first failure, when nothing at all could be done; Interrupted,
 * when all that lies here is gone
 */
export async function logoutAll(context: Context): Promise<LogoutAllResult> {
  const { paths } = context;
  const config = readAwsConfig(paths.configFile);
  const all = [...config.sessions.values(), ...config.legacySessions.values()];
  // The marks that tell this go with the sessions.
  const now = earliestNow(all, context);
  const marked = allRolesByFile(paths.state);
  const failed: FailedSession[] = [];
  const sessions = new Map<string, LogoutResult>();
  for (const session of all) {
    const result = await attempt(failed, session.name, () => signOut(session, context));
    if (result) sessions.set(session.name, result);
  }
  let others = 0;
  // Those of the sessions above are gone, unless signing out failed.
  for (const file of jsonFilesIn(paths.tokenCache)) {
    if (await attempt(failed, undefined, () => endOther(file, context))) others += 1;
  }
  for (const folder of [paths.tokenCache, paths.roleCache]) removeTemporaries(folder, isCacheFile);
  await attempt(failed, undefined, () => forgetAllRegistrations(paths.state));
  const { purged, left } = sweepRoles(paths.roleCache, marked);
  await attempt(failed, undefined, () => refuseLeft(left));
  const rest = await sweepKeychain(failed, context);
  const swept = [...purged, ...rest.purged];
  others += rest.tokens;
  context.signal.throwIfAborted();
  const [first] = failed;
  if (first && sessions.size + others + swept.length === 0) throw first.error;
  const stillValid = swept.filter(({ expiration }) => expiration > now);
  return { sessions, others, stillValid, failed };
}

/**
 * The earliest of the times that the sessions' services are known to have: role
 * credentials tell no session, and none that is valid must be left out.
 */
function earliestNow(sessions: readonly SsoSession[], { paths, clock }: Context): number {
  const configured = sessions.map((session) => tokenFile(paths.tokenCache, session));
  const known = [...configured, ...jsonFilesIn(paths.tokenCache)]
    .map((file) => new SessionMarks(paths.state, file))
    .filter((marks) => marks.read() !== undefined);
  if (known.length === 0) return clock.now();
  return Math.min(...known.map((marks) => serviceNow({ marks }, { clock })));
}

/** Of a keychain that has not answered nothing more is asked. */
async function sweepKeychain(failed: FailedSession[], context: Context) {
  const purged: PurgedRole[] = [];
  let tokens = 0;
  for (const rest of keychainRests(context)) {
    if (failed.some(({ error }) => isUnavailable(error))) break;
    await attempt(failed, undefined, async () => {
      const found = await rest.tokens();
      for (const token of found) await end(token, "in the keychain", context);
      purged.push(...(await rest.remove()));
      tokens += found.length;
    });
  }
  return { purged, tokens };
}

/** @returns whether there was a token; registrations of the AWS CLI lie there as well, and stay */
async function endOther(file: string, context: Context): Promise<boolean> {
  const read = otherToken(file, context);
  if (read.kind === "token") await end(read.token, `of ${path.basename(file)}`, context);
  else if (read.kind === "missing" || !read.hasToken) return false;
  removeSecret(file);
  new SessionMarks(context.paths.state, file).forget();
  return true;
}

async function end({ region, accessToken }: Token, which: string, context: Context): Promise<void> {
  try {
    if (isRegion(region)) await endSession(accessToken, region, { name: which }, context);
  } catch (error) {
    if (error instanceof Interrupted) return;
    if (!(error instanceof SsoxError)) throw error;
    context.terminal.note(`${error.message} The session ${which} may live on.`);
  }
}

function isCacheFile(name: string): boolean {
  return /^[0-9a-f]{40}\.json$/.test(name);
}

/** Other tools may put anything into the folder: what cannot be read is told, and stays. */
function otherToken(file: string, { terminal }: Context): TokenRead {
  try {
    return readToken(file);
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    terminal.note(error.message);
    return { kind: "missing" };
  }
}

function sweepRoles(folder: string, marked: ReadonlyMap<string, Role>): Purge {
  const purged: PurgedRole[] = [];
  const left: string[] = [];
  for (const file of jsonFilesIn(folder)) {
    const credentials = readRoleCredentials(file);
    if (credentials === undefined && !isOfSso(file)) continue;
    const role = marked.get(path.basename(file));
    if (!tryToRemove(file)) left.push(file);
    else if (credentials) purged.push(purgedRole(role, credentials));
  }
  return { purged, left };
}

function jsonFilesIn(folder: string): string[] {
  const names = namesIn(folder).filter((name) => name.endsWith(".json"));
  return names.map((name) => path.join(folder, name));
}
