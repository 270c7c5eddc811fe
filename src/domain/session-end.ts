/** What the end of the session was told by; no answer of the service has it. */
export type SessionEndBasis = "configured" | "token" | "learned";

export interface SessionEnd {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly basis: SessionEndBasis;
}

/** Times in milliseconds since the epoch, lengths in milliseconds. */
export interface SessionFacts {
  /** Undefined for a sign-in by another program. */
  readonly signedInAt: number | undefined;
  /** `ssox_session_duration` */
  readonly configuredLength: number | undefined;
  /** How long the last session was whose end was seen. */
  readonly learnedLength: number | undefined;
  readonly tokenExpiresAt: number;
  readonly hasRefreshToken: boolean;
}

/**
 * When the session ends, as far as that can be known: with a token that cannot
 * be refreshed; else as the administrator set it; else as long after the
 * sign-in as the last one lasted. The end of a token that can be refreshed says
 * nothing.
 */
export function sessionEnd(facts: SessionFacts): SessionEnd | undefined {
  const { signedInAt, configuredLength, learnedLength } = facts;
  if (!facts.hasRefreshToken) return { at: facts.tokenExpiresAt, basis: "token" };
  if (signedInAt === undefined) return undefined;
  if (configuredLength !== undefined) {
    return { at: signedInAt + configuredLength, basis: "configured" };
  }
  return learnedLength === undefined
    ? undefined
    : { at: signedInAt + learnedLength, basis: "learned" };
}

const MINUTE = 60_000;
/** A session that ended while nobody looked tells too little about its length. */
const LONGEST_GAP_MS = 75 * MINUTE;
/** The least that an administrator can set: one that ended before was signed out elsewhere. */
const SHORTEST_LENGTH_MS = 15 * MINUTE;
/** Administrators set whole days, hours, or quarters of an hour. */
const ROUND_LENGTHS = [24 * 60, 60, 30, 15].map((minutes) => minutes * MINUTE);

/**
 * The length of a session whose end was seen: it lies between the last
 * successful refresh and the refused one, and is the roundest length there is
 * in between.
 *
 * @returns milliseconds; undefined when nobody looked for too long, and for a
 *   length that no administrator can set
 */
export function lengthSeen(
  signedInAt: number,
  lastGoodAt: number,
  refusedAt: number,
): number | undefined {
  const [least, most] = [lastGoodAt - signedInAt, refusedAt - signedInAt];
  if (refusedAt - lastGoodAt > LONGEST_GAP_MS || most < SHORTEST_LENGTH_MS) return undefined;
  const round = ROUND_LENGTHS.map((unit) => Math.floor(most / unit) * unit);
  return round.find((length) => length > least) ?? most;
}

/**
 * How long the credentials of a role last, which is what its permission set
 * says: whole minutes, which the time of the call and a clock that is a little
 * off have blurred.
 *
 * @param obtainedAt and `expiration` in milliseconds since the epoch
 * @returns seconds
 */
export function roleSessionSeconds(obtainedAt: number, expiration: number): number {
  const seconds = Math.round((expiration - obtainedAt) / 1000);
  return seconds < 600 ? seconds : Math.round(seconds / 60) * 60;
}
