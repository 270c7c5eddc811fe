import { describe, expect, test } from "vitest";
import { firstPace, paceAfter, paceAt, resendDelay } from "../../src/domain/request-pace.ts";
import { type Bucket, throttle } from "../../src/lab/rate-limits.ts";

const NOW = 1_790_000_000_000;
const REFUSAL = { sentAt: NOW + 3_000, retryAfter: 0, sent: 160, taken: undefined };

test.each([
  [0, 20, 4],
  [500, 28.28, 5],
  [1_000, 40, 8],
  [2_000, 80, 16],
  [4_000, 320, 64],
  [6_000, 1_280, 64],
  [3_600_000, Number.POSITIVE_INFINITY, 64],
  [-1_000, 20, 4],
])("before a refusal, after %i ms: %f a second, %i in flight", (after, perSecond, inFlight) => {
  const pace = paceAt(firstPace(NOW), NOW + after);
  expect(pace.inFlight).toBe(inFlight);
  if (Number.isFinite(perSecond)) expect(pace.perSecond).toBeCloseTo(perSecond, 1);
  else expect(pace.perSecond).toBe(perSecond);
});

// Refused at 160 a second, with 32 in flight.
test.each([
  [undefined, 0, 106.7],
  [undefined, 500, 130.9],
  [undefined, 1_000, 155.2],
  [undefined, 2_000, 156.8],
  [undefined, 4_000, 166.4],
  [undefined, 8_000, 358.4],
  [100, 0, 97],
  [100, 1_000, 97],
  [100, 4_000, 104],
  [130, 0, 106.7],
  [130, 1_000, 126.1],
  [0, 0, 0.97],
  [500, 1_000, 155.2],
])("after one, when %s were taken in the last second, %i ms on: %f", (taken, after, perSecond) => {
  const basis = paceAfter(firstPace(NOW), { ...REFUSAL, taken }, NOW + 3_000);
  expect(paceAt(basis, NOW + 3_000 + after).perSecond).toBeCloseTo(perSecond, 1);
});

test.each([
  ["little was sent", 3, 2, 20],
  ["half of the pace was sent", 40, 15, 15],
  ["the pace had run away from what was sent", 40, undefined, 80],
])("where %s (%i, of which %s were taken), the limit is taken for %i", (_, sent, taken, limit) => {
  const basis = paceAfter(firstPace(NOW), { ...REFUSAL, sent, taken }, NOW + 3_000);
  expect(basis.limit).toBe(limit);
});

test.each([
  [0, 21],
  [1_000, 25],
  [60_000, 64],
])(
  "what is in flight is cut by a third, and grows by four a second: after %i ms %i",
  (after, slots) => {
    const basis = paceAfter(firstPace(NOW), REFUSAL, NOW + 3_000);
    expect(paceAt(basis, NOW + 3_000 + after).inFlight).toBe(slots);
  },
);

test("four may always be in flight", () => {
  let basis = firstPace(NOW);
  for (let at = NOW; at < NOW + 9; at += 1)
    basis = paceAfter(basis, { ...REFUSAL, sentAt: at }, at);
  expect(paceAt(basis, NOW + 9).inFlight).toBe(4);
});

test("requests that were under way do not cut it again", () => {
  const cut = paceAfter(firstPace(NOW), REFUSAL, NOW + 3_100);
  expect(paceAfter(cut, { ...REFUSAL, sentAt: NOW + 3_099 }, NOW + 3_200)).toBe(cut);
  const again = paceAfter(cut, { ...REFUSAL, sentAt: NOW + 3_101 }, NOW + 3_200);
  expect(again.perSecond).toBeLessThan(cut.perSecond);
});

test("it does not grow before the service wants to hear of it again", () => {
  const basis = paceAfter(firstPace(NOW), { ...REFUSAL, retryAfter: 5_000 }, NOW + 3_000);
  expect(paceAt(basis, NOW + 7_900)).toEqual(paceAt(basis, NOW + 3_000));
  expect(paceAt(basis, NOW + 8_500).perSecond).toBeGreaterThan(
    paceAt(basis, NOW + 8_000).perSecond,
  );
});

describe("behind a limit", () => {
  test.each([
    [5, 5, 0.9],
    [20, 5, 0.9],
    [20, 20, 0.95],
    [100, 20, 0.9],
    [100, 100, 0.95],
    [400, 400, 0.85],
  ])(
    "of %i requests a second, with bursts of %i, it comes to %f of it",
    (perSecond, burst, share) => {
      expect(takenInMinute({ perSecond, burst }) / 60 / perSecond).toBeGreaterThan(share);
    },
  );

  test("it finds a limit that was raised, and one that was lowered", () => {
    const lowered = takenInMinute({ perSecond: 50, burst: 50 }, { perSecond: 10, burst: 10 });
    expect(lowered).toBeGreaterThan(0.9 * 30 * (50 + 10));
    const raised = takenInMinute({ perSecond: 20, burst: 20 }, { perSecond: 40, burst: 40 });
    expect(raised).toBeGreaterThan(0.9 * 60 * 20);
  });
});

/** Requests that a limit lets through in a minute, when answers take no time; `later` holds from the half on. */
function takenInMinute(limit: { perSecond: number; burst: number }, later = limit): number {
  const buckets = new Map<string, Bucket>();
  let basis = firstPace(NOW);
  const sent: number[] = [];
  const taken: number[] = [];
  for (let now = NOW; now < NOW + 60_000; now += 1_000 / paceAt(basis, now).perSecond) {
    sent.push(now);
    const limits = { "*": now < NOW + 30_000 ? limit : later };
    if (throttle("ListAccountRoles", limits, buckets, now) === undefined) {
      taken.push(now);
      continue;
    }
    const lately = (times: readonly number[]) => times.filter((at) => at > now - 1_000).length;
    const known = now - NOW < 1_000 ? undefined : lately(taken);
    basis = paceAfter(basis, { sentAt: now, retryAfter: 0, sent: lately(sent), taken: known }, now);
  }
  return taken.length;
}

test.each([
  [1, 1, 250],
  [1, 0.5, 125],
  [3, 1, 1_000],
  [6, 1, 8_000],
  [60, 1, 8_000],
  [2_000, 1, 8_000],
  [5, 0, 0],
])("the wait after failure %i, with a jitter of %f, is %i ms", (failures, jitter, wait) => {
  expect(resendDelay(failures, jitter)).toBe(wait);
});
