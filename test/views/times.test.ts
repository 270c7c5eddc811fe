import { expect, test } from "vitest";
import { timeAgo, timeLeft, timeOfDay } from "../../src/views/times.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

test.each([
  [-1, "over"],
  [0, "over"],
  [999, "over"],
  [SECOND, "1 s"],
  [59_999, "59 s"],
  [MINUTE, "60 s"],
  [2 * MINUTE, "2 min"],
  [HOUR - 1, "59 min"],
  [HOUR, "1 h"],
  [3 * HOUR + 12 * MINUTE, "3 h 12 min"],
  [48 * HOUR - 1, "47 h 59 min"],
  [48 * HOUR, "2 days"],
  [90 * 24 * HOUR, "90 days"],
])("%i ms from now: %s", (left, expected) => {
  const now = Date.UTC(2026, 0, 1);
  expect(timeLeft(now + left, now)).toBe(expected);
});

// The constructor takes the numbers for local time, whatever the zone of the tests.
const now = new Date(2026, 2, 4, 9, 5).getTime();

test.each([
  [new Date(2026, 2, 4, 14, 5), "14:05"],
  [new Date(2026, 2, 4, 0, 0), "00:00"],
  [new Date(2026, 2, 5, 0, 0), "2026-03-05 00:00"],
  [new Date(2026, 2, 3, 23, 59), "2026-03-03 23:59"],
  [new Date(2027, 2, 4, 9, 5), "2027-03-04 09:05"],
])("%s: %s", (moment, expected) => {
  expect(timeOfDay(moment.getTime(), now)).toBe(expected);
});

test.each([
  [0, "just now"],
  [999, "just now"],
  [1000, "1 s ago"],
  [3 * HOUR, "3 h ago"],
])("%i ms before now: %s", (age, expected) => {
  expect(timeAgo(now - age, now)).toBe(expected);
});
