import path from "node:path";
import type { SsoSession } from "../aws/config.ts";
import { openPortal } from "../aws/portal.ts";
import { regionOfToken, tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { isUnexpired } from "../domain/expiry.ts";
import { shellWord } from "../domain/shell-word.ts";
import { isPassing, isUnavailable, isUnwritten, SsoxError } from "../errors.ts";
import { removeTemporaries } from "../system/files/atomic-write.ts";
import { withLockIfWritable } from "../system/files/lock.ts";
import { heldToken } from "./held-token.ts";
import { purgeRoleCredentials } from "./purge.ts";
import { serviceAccess } from "./service-access.ts";
import { serviceNow } from "./service-time.ts";
import type { PurgedRole, SecretStore } from "./stores/secret-store.ts";
import { formerStoreOf, storeOf } from "./stores/store-of.ts";
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
 * @throws SsoxError `FileLocked`, `CacheInvalid` or `KeychainUnavailable` when the token cannot be removed
 */
export async function logout(session: SsoSession, context: Context): Promise<LogoutResult> {
  const store = storeOf(session, context);
  // On a full disk nothing is renewed, but all can be removed.
  const unrenewed = await renewForEnd(session, store, context).catch((error: unknown) => {
    if (!isUnwritten(error)) throw error;
    return error;
  });
  const result = await logoutOf(store, session, context);
  const left = await logoutOfFormer(session, context);
  return {
    wasSignedIn: result.wasSignedIn || left?.wasSignedIn === true,
    serviceFailure: result.serviceFailure ?? left?.serviceFailure ?? (unrenewed || undefined),
    stillValid: [...result.stillValid, ...(left?.stillValid ?? [])],
  };
}

/** What lies where the session's secrets were before its `ssox_store` was changed goes, too. */
async function logoutOfFormer(
  session: SsoSession,
  context: Context,
): Promise<LogoutResult | undefined> {
  const former = formerStoreOf(session, context);
  if (former === undefined) return undefined;
  try {
    if (former.isShared && (await former.readToken()).kind === "missing") return undefined;
    return await logoutOf(former, session, context);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    context.terminal.note(`${error.message} What lies there stays there.`);
    return undefined;
  }
}

async function logoutOf(
  store: SecretStore,
  session: SsoSession,
  context: Context,
): Promise<LogoutResult> {
  const { paths, signal, terminal } = context;
  const file = path.basename(tokenFile(paths.tokenCache, session));
  const onWait = () => terminal.note(`Waiting for another process that uses ${session.name} …`);
  return await withLockIfWritable(store.tokenLock, { onWait, signal }, async () => {
    const wasSignedIn = (await store.readToken(signal)).kind !== "missing";
    const serviceFailure = await endAtService(session, store, context);
    const now = serviceNow(store, context);
    const purged = await removeTraces(session, store, context);
    removeTemporaries(paths.tokenCache, (name) => name === file);
    const stillValid = purged.filter(({ expiration }) => expiration > now);
    return { wasSignedIn, serviceFailure, stillValid };
  });
}

/**
 * The service ends a session for a valid token alone: an expired one is
 * renewed, so that the session does not live on behind it. Before the lock.
 */
export async function renewForEnd(
  session: SsoSession,
  store: SecretStore,
  context: Context,
): Promise<void> {
  const held = await heldToken(store, session, context.signal);
  if (held === undefined || isUnexpired(held.token, serviceNow(store, context))) return;
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
  store: SecretStore,
  context: Context,
): Promise<SsoxError | undefined> {
  const read = await store.readToken(context.signal);
  if (read.kind !== "token") return undefined;
  const region = regionOfToken(read.token, session);
  try {
    const portal = await openPortal(
      region,
      read.token.accessToken,
      serviceAccess(context, session),
    );
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
 * @throws SsoxError `CacheInvalid` when something cannot be removed; all else is gone then;
 * `KeychainUnavailable`
 */
export async function removeTraces(
  session: SsoSession,
  store: SecretStore,
  context: Context,
): Promise<readonly PurgedRole[]> {
  const failure = await store.removeToken().catch((error: unknown) => {
    if (isUnavailable(error) || !(error instanceof SsoxError)) throw error;
    return error;
  });
  const { purged, left } = await purgeRoleCredentials(session, store, context);
  store.marks.forget();
  if (failure) throw failure;
  refuseLeft(left);
  return purged;
}

/** @throws SsoxError `CacheInvalid` where files of role credentials could not be removed */
export function refuseLeft(left: readonly string[]): void {
  const [first] = left;
  if (first === undefined) return;
  throw new SsoxError("CacheInvalid", `${left.length} files of role credentials stay in place.`, {
    hint: `rm ${shellWord(first)}${left.length > 1 ? " …" : ""}`,
  });
}
