import { describe, expect, it } from "vitest";
import {
  attemptLimit,
  isTooShortToStart,
  renewalTime,
  retryDelay,
} from "../../src/domain/renewal.ts";

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 1);

describe("renewalTime", () => {
  it.each([
    { made: 0, lasts: 60, due: 40, why: "an hour's, just made" },
    { made: -30, lasts: 60, due: 10, why: "an hour's, half used" },
    { made: 0, lasts: 15, due: 10, why: "a short one" },
    { made: 0, lasts: 12 * 60, due: 8 * 60, why: "twelve hours'" },
    { made: undefined, lasts: 60, due: 40, why: "of unknown age, with an hour left" },
    { made: undefined, lasts: 25, due: 5, why: "of unknown age, taken for an hour's" },
    { made: undefined, lasts: 300, due: 200, why: "of unknown age, longer than an hour" },
  ])("is two thirds into the lifetime: $why", ({ made, lasts, due }) => {
    const obtainedAt = made === undefined ? undefined : NOW + made * MINUTE;
    const expiration = NOW + ((made ?? 0) + lasts) * MINUTE;
    expect(renewalTime({ expiration, obtainedAt }, NOW)).toBe(NOW + due * MINUTE);
  });

  it.each([
    { expiration: NOW + MINUTE, obtainedAt: NOW - 59 * MINUTE },
    { expiration: NOW - MINUTE, obtainedAt: undefined },
    { expiration: NOW, obtainedAt: NOW },
  ])("is a second away when it is over: %j", (times) => {
    expect(renewalTime(times, NOW)).toBe(NOW + 1_000);
  });
});

describe("isTooShortToStart", () => {
  it.each([
    { left: 21, age: 39, expected: false },
    { left: 19, age: 41, expected: true },
    { left: 19, age: undefined, expected: true },
    { left: 15, age: 0, expected: false },
    { left: 13, age: 2, expected: true },
  ])(
    "with $left minutes left of those made $age minutes ago: $expected",
    ({ left, age, expected }) => {
      const obtainedAt = age === undefined ? undefined : NOW - age * MINUTE;
      expect(isTooShortToStart({ expiration: NOW + left * MINUTE, obtainedAt }, NOW)).toBe(
        expected,
      );
    },
  );
});

describe("retryDelay", () => {
  it("doubles", () => {
    const waits = [1, 2, 3, 4, 5].map((failures) => retryDelay(failures, 60 * MINUTE, 1));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
  });

  it("has full jitter, down to a second", () => {
    expect(retryDelay(5, 60 * MINUTE, 0.5)).toBe(8_000);
    expect(retryDelay(5, 60 * MINUTE, 0)).toBe(1_000);
  });

  it("is never above a sixth of what remains, nor under a second", () => {
    expect(retryDelay(1_000, 60 * MINUTE, 0.999)).toBe(10 * MINUTE);
    expect(retryDelay(20, 30_000, 0.999)).toBe(5_000);
    expect(retryDelay(20, 100, 0.999)).toBe(1_000);
  });

  it("is a minute at most where nobody knows what remains", () => {
    expect(retryDelay(1_000, Number.POSITIVE_INFINITY, 0.999)).toBe(MINUTE);
    expect(retryDelay(1, Number.POSITIVE_INFINITY, 0.999)).toBe(1_000);
  });

  it("is ten seconds at most once they have expired", () => {
    expect(retryDelay(20, -MINUTE, 0.999)).toBe(10_000);
    expect(retryDelay(1, -MINUTE, 0.999)).toBe(1_000);
  });
});

describe("attemptLimit", () => {
  it.each([
    [20 * MINUTE, (20 * MINUTE) / 3],
    [15_000, 5_000],
    [20_000, 6_666],
    [1_000, 5_000],
    [-1, 10 * MINUTE],
    [12 * 60 * MINUTE, 10 * MINUTE],
    [Number.POSITIVE_INFINITY, 10 * MINUTE],
  ])("with %s ms left: %s", (left, limit) => {
    expect(attemptLimit(left)).toBe(limit);
  });
});
