const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** When credentials end and, where that is known, when they were made; milliseconds since the epoch. */
export interface CredentialTimes {
  /** Undefined where nothing says that they end. */
  readonly expiration: number | undefined;
  /** Undefined where another program fetched them. */
  readonly obtainedAt: number | undefined;
}

/**
 * A long-running program does not start with credentials that have less than
 * 20 minutes left: the SDK for Java asks again below 15. Those that are only
 * just made are as long as the role's session allows, and stay.
 *
 * @param now milliseconds since the epoch
 */
export function isTooShortToStart(
  { expiration, obtainedAt }: CredentialTimes,
  now: number,
): boolean {
  if (expiration === undefined) return false;
  const isNew = obtainedAt !== undefined && now - obtainedAt < MINUTE;
  return expiration - now < 20 * MINUTE && !isNew;
}

/**
 * When credentials are to be renewed: after two thirds of their lifetime. Those
 * of unknown lifetime are taken for an hour's at least, which is what
 * permission sets have by default.
 *
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch; a second from now at least; infinite
 * for those that do not end
 */
export function renewalTime({ expiration, obtainedAt }: CredentialTimes, now: number): number {
  if (expiration === undefined) return Number.POSITIVE_INFINITY;
  const lifetime =
    obtainedAt === undefined ? Math.max(expiration - now, 60 * MINUTE) : expiration - obtainedAt;
  return Math.max(now + SECOND, expiration - lifetime / 3);
}

/**
 * How often keys in a file, which end when nobody knows, are looked at: other
 * programs write new ones there. Milliseconds.
 */
export const LOOK_AT_FILE_MS = MINUTE;

/** Whoever signs in again does not want to wait longer than this for a program to go on. */
const LONGEST_WAIT_WHEN_EXPIRED_MS = 10 * SECOND;

/**
 * How long to wait after a failed renewal: a second, doubled with every further
 * failure, with full jitter; at most a sixth of what remains, so that there is
 * always time for more attempts, or a minute where nobody knows what remains,
 * and a second at least.
 *
 * @param failures how many attempts in a row have failed, 1 or more
 * @param left milliseconds until the credentials expire; negative afterwards, infinite when unknown
 * @param jitter a random number, 0 ≤ jitter < 1
 * @returns milliseconds
 */
export function retryDelay(failures: number, left: number, jitter: number): number {
  const known = left > 0 ? left / 6 : LONGEST_WAIT_WHEN_EXPIRED_MS;
  const longest = left === Number.POSITIVE_INFINITY ? LOOK_AT_FILE_MS : known;
  const spread = SECOND * 2 ** Math.min(failures - 1, 30) * jitter;
  return Math.max(SECOND, Math.min(spread, longest));
}

/**
 * How long an attempt may take: a third of what remains, so that one which gets no answer
 * leaves time for others; five seconds at least, and ten minutes at most.
 *
 * @param left milliseconds until the credentials expire; negative afterwards, infinite when unknown
 * @returns whole milliseconds
 */
export function attemptLimit(left: number): number {
  const share = left > 0 ? Math.floor(left / 3) : 10 * MINUTE;
  return Math.min(Math.max(5 * SECOND, share), 10 * MINUTE);
}
