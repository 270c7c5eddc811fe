import { describe, expect, test } from "vitest";
import {
  isFreshRoleCredential,
  isFreshToken,
  isRefreshable,
  isUnexpired,
  type TokenTimes,
  tokenState,
} from "../../src/domain/expiry.ts";

const NOW = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe("a token", () => {
  test.each([
    [15 * MINUTE, true],
    [15 * MINUTE - 1, false],
    [0, false],
    [-1, false],
  ])("with %i ms left is fresh: %s", (left, expected) => {
    expect(isFreshToken({ expiresAt: NOW + left }, NOW)).toBe(expected);
  });

  test.each([
    [1, true],
    [0, false],
    [-1, false],
  ])("with %i ms left is good: %s", (left, expected) => {
    expect(isUnexpired({ expiresAt: NOW + left }, NOW)).toBe(expected);
  });

  const whole = {
    expiresAt: NOW,
    clientId: "c",
    clientSecret: "s",
    refreshToken: "r",
    registrationExpiresAt: NOW + 1,
  };
  const { registrationExpiresAt: _, ...undated } = whole;

  test.each<[string, TokenTimes, boolean]>([
    ["whole", whole, true],
    ["with a registration of unknown end", undated, true],
    ["with a registration that ends now", { ...whole, registrationExpiresAt: NOW }, false],
    ["without refresh token", { ...whole, refreshToken: "" }, false],
    ["without client id", { ...whole, clientId: "" }, false],
    ["without client secret", { ...whole, clientSecret: "" }, false],
    ["bare", { expiresAt: NOW }, false],
  ])("%s can be refreshed", (_what, token, expected) => {
    expect(isRefreshable(token, NOW)).toBe(expected);
  });

  test.each<[TokenTimes | undefined, string]>([
    [undefined, "signed-out"],
    [{ expiresAt: NOW + 1 }, "valid"],
    [whole, "refreshable"],
    [{ expiresAt: NOW }, "expired"],
  ])("%j is %s", (token, expected) => {
    expect(tokenState(token, NOW)).toBe(expected);
  });
});

describe("role credentials are fresh", () => {
  test.each([
    ["15 minutes left, of unknown length", 15 * MINUTE, undefined, true],
    ["just under, of unknown length", 15 * MINUTE - 1, undefined, false],
    ["just under, of an hour", 15 * MINUTE - 1, HOUR, false],
    ["just under, of 45 minutes", 15 * MINUTE - 1, 45 * MINUTE, false],
    ["a third of half an hour", 10 * MINUTE, 30 * MINUTE, true],
    ["less than a third of half an hour", 10 * MINUTE - 1, 30 * MINUTE, false],
    ["a third of 90 seconds", 30_000, 90_000, true],
    ["over", 0, 90_000, false],
    ["over, of no length", 0, 0, false],
    ["long over", -HOUR, undefined, false],
  ])("%s", (_what, left, lifetime, expected) => {
    expect(isFreshRoleCredential(NOW + left, lifetime, NOW)).toBe(expected);
  });
});
