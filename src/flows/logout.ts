import path from "node:path";
import type { SsoSession } from "../aws/config.ts";
import { tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { Interrupted, isPassing, isUnavailable, isUnwritten, SsoxError } from "../errors.ts";
import { removeTemporaries } from "../system/files/atomic-write.ts";
import { removalMend } from "../system/files/errno.ts";
import { withLockIfPossible } from "../system/files/lock.ts";
import { endAtService, mustRenew, renewForEnd } from "./end-at-service.ts";
import { purgeRoleCredentials } from "./purge.ts";
import { serviceNow } from "./service-time.ts";
import type { PurgedRole, SecretStore } from "./stores/secret-store.ts";
import { formerStoreOf, storeOf } from "./stores/store-of.ts";

export interface LogoutResult {
  /** There was a token. */
  readonly wasSignedIn: boolean;
  /** The service could not be told, or had ended the session before. */
  readonly serviceFailure: SsoxError | Interrupted | undefined;
  /** Role credentials that were issued stay valid at AWS until they expire. */
  readonly stillValid: readonly PurgedRole[];
}

/**
 * {@link signOut}; then ends by the signal that came meanwhile.
 * @throws as {@link signOut}, and Interrupted
 */
export async function logout(session: SsoSession, context: Context): Promise<LogoutResult> {
  const result = await signOut(session, context);
  const { terminal, signal } = context;
  if (signal.aborted && result.wasSignedIn)
    terminal.note(`The session ${session.name} may live on at AWS; it is gone here.`);
  signal.throwIfAborted();
  return result;
}

/**
 * Ends the session at the service, then removes its token and every role
 * credential that was obtained with it. The service may be out of reach, or
 * the user may not want to wait for it: what lies on this machine goes all the same.
 *
 * @throws SsoxError `FileLocked`, `CacheInvalid` or `KeychainUnavailable` when the token cannot be removed
 */
export async function signOut(session: SsoSession, context: Context): Promise<LogoutResult> {
  try {
    return await signOutOf(storeOf(session, context), session, context);
  } catch (error) {
    // What was left in files since `ssox_store` was changed needs no keychain.
    const left = isUnavailable(error) ? await logoutOfFormer(session, context) : undefined;
    if (left?.wasSignedIn) context.terminal.note(`The files of ${session.name} are gone.`);
    throw error;
  }
}

async function signOutOf(
  store: SecretStore,
  session: SsoSession,
  context: Context,
): Promise<LogoutResult> {
  // On a full disk nothing is renewed, but all can be removed.
  const unrenewed = (await mustRenew(session, store, context))
    ? (await renewForEnd(session, context).catch(unless(isUntold))) || undefined
    : undefined;
  const silence = isUnwritten(unrenewed) ? undefined : unrenewed;
  const result = await logoutOf(store, session, silence, context);
  const left = await logoutOfFormer(session, context);
  return {
    wasSignedIn: result.wasSignedIn || left?.wasSignedIn === true,
    serviceFailure: result.serviceFailure ?? left?.serviceFailure ?? unrenewed,
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
    return await logoutOf(former, session, undefined, context);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    context.terminal.note(`${error.message} What lies there stays there.`);
    return undefined;
  }
}

/** @param silence the service has just been asked, and did not answer: it is not asked again */
async function logoutOf(
  store: SecretStore,
  session: SsoSession,
  silence: LogoutResult["serviceFailure"],
  context: Context,
): Promise<LogoutResult> {
  const { paths, signal, terminal } = context;
  const file = path.basename(tokenFile(paths.tokenCache, session));
  const onWait = () => terminal.note(`Waiting for another process that uses ${session.name} …`);
  const body = async (): Promise<LogoutResult> => {
    const read = await store.readToken(signal.aborted ? undefined : signal);
    const wasSignedIn = read.kind !== "missing";
    const serviceFailure =
      silence ?? (await endAtService(session, store, context).catch(unless(isInterrupted)));
    const now = serviceNow(store, context);
    const purged = await removeTraces(session, store, context);
    removeTemporaries(paths.tokenCache, (name) => name === file);
    const stillValid = purged.filter(({ expiration }) => expiration > now);
    return { wasSignedIn, serviceFailure, stillValid };
  };
  return await withLockIfPossible(store.tokenLock, { onWait, signal }, body, isWithoutLock);
}

/**
 * Who waits no longer for another process does without the lock, as one does where none can
 * be written: a refresh writes no token whose file is gone.
 */
function isWithoutLock(error: unknown): boolean {
  return isInterrupted(error) || isUnwritten(error);
}

function isInterrupted(error: unknown): error is Interrupted {
  return error instanceof Interrupted;
}

/** Nothing of that keeps the secrets of this machine from being removed. */
function isUntold(error: unknown): error is SsoxError | Interrupted {
  return isInterrupted(error) || isUnwritten(error) || isPassing(error);
}

/** For a `catch` that hands such errors on as results. */
function unless<T>(isResult: (error: unknown) => error is T): (error: unknown) => T {
  return (error) => {
    if (!isResult(error)) throw error;
    return error;
  };
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
  throw new SsoxError("CacheInvalid", `Cannot remove ${left.length} files of role credentials.`, {
    hint: removalMend(first),
  });
}
