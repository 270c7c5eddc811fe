import type { SsoSession } from "../aws/config.ts";
import { type Oidc, openOidc } from "../aws/oidc.ts";
import { readToken, serializeToken, type Token, tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { isFreshToken, isRefreshable, isUnexpired } from "../domain/expiry.ts";
import { isPassing, SsoxError } from "../errors.ts";
import { SessionMarks } from "../state/session-marks.ts";
import { type ReservedFile, reserveFile } from "../system/files/atomic-write.ts";
import { GIVE_UP_AFTER_MS, type Lock, withLock } from "../system/files/lock.ts";
import {
  type HeldToken,
  heldToken,
  isRejected,
  lockOf,
  SETTLE_MS,
  SETTLE_STEP_MS,
  settledToken,
  TOKEN_FILE_BYTES,
  unexpired,
} from "./held-token.ts";
import { answerOfEarlier } from "./lost-answer.ts";
import { serviceAccess } from "./service-access.ts";

/**
 * The session's token: as it is while 15 minutes are left; else refreshed, by
 * one process for all; else as it is to its last second.
 *
 * A valid token is read without lock and without writing.
 *
 * @returns undefined when only a sign-in can give one
 * @throws SsoxError `CacheInvalid`, `FileLocked`, `WriteFailed`; `NetworkError`,
 * `ServiceUnavailable`, `Throttled` when the token has run out and the service
 * cannot be asked. The token file is whole and keeps its token in every case.
 */
export async function usableToken(
  session: SsoSession,
  context: Context,
): Promise<HeldToken | undefined> {
  const file = tokenFile(context.paths.tokenCache, session);
  const held = await settledToken(file, session, context);
  if (held === undefined || isRejected(file, held, context)) return undefined;
  if (isFreshToken(held.token, context.clock.now())) return held;
  const isGood = ({ token }: HeldToken) => isFreshToken(token, context.clock.now());
  return await renewed(file, held, session, { isGood, orAsItIs: true }, context);
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
  const file = tokenFile(context.paths.tokenCache, session);
  const isGood = (held: HeldToken) =>
    held.fingerprint !== rejected.fingerprint && isUnexpired(held.token, context.clock.now());
  const answer = await renewed(file, rejected, session, { isGood, orAsItIs: false }, context);
  if (answer && answer.fingerprint !== rejected.fingerprint) return answer;
  // Else the next command would take it for good again, and so would a sign-in.
  new SessionMarks(context.paths.state, file).reject(rejected.fingerprint);
  return undefined;
}

interface Wanted {
  isGood(held: HeldToken): boolean;
  /** A token that cannot be renewed now serves until it runs out. */
  readonly orAsItIs: boolean;
}

async function renewed(
  file: string,
  seen: HeldToken,
  session: SsoSession,
  wanted: Wanted,
  context: Context,
): Promise<HeldToken | undefined> {
  for (;;) {
    if (!canRefresh(file, seen, context)) return unexpired(seen, context);
    const answer = await underLock(file, seen, session, wanted, context);
    if (answer === "refused") return unexpired(seen, context);
    if (answer !== "lock lost") return answer;
  }
}

/** A token that serves meanwhile is not waited for as long as one that is needed. */
const SHORT_WAIT_MS = 5_000;

async function underLock(
  file: string,
  seen: HeldToken,
  session: SsoSession,
  wanted: Wanted,
  context: Context,
): Promise<HeldToken | "refused" | "lock lost"> {
  const { terminal, clock, signal } = context;
  const asItIs = () => (wanted.orAsItIs ? unexpired(seen, context) : undefined);
  const giveUpAfter = asItIs() ? SHORT_WAIT_MS : GIVE_UP_AFTER_MS;
  const deadline = clock.now() + giveUpAfter;
  try {
    return await withLock<HeldToken | "refused" | "lock lost">(
      lockOf(file),
      {
        settled: () => {
          const held = heldToken(file, session);
          return held && wanted.isGood(held) ? held : undefined;
        },
        onWait: () => terminal.note(`Waiting for another process to renew ${session.name} …`),
        giveUpAfter,
        signal,
      },
      (lock) => refreshUnderLock(lock, file, seen, { ...wanted, deadline }, session, context),
    );
  } catch (error) {
    const left = asItIs();
    if (left && error instanceof SsoxError && error.code === "FileLocked") return left;
    throw error;
  }
}

function canRefresh(file: string, held: HeldToken, context: Context): boolean {
  if (!isRefreshable(held.token, context.clock.now())) return false;
  return !new SessionMarks(context.paths.state, file).of(held.fingerprint)?.refused;
}

async function refreshUnderLock(
  lock: Lock,
  file: string,
  seen: HeldToken,
  wanted: Wanted & { readonly deadline: number },
  session: SsoSession,
  context: Context,
): Promise<HeldToken | "refused" | "lock lost"> {
  const held = await settledToken(file, session, context);
  if (held === undefined) return "refused";
  // Renewed since it was seen: good, however short the service made its life.
  const isNew = held.fingerprint !== seen.fingerprint && unexpired(held, context) !== undefined;
  if (isNew || wanted.isGood(held)) return held;
  if (!canRefresh(file, held, context)) return unexpired(held, context) ?? "refused";
  const theirs = await answerOfEarlier(file, held, session, wanted.deadline, context);
  if (theirs) return theirs;

  try {
    return await refresh(lock, file, held, session, context);
  } catch (error) {
    context.signal.throwIfAborted();
    // The request itself is refused, as it would be the next time: only a sign-in helps.
    if (error instanceof SsoxError && error.code === "LoginDenied") return "refused";
    const left = wanted.orAsItIs ? unexpired(held, context) : undefined;
    if (left === undefined || !(isPassing(error) || isUnwritable(error))) throw error;
    context.terminal.trace(`${session.name} was not renewed, its token is used as it is`);
    return left;
  }
}

async function refresh(
  lock: Lock,
  file: string,
  held: HeldToken,
  session: SsoSession,
  context: Context,
): Promise<HeldToken | "refused" | "lock lost"> {
  const oidc = await openOidc(session.region, serviceAccess(context));
  const place = reserveFile(file, TOKEN_FILE_BYTES, { mode: 0o600 });
  const marks = new SessionMarks(context.paths.state, file);
  try {
    // From the request to the rename nothing may end this process: a refresh
    // token may be good for one use, and the answer holds the next one.
    const answer = await context.processes.critical(async () => {
      if (!lock.isOwn()) return "lock lost";
      marks.ask(held.fingerprint);
      // Once more: a process that takes the lock over from here on sees who asks.
      if (!lock.isOwn()) return "lock lost";
      return await exchange(oidc, place, file, held, session, context);
    });
    return answer === "invalid" ? await afterRefusal(file, held, session, context) : answer;
  } catch (error) {
    // What cannot be written now was the answer: its place was there before the request.
    marks.askedInVain(held.fingerprint, { lost: isUnwritable(error) });
    throw error;
  } finally {
    place.discard();
  }
}

async function exchange(
  oidc: Oidc,
  place: ReservedFile,
  file: string,
  held: HeldToken,
  session: SsoSession,
  context: Context,
): Promise<HeldToken | "invalid" | "refused"> {
  const { clientId = "", clientSecret = "", refreshToken = "" } = held.token;
  const answer = await oidc.createToken(
    { clientId, clientSecret },
    { grantType: "refresh_token", refreshToken },
    { hasty: unexpired(held, context) !== undefined },
  );
  // No refusal of the token: an answer to somebody who asks too often.
  if (answer.kind === "slow-down" || answer.kind === "pending") {
    throw new SsoxError("Throttled", `AWS does not renew ${session.name} just now.`, {
      hint: "wait a minute and run the command again",
    });
  }
  if (answer.kind !== "granted") return "invalid";
  const { accessToken, expiresIn, refreshToken: next = refreshToken } = answer.grant;
  const expiresAt = context.clock.now() + expiresIn * 1000;
  const token: Token = { ...held.token, accessToken, expiresAt, refreshToken: next };
  // Who wrote or removed it meanwhile signed in or out, or took the lock over from
  // a process that was stopped: that is never overwritten by a refresh.
  const now = readToken(file);
  const isTheirs = now.kind === "token" && now.token.accessToken !== held.token.accessToken;
  if (now.kind === "missing" || (isTheirs && unexpired(now, context))) {
    return heldToken(file, session) ?? "refused";
  }
  const fingerprint = place.commit(serializeToken(token));
  const marks = new SessionMarks(context.paths.state, file);
  marks.renewed(fingerprint, marks.of(held.fingerprint), context.clock.now());
  return { token, fingerprint };
}

/** Another program may have used the refresh token first, and be about to write what it got. */
async function afterRefusal(
  file: string,
  held: HeldToken,
  session: SsoSession,
  context: Context,
): Promise<HeldToken | "refused"> {
  for (let waited = 0; waited < SETTLE_MS; waited += SETTLE_STEP_MS) {
    const now = heldToken(file, session);
    if (now && now.fingerprint !== held.fingerprint && unexpired(now, context)) return now;
    await context.clock.sleep(SETTLE_STEP_MS, context.signal);
  }
  new SessionMarks(context.paths.state, file).refuse(held.fingerprint, context.clock.now());
  return unexpired(held, context) ?? "refused";
}

/** A full disk, or a folder that is read-only: found before anything was exchanged. */
function isUnwritable(error: unknown): boolean {
  return error instanceof SsoxError && error.code === "WriteFailed";
}
