import { describe, expect, it } from "vitest";
import { nextWarning, warningDue } from "../../src/domain/session-warning.ts";

const MINUTE = 60_000;

describe("warningDue", () => {
  it.each([
    [16, undefined, undefined],
    [15, undefined, 15],
    [14, 15, undefined],
    [5, 15, 5],
    [3, undefined, 5],
    [3, 5, undefined],
    [0, undefined, undefined],
    [-1, 15, undefined],
  ])("with %s minutes left, after that of %s: %s", (left, warned, expected) => {
    expect(warningDue(left * MINUTE, warned)).toBe(expected);
  });
});

describe("nextWarning", () => {
  it.each([
    [0, 45],
    [45, 55],
    [50, 55],
    [55, Number.POSITIVE_INFINITY],
    [61, Number.POSITIVE_INFINITY],
  ])("of a session of an hour, after %i minutes, is at %s", (now, expected) => {
    expect(nextWarning(60 * MINUTE, now * MINUTE)).toBe(expected * MINUTE);
  });
});
