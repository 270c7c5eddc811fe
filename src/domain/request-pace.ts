/** How fast requests may be sent now. */
export interface Pace {
  readonly perSecond: number;
  /** Requests that wait for their answers at the same time. */
  readonly inFlight: number;
}

/** What the pace follows from: where it stood, and when. Times in milliseconds since the epoch. */
export interface PaceBasis extends Pace {
  /** The pace grows from here on; after a refusal this may lie ahead. */
  readonly since: number;
  /** Requests a second at which the service last refused one; undefined until then. */
  readonly limit: number | undefined;
}

const START: Pace = { perSecond: 20, inFlight: 4 };
const MOST_IN_FLIGHT = 64;
/** So near to the last limit the pace is again a second after a refusal. */
const NEAR = 0.97;
/** Then it feels its way: by this share of the limit in the next second, and twice as much in each that follows. */
const GROWTH = 0.01;
const IN_FLIGHT_GROWTH = 4;

/** The pace before the first request. @param now milliseconds since the epoch */
export function firstPace(now: number): PaceBasis {
  return { ...START, since: now, limit: undefined };
}

/**
 * The limits of the access portal are not documented, so they are looked for:
 * the pace doubles each second until a request is refused for its rate. From
 * then on it grows within a second to just under the limit that was met,
 * slowly beyond, and faster the longer nothing is refused: the limit that was
 * met may have been another program's share of it.
 */
export function paceAt(basis: PaceBasis, now: number): Pace {
  const { since, limit } = basis;
  const seconds = Math.max(0, now - since) / 1000;
  if (limit === undefined) {
    const perSecond = basis.perSecond * 2 ** seconds;
    return { perSecond, inFlight: slots(basis.inFlight * 2 ** seconds) };
  }
  const near = Math.max(basis.perSecond, NEAR * limit);
  const perSecond =
    seconds < 1
      ? basis.perSecond + (near - basis.perSecond) * seconds
      : near + GROWTH * limit * (2 ** (seconds - 1) - 1);
  return { perSecond, inFlight: slots(basis.inFlight + IN_FLIGHT_GROWTH * seconds) };
}

/** A request that was refused for its rate (HTTP 429). */
export interface Refusal {
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** Milliseconds that the service wants to be left alone (Retry-After). */
  readonly retryAfter: number;
  /** Requests that were sent in the last second. */
  readonly sent: number;
  /** Requests that the service took in the last second; undefined where nobody counted. */
  readonly taken: number | undefined;
}

/**
 * The pace is cut by a third, and further where the service took less of a pace
 * that was really used. One cut answers all requests that were under way: the
 * rest of them say nothing new.
 */
export function paceAfter(basis: PaceBasis, refusal: Refusal, now: number): PaceBasis {
  if (basis.limit !== undefined && refusal.sentAt <= basis.since) return basis;
  const { perSecond: allowed, inFlight } = paceAt(basis, now);
  const { sent } = refusal;
  // A pace that was allowed and not used says nothing of what the service takes,
  const perSecond = Math.min(allowed, Math.max(START.perSecond, 2 * sent));
  // nor does the little that it took of the little that was sent, one page after the other.
  const taken = 2 * sent < perSecond ? undefined : refusal.taken;
  const limit = Math.min(perSecond, Math.max(1, taken ?? perSecond));
  return {
    since: now + refusal.retryAfter,
    perSecond: Math.min((perSecond * 2) / 3, limit * NEAR),
    inFlight: Math.max(START.inFlight, (inFlight * 2) / 3),
    limit,
  };
}

/**
 * How long to wait before a request is sent again: a quarter of a second,
 * doubled with every further failure, with full jitter; 8 s at most.
 *
 * @param failures how often it has failed, 1 or more
 * @param jitter a random number, 0 ≤ jitter < 1
 * @returns milliseconds
 */
export function resendDelay(failures: number, jitter: number): number {
  return Math.min(8_000, 250 * 2 ** (failures - 1)) * jitter;
}

function slots(wanted: number): number {
  return Math.min(MOST_IN_FLIGHT, Math.floor(wanted));
}
