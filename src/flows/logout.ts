import { unlinkSync } from "node:fs";
import type { SsoSession } from "../aws/config.ts";
import { openPortal } from "../aws/portal.ts";
import { readToken, tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { SsoxError } from "../errors.ts";
import { SessionMarks } from "../state/session-marks.ts";
import { errnoOf, reasonOf } from "../system/files/errno.ts";
import { withLock } from "../system/files/lock.ts";
import { type PurgedRole, purgeRoleCredentials } from "./purge.ts";
import { serviceAccess } from "./service-access.ts";
import { lockOf } from "./usable-token.ts";

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
  const { paths, clock, signal } = context;
  const file = tokenFile(paths.tokenCache, session);
  return await withLock(lockOf(file), { signal }, async () => {
    const read = readToken(file);
    const failure =
      read.kind === "token"
        ? await signOutAtService(session, read.token.accessToken, context)
        : undefined;
    remove(file);
    const purged = purgeRoleCredentials(session, context);
    new SessionMarks(paths.state, file).forget();
    return {
      wasSignedIn: read.kind !== "missing",
      serviceFailure: failure,
      stillValid: purged.filter(({ expiration }) => expiration > clock.now()),
    };
  });
}

async function signOutAtService(
  session: SsoSession,
  accessToken: string,
  context: Context,
): Promise<SsoxError | undefined> {
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

function remove(file: string): void {
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
