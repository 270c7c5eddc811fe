import type { SsoSession } from "../aws/config.ts";
import { openPortal } from "../aws/portal.ts";
import { regionOfToken } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { isUnexpired } from "../domain/expiry.ts";
import { SsoxError } from "../errors.ts";
import { heldToken } from "./held-token.ts";
import { serviceAccess } from "./service-access.ts";
import { serviceNow } from "./service-time.ts";
import type { SecretStore } from "./stores/secret-store.ts";
import { usableToken } from "./usable-token.ts";

/** The user waits for an answer that changes nothing here. */
const GIVE_UP_AFTER_MS = 10_000;
const NOTICE_AFTER_MS = 3_000;

/**
 * The service ends a session for a valid token alone: one that has expired is
 * renewed first, so that the session does not live on behind it.
 */
export async function mustRenew(
  session: SsoSession,
  store: SecretStore,
  context: Context,
): Promise<boolean> {
  const held = await heldToken(store, session, context.signal);
  return held !== undefined && !isUnexpired(held.token, serviceNow(store, context));
}

/**
 * To be called before the session's lock is taken.
 * @throws as {@link usableToken}; SsoxError `NetworkError` after ten seconds
 */
export async function renewForEnd(session: SsoSession, context: Context): Promise<void> {
  await inTime(session, context, (limited) => usableToken(session, limited, { isHasty: true }));
}

/**
 * Tells the service that the session of the cached token is over. To be called
 * under the session's lock.
 *
 * @returns why the service could not be told within ten seconds; undefined when it was, and when
 * there is no token or a session that ended before
 */
export async function endAtService(
  session: SsoSession,
  store: SecretStore,
  context: Context,
): Promise<SsoxError | undefined> {
  const read = await store.readToken(context.signal);
  if (read.kind !== "token") return undefined;
  const { token } = read;
  try {
    await endSession(token.accessToken, regionOfToken(token, session), session, context);
    return undefined;
  } catch (error) {
    if (error instanceof SsoxError) return error;
    throw error;
  }
}

/**
 * The same for any token, by the session's name or whatever else tells the user which it is.
 *
 * @throws SsoxError `NetworkError`, `ServiceUnavailable`, `Throttled`
 */
export async function endSession(
  accessToken: string,
  region: string,
  session: Pick<SsoSession, "name" | "profile">,
  context: Context,
): Promise<void> {
  await inTime(session, context, async (limited) => {
    const portal = await openPortal(region, accessToken, serviceAccess(limited, session));
    // Refused: the session had ended already, which is what is wanted.
    await portal.logout();
  });
}

async function inTime<T>(
  { name }: Pick<SsoSession, "name">,
  context: Context,
  ask: (limited: Context) => Promise<T>,
): Promise<T> {
  const { clock, terminal, signal } = context;
  const late = new AbortController();
  const done = new AbortController();
  const countDown = async (): Promise<void> => {
    await clock.sleep(NOTICE_AFTER_MS, done.signal);
    terminal.note(`Waiting for AWS, to end the session ${name} there …`);
    await clock.sleep(GIVE_UP_AFTER_MS - NOTICE_AFTER_MS, done.signal);
    const seconds = GIVE_UP_AFTER_MS / 1000;
    const what = `No answer from AWS in ${seconds} seconds (ending the session ${name}).`;
    late.abort(new SsoxError("NetworkError", what, { hint: "check the network" }));
  };
  countDown().catch(() => {});
  try {
    return await ask({ ...context, signal: AbortSignal.any([signal, late.signal]) });
  } finally {
    done.abort();
  }
}
