import type { SsoSession } from "../aws/config.ts";
import { openOidc, type TokenAnswer } from "../aws/oidc.ts";
import { regionOfToken, type Token } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { isFreshToken, isRefreshable, isUnexpired } from "../domain/expiry.ts";
import { isPassing, isUnavailable, isUnwritten, SsoxError } from "../errors.ts";
import { GIVE_UP_AFTER_MS, type Lock, withLock } from "../system/files/lock.ts";
import {
  type HeldToken,
  heldToken,
  isRejected,
  SETTLE_MS,
  SETTLE_STEP_MS,
  settledToken,
  unexpired,
} from "./held-token.ts";
import { answerOfEarlier } from "./lost-answer.ts";
import { serviceAccess } from "./service-access.ts";
import { learningTime, serviceNow } from "./service-time.ts";
import type { ReservedToken, SecretStore } from "./stores/secret-store.ts";
import { storeOf } from "./stores/store-of.ts";

/**
 * The session's token: as it is while 15 minutes are left; else refreshed, by
 * one process for all; else as it is to its last second.
 *
 * A valid token is read without lock and without writing.
 *
 * @param options.isHasty a service that does not answer is given up soon
 * @returns undefined when only a sign-in can give one
 * @throws SsoxError `CacheInvalid`, `KeychainUnavailable`, `FileLocked`, `WriteFailed`; `NetworkError`,
 * `ServiceUnavailable`, `Throttled` when the token has run out and the service
 * cannot be asked. The token file is whole and keeps its token in every case.
 */
export async function usableToken(
  session: SsoSession,
  context: Context,
  options: { readonly isHasty?: boolean } = {},
): Promise<HeldToken | undefined> {
  const store = storeOf(session, context);
  const held = await settledToken(store, session, context);
  if (held === undefined || isRejected(store, held)) return undefined;
  const isGood = ({ token }: HeldToken) => isFreshToken(token, serviceNow(store, context));
  if (isGood(held)) return held;
  return await renewed(store, held, session, { ...options, isGood, orAsItIs: true }, context);
}

/**
 * The token after one that the service no longer accepts, although its time is
 * not over: the one that another process wrote since, or a refreshed one.
 *
 * @returns undefined when only a sign-in can give one
 * @throws as {@link usableToken}
 */
export async function renewedToken(
  session: SsoSession,
  rejected: HeldToken,
  context: Context,
): Promise<HeldToken | undefined> {
  const store = storeOf(session, context);
  const isGood = (held: HeldToken) =>
    held.fingerprint !== rejected.fingerprint &&
    isUnexpired(held.token, serviceNow(store, context));
  const answer = await renewed(store, rejected, session, { isGood, orAsItIs: false }, context);
  if (answer && answer.fingerprint !== rejected.fingerprint) return answer;
  // Else the next command would take it for good again, and so would a sign-in.
  store.marks.reject(rejected.fingerprint);
  return undefined;
}

interface Wanted {
  isGood(held: HeldToken): boolean;
  /** A token that cannot be renewed now serves until it runs out. */
  readonly orAsItIs: boolean;
  readonly isHasty?: boolean;
}

async function renewed(
  store: SecretStore,
  seen: HeldToken,
  session: SsoSession,
  wanted: Wanted,
  context: Context,
): Promise<HeldToken | undefined> {
  for (;;) {
    if (!canRefresh(store, seen, context)) return unexpired(store, seen, context);
    const answer = await underLock(store, seen, session, wanted, context);
    if (answer === "refused") return unexpired(store, seen, context);
    if (answer !== "lock lost") return answer;
  }
}

/** A token that serves meanwhile is not waited for as long as one that is needed. */
const SHORT_WAIT_MS = 5_000;

async function underLock(
  store: SecretStore,
  seen: HeldToken,
  session: SsoSession,
  wanted: Wanted,
  context: Context,
): Promise<HeldToken | "refused" | "lock lost"> {
  const { terminal, clock, signal } = context;
  const asItIs = () => (wanted.orAsItIs ? unexpired(store, seen, context) : undefined);
  const giveUpAfter = asItIs() ? SHORT_WAIT_MS : GIVE_UP_AFTER_MS;
  const deadline = clock.now() + giveUpAfter;
  try {
    return await withLock<HeldToken | "refused" | "lock lost">(
      store.tokenLock,
      {
        settled: async () => {
          const held = await heldToken(store, session, context.signal);
          return held && wanted.isGood(held) ? held : undefined;
        },
        onWait: () => terminal.note(`Waiting for another process to renew ${session.name} …`),
        giveUpAfter,
        signal,
      },
      (lock) => refreshUnderLock(lock, store, seen, { ...wanted, deadline }, session, context),
    );
  } catch (error) {
    const left = asItIs();
    if (left && error instanceof SsoxError && error.code === "FileLocked") return left;
    throw error;
  }
}

function canRefresh(store: SecretStore, held: HeldToken, context: Context): boolean {
  if (!isRefreshable(held.token, serviceNow(store, context))) return false;
  return !store.marks.of(held.fingerprint)?.refused;
}

async function refreshUnderLock(
  lock: Lock,
  store: SecretStore,
  seen: HeldToken,
  wanted: Wanted & { readonly deadline: number },
  session: SsoSession,
  context: Context,
): Promise<HeldToken | "refused" | "lock lost"> {
  const held = await settledToken(store, session, context);
  if (held === undefined) return "refused";
  // Renewed since it was seen: good, however short the service made its life.
  const isNew =
    held.fingerprint !== seen.fingerprint && unexpired(store, held, context) !== undefined;
  if (isNew || wanted.isGood(held)) return held;
  if (!canRefresh(store, held, context)) return unexpired(store, held, context) ?? "refused";
  const theirs = await answerOfEarlier(store, held, session, wanted.deadline, context);
  if (theirs) return theirs;

  try {
    const hasty = wanted.isHasty || unexpired(store, held, context) !== undefined;
    return await refresh(lock, store, held, session, hasty, context);
  } catch (error) {
    context.signal.throwIfAborted();
    // The request itself is refused, as it would be the next time: only a sign-in helps.
    if (error instanceof SsoxError && error.code === "LoginDenied") return "refused";
    const left = wanted.orAsItIs ? unexpired(store, held, context) : undefined;
    if (left === undefined || !(isPassing(error) || isUnwritable(error))) throw error;
    context.terminal.trace(`${session.name} was not renewed, its token is used as it is`);
    return left;
  }
}

async function refresh(
  lock: Lock,
  store: SecretStore,
  held: HeldToken,
  session: SsoSession,
  hasty: boolean,
  context: Context,
): Promise<HeldToken | "refused" | "lock lost"> {
  const access = learningTime(serviceAccess(context, session), store, context);
  const onSilence = () => store.marks.lose(held.fingerprint);
  const oidc = await openOidc(regionOfToken(held.token, session), { ...access, onSilence });
  const { clientId = "", clientSecret = "", refreshToken = "" } = held.token;
  const ask = () =>
    oidc.createToken(
      { clientId, clientSecret },
      { grantType: "refresh_token", refreshToken },
      { hasty },
    );
  const place = await store.reserveToken(context.signal);
  try {
    // From the request to the rename nothing may end this process: a refresh
    // token may be good for one use, and the answer holds the next one.
    const answer = await context.processes.critical(async () => {
      if (!lock.isOwn()) return "lock lost";
      store.marks.ask(held.fingerprint);
      // Once more: a process that takes the lock over from here on sees who asks.
      if (!lock.isOwn()) return "lock lost";
      return await exchange(ask, place, store, held, session, context);
    });
    return answer === "invalid" ? await afterRefusal(store, held, session, context) : answer;
  } catch (error) {
    // What cannot be written now was the answer: its place was there before the request.
    if (isUnwritable(error)) store.marks.lose(held.fingerprint);
    store.marks.askedInVain(held.fingerprint);
    throw error;
  } finally {
    place.discard();
  }
}

async function exchange(
  ask: () => Promise<TokenAnswer>,
  place: ReservedToken,
  store: SecretStore,
  held: HeldToken,
  session: SsoSession,
  context: Context,
): Promise<HeldToken | "invalid" | "refused"> {
  const answer = await ask();
  // No refusal of the token: an answer to somebody who asks too often.
  if (answer.kind === "slow-down" || answer.kind === "pending") {
    throw new SsoxError("Throttled", `AWS does not renew ${session.name} just now.`, {
      hint: "wait a minute and run the command again",
    });
  }
  if (answer.kind !== "granted") return "invalid";
  const { accessToken, expiresIn, refreshToken: next = held.token.refreshToken } = answer.grant;
  const grantedAt = serviceNow(store, context);
  const expiresAt = grantedAt + expiresIn * 1000;
  const token: Token = {
    ...held.token,
    accessToken,
    expiresAt,
    ...(next !== undefined && { refreshToken: next }),
  };
  // Who wrote or removed it meanwhile signed in or out, or took the lock over from
  // a process that was stopped: that is never overwritten by a refresh.
  const now = await store.readToken();
  const isTheirs = now.kind === "token" && now.token.accessToken !== held.token.accessToken;
  if (now.kind === "missing" || (isTheirs && unexpired(store, now, context))) {
    return (await heldToken(store, session)) ?? "refused";
  }
  const fingerprint = await place.commit(token);
  store.marks.renewed(fingerprint, store.marks.of(held.fingerprint), grantedAt);
  return { token, fingerprint };
}

/** Another program may have used the refresh token first, and be about to write what it got. */
async function afterRefusal(
  store: SecretStore,
  held: HeldToken,
  session: SsoSession,
  context: Context,
): Promise<HeldToken | "refused"> {
  for (let waited = 0; store.isShared && waited < SETTLE_MS; waited += SETTLE_STEP_MS) {
    const now = await heldToken(store, session, context.signal);
    if (now && now.fingerprint !== held.fingerprint && unexpired(store, now, context)) return now;
    await context.clock.sleep(SETTLE_STEP_MS, context.signal);
  }
  store.marks.refuse(held.fingerprint, serviceNow(store, context));
  return unexpired(store, held, context) ?? "refused";
}

/** A full disk, a read-only folder, a keychain locked since: found before anything was exchanged. */
function isUnwritable(error: unknown): boolean {
  return isUnavailable(error) || isUnwritten(error);
}
