import { unlinkSync } from "node:fs";
import path from "node:path";
import type { SsoSession } from "../aws/config.ts";
import { openPortal } from "../aws/portal.ts";
import { readToken, tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { isUnexpired } from "../domain/expiry.ts";
import { shellWord } from "../domain/shell-word.ts";
import { isPassing, SsoxError } from "../errors.ts";
import { SessionMarks } from "../state/session-marks.ts";
import { removeTemporaries } from "../system/files/atomic-write.ts";
import { errnoOf, reasonOf } from "../system/files/errno.ts";
import { withLock } from "../system/files/lock.ts";
import { heldToken, lockOf } from "./held-token.ts";
import { type PurgedRole, purgeRoleCredentials } from "./purge.ts";
import { serviceAccess } from "./service-access.ts";
import { usableToken } from "./usable-token.ts";

export interface LogoutResult {
  /** There was a token. */
  readonly wasSignedIn: boolean;
  /** The service could not be told, or had ended the session before. */
  readonly serviceFailure: SsoxError | undefined;
  /** Role credentials that were issued stay valid at AWS until they expire. */
  readonly stillValid: readonly PurgedRole[];
}

/**
 * Ends the session at the service, then removes its token and every role
 * credential that was obtained with it. The service may be out of reach: what
 * lies on this machine goes all the same.
 *
 * @throws SsoxError `FileLocked`, `CacheInvalid` when the token cannot be removed
 */
export async function logout(session: SsoSession, context: Context): Promise<LogoutResult> {
  const { paths, clock, signal, terminal } = context;
  const file = tokenFile(paths.tokenCache, session);
  await renewForEnd(session, context);
  const onWait = () => terminal.note(`Waiting for another process that uses ${session.name} …`);
  return await withLock(lockOf(file), { onWait, signal }, async () => {
    const wasSignedIn = readToken(file).kind !== "missing";
    const serviceFailure = await endAtService(session, context);
    const purged = removeTraces(session, context);
    removeTemporaries(paths.tokenCache, (name) => name === path.basename(file));
    const stillValid = purged.filter(({ expiration }) => expiration > clock.now());
    return { wasSignedIn, serviceFailure, stillValid };
  });
}

/**
 * The service ends a session for a valid token alone: an expired one is
 * renewed, so that the session does not live on behind it. Before the lock.
 */
export async function renewForEnd(session: SsoSession, context: Context): Promise<void> {
  const held = heldToken(tokenFile(context.paths.tokenCache, session), session);
  if (held === undefined || isUnexpired(held.token, context.clock.now())) return;
  try {
    await usableToken(session, context);
  } catch (error) {
    // Telling the service will fail as well, and says so.
    if (!isPassing(error)) throw error;
  }
}

/**
 * Tells the service that the session of the cached token is over. To be called
 * under the session's lock.
 *
 * @returns why the service could not be told; undefined when it was, and when
 * there is no token or a session that ended before
 */
export async function endAtService(
  session: SsoSession,
  context: Context,
): Promise<SsoxError | undefined> {
  const read = readToken(tokenFile(context.paths.tokenCache, session));
  if (read.kind !== "token") return undefined;
  const { accessToken } = read.token;
  try {
    const portal = await openPortal(session.region, accessToken, serviceAccess(context));
    // Refused: the session had ended already, which is what is wanted.
    await portal.logout();
    return undefined;
  } catch (error) {
    if (error instanceof SsoxError) return error;
    throw error;
  }
}

/**
 * Removes the session's token and all that was obtained with it, from this
 * machine. To be called under the session's lock.
 *
 * @throws SsoxError `CacheInvalid` when something cannot be removed; all else is gone then
 */
export function removeTraces(session: SsoSession, context: Context): readonly PurgedRole[] {
  const { paths } = context;
  const file = tokenFile(paths.tokenCache, session);
  removeSecret(file);
  const { purged, left } = purgeRoleCredentials(session, context);
  new SessionMarks(paths.state, file).forget();
  const [first] = left;
  if (first === undefined) return purged;
  throw new SsoxError("CacheInvalid", `${left.length} files of role credentials stay in place.`, {
    hint: `rm ${shellWord(first)}${left.length > 1 ? " …" : ""}`,
  });
}

/** @throws SsoxError `CacheInvalid` when the file is there and stays */
export function removeSecret(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    throw new SsoxError("CacheInvalid", `Cannot remove ${file}: ${reasonOf(error)}.`, {
      hint: `ls -ld ${file}`,
      cause: error,
    });
  }
}
