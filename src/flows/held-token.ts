import type { SsoSession } from "../aws/config.ts";
import type { Token, TokenRead } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { isFreshToken, isUnexpired } from "../domain/expiry.ts";
import { isSameStartUrl } from "../domain/start-url.ts";
import { serviceNow } from "./service-time.ts";
import type { SecretStore } from "./stores/secret-store.ts";

/** A token, and the fingerprint of the very file or item that it was read from or written to. */
export interface HeldToken {
  readonly token: Token;
  readonly fingerprint: string;
}

/** Other programs write the file in place; it may be cut, or old, for a moment. */
export const SETTLE_MS = 3_000;
export const SETTLE_STEP_MS = 100;

/**
 * The session's token as it stands in the store; undefined when it is none, or another portal's.
 * @param signal as in {@link SecretStore.readToken}
 */
export async function heldToken(
  store: SecretStore,
  session: SsoSession,
  signal?: AbortSignal,
): Promise<HeldToken | undefined> {
  return ofSession(await store.readToken(signal), session);
}

function ofSession(read: TokenRead, session: SsoSession): HeldToken | undefined {
  if (read.kind !== "token") return undefined;
  return isSameStartUrl(read.token.startUrl, session.startUrl) ? read : undefined;
}

/** The same, but for one that the service is known to refuse. */
export async function acceptedToken(
  store: SecretStore,
  session: SsoSession,
  { signal }: Context,
): Promise<HeldToken | undefined> {
  const held = await heldToken(store, session, signal);
  return held && !isRejected(store, held) ? held : undefined;
}

export async function freshToken(
  store: SecretStore,
  session: SsoSession,
  context: Context,
): Promise<HeldToken | undefined> {
  const held = await acceptedToken(store, session, context);
  return held && isFreshToken(held.token, serviceNow(store, context)) ? held : undefined;
}

/** The token of the first read that is whole: the next one may be torn again. */
export async function settledToken(
  store: SecretStore,
  session: SsoSession,
  context: Context,
): Promise<HeldToken | undefined> {
  for (let waited = 0; ; waited += SETTLE_STEP_MS) {
    const read = await store.readToken(context.signal);
    if (read.kind !== "damaged" || waited >= SETTLE_MS) return ofSession(read, session);
    await context.clock.sleep(SETTLE_STEP_MS, context.signal);
  }
}

/** The service is known to refuse it, although its time is not over. */
export function isRejected({ marks }: SecretStore, held: HeldToken): boolean {
  return marks.of(held.fingerprint)?.rejected === true;
}

export function unexpired(
  store: SecretStore,
  held: HeldToken,
  context: Context,
): HeldToken | undefined {
  return isUnexpired(held.token, serviceNow(store, context)) ? held : undefined;
}
