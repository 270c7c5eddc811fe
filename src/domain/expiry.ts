const MINUTE = 60_000;

/** botocore refreshes a token and asks again for role credentials below this; so does ssox. */
export const MARGIN_MS = 15 * MINUTE;

/** What the decisions about a token look at; times in milliseconds since the epoch. */
export interface TokenTimes {
  readonly expiresAt: number;
  readonly registrationExpiresAt?: number;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly refreshToken?: string;
}

/** Good for use without a look at the service. */
export function isFreshToken(token: TokenTimes, now: number): boolean {
  return token.expiresAt - now >= MARGIN_MS;
}

export function isUnexpired(token: TokenTimes, now: number): boolean {
  return token.expiresAt > now;
}

/**
 * Everything that the refresh grant needs is there. A registration that ended
 * makes the service answer `invalid_client`; botocore and Rust look first, too.
 */
export function isRefreshable(token: TokenTimes, now: number): boolean {
  return (
    Boolean(token.refreshToken && token.clientId && token.clientSecret) &&
    (token.registrationExpiresAt === undefined || token.registrationExpiresAt > now)
  );
}

export type TokenState = "valid" | "refreshable" | "expired" | "signed-out";

export function tokenState(token: TokenTimes | undefined, now: number): TokenState {
  if (token === undefined) return "signed-out";
  if (isUnexpired(token, now)) return "valid";
  return isRefreshable(token, now) ? "refreshable" : "expired";
}

/**
 * Role credentials are fresh with 15 minutes left, or with a third of their
 * lifetime where that is under 45 minutes: role sessions may be shorter than
 * the 15 minutes that clients want.
 *
 * @param lifetime in milliseconds; undefined where another program fetched them
 */
export function isFreshRoleCredential(
  expiration: number,
  lifetime: number | undefined,
  now: number,
): boolean {
  const left = expiration - now;
  if (left >= MARGIN_MS) return true;
  return lifetime !== undefined && lifetime < 3 * MARGIN_MS && left > 0 && left >= lifetime / 3;
}
