import { uptime } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** Time as the program sees it. Tests hand in one that they move themselves. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since the start of the machine, sleep included: setting the clock does not move it. */
  uptime(): number;
  /**
   * Resolves after `milliseconds`; rejects with the signal's reason as soon as
   * `signal` aborts. Keeps the process alive meanwhile.
   */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  uptime: () => uptime() * 1000,
  async sleep(milliseconds, signal) {
    // setTimeout fires at once for delays over 2^31-1 ms (24.8 days).
    let left = milliseconds;
    do {
      const step = Math.min(left, 0x7fffffff);
      await delay(step, undefined, signal ? { signal } : {}).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw error;
      });
      left -= step;
    } while (left > 0);
  },
};
