/** How far the clock of a service is from this machine's. */
export interface ClockSkew {
  /** Milliseconds that the service's clock is ahead; negative when it is behind. */
  readonly ahead: number;
  /**
   * When this machine was started, by its own clock. Another value later means
   * that the clock was set since, or another start: nobody knows the skew then.
   */
  readonly startedAt: number;
}

/** This machine's own time; both in milliseconds. */
export interface ClockReading {
  /** Since the epoch. */
  readonly now: number;
  /** Since the start of the machine. */
  readonly uptime: number;
}

/** The delay of an answer and the rounding of its Date to a second are no skew. */
const NOTICED_MS = 60_000;

/**
 * The skew that an answer shows; undefined where there is none to speak of.
 * @param service the answer's Date, in milliseconds since the epoch
 */
export function skewSeen(service: number, { now, uptime }: ClockReading): ClockSkew | undefined {
  const ahead = service - now;
  return Math.abs(ahead) > NOTICED_MS ? { ahead, startedAt: now - uptime } : undefined;
}

/** What is to be added to this machine's time: milliseconds, 0 where no skew is known. */
export function correction(skew: ClockSkew | undefined, { now, uptime }: ClockReading): number {
  if (skew === undefined || Math.abs(now - uptime - skew.startedAt) > NOTICED_MS) return 0;
  return skew.ahead;
}

/** A clock that is set by more than this is noticed. */
const JUMP_MS = 30_000;

/** Whether the clock was set since the machine seemed to have been started at that time. */
export function hasJumped(startedAt: number, { now, uptime }: ClockReading): boolean {
  return Math.abs(now - uptime - startedAt) > JUMP_MS;
}

/**
 * What an answer tells of the service's time to a program that goes on running. Its Date may
 * be old by the answer's delay, and is never from the future: a clock that is behind it is wrong.
 *
 * @param service the answer's Date, in milliseconds since the epoch
 */
export function timeSeen(service: number, reading: ClockReading): ClockSkew {
  const ahead = Math.max(service - reading.now, skewSeen(service, reading)?.ahead ?? 0);
  return { ahead, startedAt: reading.now - reading.uptime };
}

/**
 * The service's time, by both clocks: what was known of it, and the time since, however the
 * machine's clock was set; and by that clock, where it says that it is later.
 *
 * @param known with a skew of 0 where there was none
 */
export function lastingTime(known: ClockSkew, reading: ClockReading): number {
  const { ahead, startedAt } = known;
  const { now, uptime } = reading;
  const byClock = hasJumped(startedAt, reading) ? now : now + ahead;
  return Math.max(startedAt + uptime + ahead, byClock);
}

/** Whether one may stand for the other. */
export function isSameSkew(one: ClockSkew | undefined, other: ClockSkew | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const isNear = (a: number, b: number) => Math.abs(a - b) <= NOTICED_MS / 2;
  return isNear(one.ahead, other.ahead) && isNear(one.startedAt, other.startedAt);
}
