import type { ServiceAccess } from "../aws/service-client.ts";
import type { Context } from "../context.ts";
import {
  type ClockReading,
  type ClockSkew,
  correction,
  hasJumped,
  lastingTime,
  skewSeen,
  timeSeen,
} from "../domain/clock-skew.ts";
import type { SessionMarks } from "../state/session-marks.ts";

type Clock = Context["clock"];
interface Marked {
  readonly marks: SessionMarks;
}

/**
 * The time as the session's service has it, which counts for all that the
 * service gave: this machine's, unless an answer showed that it is off by more
 * than a minute. Milliseconds since the epoch.
 */
export function serviceNow({ marks }: Marked, { clock }: { readonly clock: Clock }): number {
  return nowBy(marks.skew(), clock);
}

/** The same, where the skew is known. */
export function nowBy(skew: ClockSkew | undefined, clock: Clock): number {
  const reading = readingOf(clock);
  return reading.now + correction(skew, reading);
}

/** A clock that tells the time as {@link serviceNow} does. */
export function serviceClock(store: Marked, clock: Clock): Clock {
  return {
    now: () => serviceNow(store, { clock }),
    uptime: () => clock.uptime(),
    sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
  };
}

/** Tells the service's time for hours and days, in which the machine's clock may be set. */
export interface LastingClock extends Clock {
  /** An answer has this Date; milliseconds since the epoch. */
  see(date: number): void;
  /** True once each time that the machine's clock was set: the service is to be asked. */
  noticesJump(): boolean;
}

/** @param first what is known of the service's time; milliseconds since the epoch */
export function lastingClock(first: number, clock: Clock): LastingClock {
  let known = timeSeen(first, readingOf(clock));
  let { startedAt } = known;
  return {
    now: () => lastingTime(known, readingOf(clock)),
    uptime: () => clock.uptime(),
    sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
    see(date) {
      known = timeSeen(date, readingOf(clock));
      startedAt = known.startedAt;
    },
    noticesJump() {
      const reading = readingOf(clock);
      if (!hasJumped(startedAt, reading)) return false;
      startedAt = reading.now - reading.uptime;
      return true;
    },
  };
}

/** What a call needs for that clock to learn the time from its answer. */
export function seenBy(clock: LastingClock | undefined): Pick<ServiceAccess, "onDate"> {
  return clock ? { onDate: (date) => clock.see(date) } : {};
}

/** Calls of the session's service, from whose answers its time is learnt. */
export function learningTime(
  access: ServiceAccess,
  { marks }: Marked,
  { clock }: Context,
): ServiceAccess {
  return {
    ...access,
    onDate: (date) => {
      access.onDate?.(date);
      marks.seeSkew(skewSeen(date, readingOf(clock)));
    },
  };
}

/** Says that the machine's clock is off, to a user who signs in. */
export function noteSkew({ marks }: Marked, { clock, terminal }: Context): void {
  const ahead = correction(marks.skew(), readingOf(clock));
  if (ahead === 0) return;
  const minutes = Math.round(Math.abs(ahead) / 60_000);
  const way = ahead > 0 ? "behind" : "ahead of";
  terminal.note(
    `This machine's clock is ${minutes} min ${way} AWS's: other AWS tools will misjudge when tokens and credentials expire, and AWS may refuse what they sign. → set the clock`,
  );
}

function readingOf(clock: Clock): ClockReading {
  return { now: clock.now(), uptime: clock.uptime() };
}
