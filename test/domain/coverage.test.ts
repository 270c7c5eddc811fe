import { describe, expect, it } from "vitest";
import { coverage } from "../../src/domain/coverage.ts";

describe("coverage of what is needed until 100", () => {
  it.each([
    ["keys without an end", Number.POSITIVE_INFINITY, false, undefined, { kind: "covered" }],
    ["keys whose end nothing tells", undefined, true, undefined, { kind: "unknown" }],
    ["what keys without an end renew", 50, true, Number.POSITIVE_INFINITY, { kind: "covered" }],
    ["credentials in hand that last", 100, false, 50, { kind: "covered" }],
    ["a session that lasts", 50, true, 100, { kind: "covered" }],
    ["an unknown session", 50, true, undefined, { kind: "unknown" }],
    ["a session that ends", 50, true, 99, { kind: "session", until: 99 }],
    ["credentials that outlast their session", 60, true, 40, { kind: "session", until: 60 }],
    ["credentials that nobody renews", 50, false, 200, { kind: "role", until: 50 }],
  ] as const)("%s", (_what, expiration, isRenewed, sessionEnd, expected) => {
    expect(coverage({ expiration, isRenewed, sessionEnd }, 100)).toEqual(expected);
  });
});
