/** A token bucket: it holds `burst` requests when full and gains `perSecond` of them each second. */
export interface RateLimit {
  readonly perSecond: number;
  /** How many requests may come at once. */
  readonly burst: number;
  /** Whether the refusal says how long to wait; false when absent. */
  readonly retryAfter?: boolean;
}

/** What is left of a limit. */
export interface Bucket {
  left: number;
  /** When `left` was true, in milliseconds. */
  at: number;
}

/** A request that comes too early. */
export interface TooEarly {
  /** Whole seconds, for the Retry-After header; undefined where the limit does not tell. */
  readonly retryAfter: number | undefined;
}

/**
 * Takes one request out of the buckets of its operation and of all operations;
 * undefined: it may pass. A refused one takes nothing.
 *
 * @param now milliseconds; time that goes backwards fills nothing
 */
export function throttle(
  operation: string,
  limits: Readonly<Record<string, RateLimit>>,
  buckets: Map<string, Bucket>,
  now: number,
): TooEarly | undefined {
  const taken: Bucket[] = [];
  for (const name of [operation, "*"]) {
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
    if (!limit) continue;
    const bucket = filled(buckets.get(name), limit, now);
    buckets.set(name, bucket);
    if (bucket.left < 1) return { retryAfter: wait(bucket, limit) };
    taken.push(bucket);
  }
  for (const bucket of taken) bucket.left -= 1;
  return undefined;
}

function filled(bucket: Bucket | undefined, { perSecond, burst }: RateLimit, now: number): Bucket {
  if (!bucket) return { left: burst, at: now };
  const gained = (Math.max(0, now - bucket.at) / 1000) * perSecond;
  return { left: Math.min(burst, bucket.left + gained), at: now };
}

function wait({ left }: Bucket, { perSecond, retryAfter }: RateLimit): number | undefined {
  return retryAfter ? Math.max(1, Math.ceil((1 - left) / perSecond)) : undefined;
}
