import type { ServiceAccess } from "../aws/service-client.ts";
import type { Context } from "../context.ts";
import { type ClockReading, type ClockSkew, correction, skewSeen } from "../domain/clock-skew.ts";
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

/** Calls of the session's service, from whose answers its time is learnt. */
export function learningTime(
  access: ServiceAccess,
  { marks }: Marked,
  { clock }: Context,
): ServiceAccess {
  return { ...access, onDate: (date) => marks.seeSkew(skewSeen(date, readingOf(clock))) };
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
