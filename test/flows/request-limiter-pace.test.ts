import { describe, expect, it } from "vitest";
import { RequestLimiter } from "../../src/flows/request-limiter.ts";
import { type Bucket, type RateLimit, throttle } from "../../src/lab/rate-limits.ts";
import type { Clock } from "../../src/system/clock.ts";

/*
 * Listings against a service with limits, in simulated time: nothing here waits
 * for a socket, so that many thousands of requests take no time.
 */

describe("a limit that is met while one request at a time is sent", () => {
  it("of the list of accounts, does not slow down what follows", async () => {
    const { listing, seconds } = simulated({
      "*": { perSecond: 20, burst: 20 },
      ListAccounts: { perSecond: 1, burst: 1 },
    });
    await listing({ accounts: 600, latency: 5 });
    // 29 s at the service's own rate, and six seconds for the other pages.
    expect(seconds()).toBeLessThan(60);
  });

  it.each([20, 300])("before a sign-in of minutes, with answers after %i ms", async (latency) => {
    const { clock, listing, seconds, limiter } = simulated({ "*": { perSecond: 20, burst: 20 } });
    const shared = limiter();
    await listing({ accounts: 30, latency, limiter: shared });
    await clock.sleep(300_000);
    await listing({ accounts: 200, latency, limiter: shared });
    // 9 s at the service's own rate.
    expect(seconds() - 300).toBeLessThan(20);
  });
});

describe("two processes behind one limit", () => {
  it("use it all, to the end of the slower one", async () => {
    const { clock, listing, seconds, refused } = simulated({ "*": { perSecond: 20, burst: 20 } });
    const first = listing({ accounts: 500, latency: 300 });
    await clock.sleep(4_000);
    await Promise.all([first, listing({ accounts: 500, latency: 300 })]);
    // 50 s at the service's own rate.
    expect(seconds()).toBeLessThan(62);
    expect(refused()).toBeLessThan(250);
  });
});

it.each([
  [20, 0.9],
  [100, 0.85],
])(
  "1,000 accounts behind %i requests a second, one answer in twenty lost: at %f of the limit",
  async (perSecond, share) => {
    const limits = { "*": { perSecond, burst: perSecond } };
    const { listing, seconds, sent, refused } = simulated(limits, { lost: 20 });
    await listing({ accounts: 1_000, latency: 100 });
    const rate = (sent.length - refused()) / seconds();
    console.info(`behind ${perSecond}/s: ${rate.toFixed(1)}/s, ${refused()} refused`);
    expect(rate).toBeGreaterThan(share * perSecond);
  },
);

it("one process behind a limit uses it, and is seldom refused", async () => {
  const { listing, seconds, refused } = simulated({ "*": { perSecond: 20, burst: 20 } });
  await listing({ accounts: 1_000, latency: 300 });
  // 49 s at the service's own rate.
  expect(seconds()).toBeLessThan(55);
  expect(refused()).toBeLessThan(100);
});

it("the first second's worth is as much after a wait of minutes", async () => {
  const { clock, listing, limiter, sent } = simulated({});
  const shared = limiter();
  await clock.sleep(300_000);
  await listing({ accounts: 400, latency: 0, limiter: shared });
  const [begun = 0] = sent;
  const within = sent.filter((time) => time < begun + 1_000).length;
  expect(within).toBeGreaterThan(40);
  expect(within).toBeLessThan(60);
});

interface Work {
  readonly accounts: number;
  /** Milliseconds. */
  readonly latency: number;
  /** A process of its own by default. */
  readonly limiter?: RequestLimiter;
}

/** @param faults one of so many answers does not arrive */
function simulated(
  limits: Readonly<Record<string, RateLimit>>,
  { lost = Number.POSITIVE_INFINITY } = {},
) {
  const clock = new SimulatedClock();
  const buckets = new Map<string, Bucket>();
  const sent: number[] = [];
  let refused = 0;
  const limiter = () => new RequestLimiter({ clock, signal: new AbortController().signal });
  const request = (operation: string, latency: number) => async () => {
    const isLost = sent.push(clock.now()) % lost === 0;
    const isRefused = throttle(operation, limits, buckets, clock.now()) !== undefined;
    await clock.sleep(latency);
    if (!isRefused && isLost) throw Object.assign(new Error("lost"), { code: "ECONNRESET" });
    if (!isRefused) return;
    refused += 1;
    throw Object.assign(new Error("refused"), { $metadata: { httpStatusCode: 429 } });
  };
  /** The pages of the accounts, one after the other; then the roles of each. */
  const listing = async ({ accounts, latency, limiter: by = limiter() }: Work) => {
    for (let page = 0; page * 100 < accounts; page += 1)
      await by.send(request("ListAccounts", latency));
    const roles = Array.from({ length: accounts }, () =>
      by.send(request("ListAccountRoles", latency)),
    );
    await Promise.all(roles);
  };
  return {
    ...{ clock, limiter, listing, sent },
    seconds: () => (clock.now() - START) / 1000,
    refused: () => refused,
  };
}

const START = 1_790_000_000_000;

/** Moves on by itself as soon as nothing else is left to do. */
class SimulatedClock implements Clock {
  #now = START;
  #sleepers: { readonly due: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  uptime(): number {
    return this.#now - START;
  }

  async sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((wake) => {
      this.#sleepers.push({ due: this.#now + milliseconds, wake });
      if (this.#sleepers.length === 1) setImmediate(() => this.#moveOn());
    });
  }

  #moveOn(): void {
    const due = Math.min(...this.#sleepers.map((sleeper) => sleeper.due));
    this.#now = Math.max(this.#now, due);
    const next = this.#sleepers.find((sleeper) => sleeper.due === due);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
    next?.wake();
    if (this.#sleepers.length > 0) setImmediate(() => this.#moveOn());
  }
}
