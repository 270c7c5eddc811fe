import type { Context } from "../context.ts";

/** A listing of roles that is under way. */
interface ListingUnderWay {
  /** Accounts that were done when it began. */
  readonly before: number;
  readonly of: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** Nobody reads faster. */
const SHOWN_EVERY_MS = 100;
/** A rate over less than this is chance. */
const TELLING_MS = 2_000;

/** Shows at a terminal how far a listing is. @returns takes the number of accounts that are done */
export function progressLine(
  listing: ListingUnderWay,
  { terminal, clock }: Pick<Context, "terminal" | "clock">,
): (done: number) => void {
  let shownAt = 0;
  return (done) => {
    const now = clock.now();
    if (now - shownAt < SHOWN_EVERY_MS) return;
    shownAt = now;
    terminal.progress(
      `Listing roles: ${done} of ${listing.of} accounts${pace(listing, done, now)}`,
    );
  };
}

/** How fast it goes, and how long it will take. */
function pace({ before, of, since }: ListingUnderWay, done: number, now: number): string {
  const rate = (done - before) / ((now - since) / 1000);
  if (now - since < TELLING_MS || rate <= 0) return "";
  const left = Math.ceil((of - done) / rate);
  const time = left < 120 ? `${left} s` : `${Math.round(left / 60)} min`;
  return `, ${rate.toFixed(rate < 10 ? 1 : 0)} a second, about ${time} left`;
}
