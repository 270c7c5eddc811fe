import type { Clock } from "../../src/system/clock.ts";

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** How much more room is given before a sleep of more than so many milliseconds ends. */
const ROOM: readonly (readonly [milliseconds: number, rounds: number])[] = [
  [20_000, 40],
  [2_500, 10],
];

/** A clock that stands still until the test moves it. */
export class FakeClock implements Clock {
  #now: number;
  readonly #start: number;
  readonly #sleepers = new Set<Sleeper>();

  /** @param start milliseconds since the epoch; the real time by default, so that real clients agree with it */
  constructor(start: number = Math.floor(Date.now() / 1000) * 1000) {
    this.#now = start;
    this.#start = start;
  }

  now(): number {
    return this.#now;
  }

  uptime(): number {
    return this.#now - this.#start;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const end = (act: () => void) => () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", aborted);
        act();
      };
      const sleeper = { due: this.#now + milliseconds, wake: end(resolve) };
      const aborted = end(() => reject(signal?.reason));
      signal?.addEventListener("abort", aborted);
      this.#sleepers.add(sleeper);
    });
  }

  /** How many sleeps are pending. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /**
   * Moves the time on, waking every sleep that falls due on the way at its own
   * time and in order; what a sleeper starts is given room to happen before
   * the next one wakes.
   */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (let next = this.#earliest(); next && next.due <= end; next = this.#earliest()) {
      this.#now = Math.max(this.#now, next.due);
      next.wake();
      await settle();
    }
    this.#now = end;
  }

  /**
   * Moves the time from sleep to sleep until `promise` is settled: for work of
   * which only the end matters, however many waits it has.
   */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    for (await settle(); !settled; await settle()) {
      const next = this.#earliest();
      if (!next || (await this.#isForestalled(next))) continue;
      this.#now = Math.max(this.#now, next.due);
      next.wake();
    }
    return await promise;
  }

  /** A long sleep is mostly a time limit: what it limits gets more room, on a busy machine too. */
  async #isForestalled(next: Sleeper): Promise<boolean> {
    const left = next.due - this.#now;
    const [, rounds = 0] = ROOM.find(([milliseconds]) => left > milliseconds) ?? [];
    for (let more = 0; more < rounds; more += 1) {
      await settle();
      if (this.#earliest() !== next) return true;
    }
    return false;
  }

  #earliest(): Sleeper | undefined {
    return [...this.#sleepers].sort((one, other) => one.due - other.due)[0];
  }
}

/**
 * Lets microtasks, file system calls and loopback sockets of this process come
 * to rest. Rounds of the event loop, each with a real pause: a socket's answer
 * needs a handful of them.
 */
async function settle(): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A machine's clock that is wrong; {@link OffClock.by} may be set, as a user sets a clock. */
export class OffClock implements Clock {
  readonly #right: FakeClock;
  /** Milliseconds that it is ahead; negative when it is behind. */
  by: number;

  constructor(right: FakeClock, by: number) {
    this.#right = right;
    this.by = by;
  }

  now(): number {
    return this.#right.now() + this.by;
  }

  uptime(): number {
    return this.#right.uptime();
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await this.#right.sleep(milliseconds, signal);
  }
}
