/** A listing of roles that is under way. */
export interface ListingUnderWay {
  /** Accounts that were done when it began. */
  readonly before: number;
  readonly of: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** A rate over less than this is chance. */
const TELLING_MS = 2_000;

/**
 * The line that tells how far it is, how fast it goes, and how long it will
 * take.
 *
 * @returns takes the accounts that are done, and the time in milliseconds since the epoch
 */
export function listingProgress({
  before,
  of,
  since,
}: ListingUnderWay): (done: number, now: number) => string {
  return (done, now) => {
    const far = `Listing roles: ${done} of ${of} accounts`;
    const seconds = (now - since) / 1000;
    if (now - since < TELLING_MS || done <= before) return far;
    const rate = (done - before) / seconds;
    const left = Math.ceil((of - done) / rate);
    const time = left < 120 ? `${left} s` : `${Math.round(left / 60)} min`;
    return `${far}, ${rate.toFixed(rate < 10 ? 1 : 0)} a second, about ${time} left`;
  };
}
