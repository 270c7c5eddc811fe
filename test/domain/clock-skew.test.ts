import { expect, test } from "vitest";
import { correction, isSameSkew, skewSeen } from "../../src/domain/clock-skew.ts";

const NOW = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const UPTIME = 86_400_000;
const READING = { now: NOW, uptime: UPTIME };

test.each([
  [0, undefined],
  [60_000, undefined],
  [-60_000, undefined],
  [60_001, 60_001],
  [-60_001, -60_001],
  [60 * MINUTE, 60 * MINUTE],
])("a service that is %i ms ahead: %s", (ahead, expected) => {
  const skew = skewSeen(NOW + ahead, READING);
  expect(skew?.ahead).toBe(expected);
  expect(correction(skew, READING)).toBe(expected ?? 0);
});

test.each([
  ["an hour later", { now: NOW + 60 * MINUTE, uptime: UPTIME + 60 * MINUTE }, true],
  ["after a second's adjustment", { now: NOW + 1_000, uptime: UPTIME }, true],
  ["once the clock was put right", { now: NOW + 60 * MINUTE, uptime: UPTIME }, false],
  ["after another start", { now: NOW + MINUTE, uptime: 5_000 }, false],
  ["on another machine", { now: NOW, uptime: 3 * UPTIME }, false],
])("a skew of an hour counts %s: %s", (_when, reading, counts) => {
  const skew = skewSeen(NOW + 60 * MINUTE, READING);
  expect(correction(skew, reading)).toBe(counts ? 60 * MINUTE : 0);
});

test.each([
  [undefined, undefined, true],
  [{ ahead: 90_000, startedAt: 0 }, undefined, false],
  [undefined, { ahead: 90_000, startedAt: 0 }, false],
  [{ ahead: 90_000, startedAt: 0 }, { ahead: 120_000, startedAt: -30_000 }, true],
  [{ ahead: 90_000, startedAt: 0 }, { ahead: 120_001, startedAt: 0 }, false],
  [{ ahead: 90_000, startedAt: 0 }, { ahead: 90_000, startedAt: 30_001 }, false],
])("%j is as good as %j: %s", (one, other, same) => {
  expect(isSameSkew(one, other)).toBe(same);
  expect(isSameSkew(other, one)).toBe(same);
});
