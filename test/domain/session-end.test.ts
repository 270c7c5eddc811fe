import { describe, expect, test } from "vitest";
import { lengthSeen, type SessionFacts, sessionEnd } from "../../src/domain/session-end.ts";

const HOUR = 3_600_000;
const FACTS: SessionFacts = {
  signedInAt: 1_000,
  configuredLength: 8 * HOUR,
  learnedLength: 12 * HOUR,
  tokenExpiresAt: 1_000 + HOUR,
  hasRefreshToken: true,
};

describe("the end of a session", () => {
  test.each<[what: string, changed: Partial<SessionFacts>, end: unknown]>([
    ["as configured", {}, { at: 1_000 + 8 * HOUR, basis: "configured" }],
    ["as learned", { configuredLength: undefined }, { at: 1_000 + 12 * HOUR, basis: "learned" }],
    [
      "with a token that cannot be refreshed",
      { hasRefreshToken: false },
      { at: 1_000 + HOUR, basis: "token" },
    ],
    ["unknown without the time of the sign-in", { signedInAt: undefined }, undefined],
    [
      "unknown where nothing tells it: never the token's hour",
      { configuredLength: undefined, learnedLength: undefined },
      undefined,
    ],
  ])("%s", (_, changed, end) => {
    expect(sessionEnd({ ...FACTS, ...changed })).toEqual(end);
  });
});

describe("the length that a session was seen to have", () => {
  test.each<[lastGood: number, refused: number, length: number | undefined]>([
    [7.2, 8.05, 8],
    [11.9, 12.6, 12],
    [23.5, 24.5, 24],
    [0.6, 0.8, 0.75],
    [7.55, 7.7, 7.7],
    [7.2, 9, undefined],
    [0.24, 0.26, 0.25],
    [0.01, 0.02, undefined],
    [0, 0, undefined],
  ])("good at %s h, refused at %s h: %s h", (lastGood, refused, length) => {
    const seen = lengthSeen(5, 5 + lastGood * HOUR, 5 + refused * HOUR);
    expect(seen === undefined ? undefined : seen / HOUR).toBe(length);
  });
});
