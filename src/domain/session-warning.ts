const MINUTE = 60_000;
/** Whoever runs a long program hears of the session's end this many minutes before. */
const WARNINGS = [15, 5] as const;

/**
 * The warning that is due: one for each of the two moments, and the later one
 * alone where both are over.
 *
 * @param left milliseconds until the session ends
 * @param warned the minutes of the last warning of this sign-in; undefined before the first
 * @returns its minutes; undefined when there is nothing to say
 */
export function warningDue(left: number, warned: number | undefined): number | undefined {
  const reached = WARNINGS.findLast((minutes) => left <= minutes * MINUTE);
  if (left <= 0 || reached === undefined) return undefined;
  return warned === undefined || reached < warned ? reached : undefined;
}

/**
 * When to look again.
 * @param end of the session, in milliseconds since the epoch, as `now` is
 * @returns milliseconds since the epoch; infinite when no warning is left
 */
export function nextWarning(end: number, now: number): number {
  const times = WARNINGS.map((minutes) => end - minutes * MINUTE);
  return times.find((time) => time > now) ?? Number.POSITIVE_INFINITY;
}
