import type { SsoSession } from "../aws/config.ts";
import { readToken, type Token, type TokenRead } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { isFreshToken, isUnexpired } from "../domain/expiry.ts";
import { isSameStartUrl } from "../domain/start-url.ts";
import { SessionMarks } from "../state/session-marks.ts";

/** A token, and the fingerprint of the very file that it was read from or written to. */
export interface HeldToken {
  readonly token: Token;
  readonly fingerprint: string;
}

/** More than any token file needs: its place on the disk is taken before the exchange. */
export const TOKEN_FILE_BYTES = 16_384;
/** Other programs write the file in place; it may be cut, or old, for a moment. */
export const SETTLE_MS = 3_000;
export const SETTLE_STEP_MS = 100;

/** The lock under which a session's token is renewed, and a sign-in made. */
export function lockOf(file: string): string {
  return file.replace(/\.json$/, ".lock");
}

/** The session's token as it stands in the file; undefined when it is none, or another portal's. */
export function heldToken(file: string, session: SsoSession): HeldToken | undefined {
  return ofSession(readToken(file), session);
}

function ofSession(read: TokenRead, session: SsoSession): HeldToken | undefined {
  if (read.kind !== "token") return undefined;
  return isSameStartUrl(read.token.startUrl, session.startUrl) ? read : undefined;
}

/** The same, but for one that the service is known to refuse. */
export function acceptedToken(
  file: string,
  session: SsoSession,
  context: Context,
): HeldToken | undefined {
  const held = heldToken(file, session);
  return held && !isRejected(file, held, context) ? held : undefined;
}

export function freshToken(
  file: string,
  session: SsoSession,
  context: Context,
): HeldToken | undefined {
  const held = acceptedToken(file, session, context);
  return held && isFreshToken(held.token, context.clock.now()) ? held : undefined;
}

/** The token of the first read that is whole: the next one may be torn again. */
export async function settledToken(
  file: string,
  session: SsoSession,
  context: Context,
): Promise<HeldToken | undefined> {
  for (let waited = 0; ; waited += SETTLE_STEP_MS) {
    const read = readToken(file);
    if (read.kind !== "damaged" || waited >= SETTLE_MS) return ofSession(read, session);
    await context.clock.sleep(SETTLE_STEP_MS, context.signal);
  }
}

/** The service is known to refuse it, although its time is not over. */
export function isRejected(file: string, held: HeldToken, context: Context): boolean {
  return new SessionMarks(context.paths.state, file).of(held.fingerprint)?.rejected === true;
}

export function unexpired(held: HeldToken, context: Context): HeldToken | undefined {
  return isUnexpired(held.token, context.clock.now()) ? held : undefined;
}
