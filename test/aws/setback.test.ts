import { expect, test } from "vitest";
import { openPortal, type Sending } from "../../src/aws/portal.ts";
import { setbackOf } from "../../src/aws/setback.ts";
import { Interrupted, SsoxError } from "../../src/errors.ts";
import { type RawAnswer, startRawServer } from "./raw-server.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const PASSING = { isThrottled: false, retryAfter: 0 };
const THROTTLED = { isThrottled: true, retryAfter: 0 };
const refusal = (status: number, name: string, headers = {}): RawAnswer => ({
  status,
  headers: { "x-amzn-ErrorType": name, ...headers },
  body: { message: "no" },
});

test.each<[string, RawAnswer, unknown]>([
  ["429", refusal(429, "TooManyRequestsException"), THROTTLED],
  ["429 without a name", { status: 429, body: {} }, THROTTLED],
  ["429 as a page of HTML", { status: 429, body: "<html></html>" }, THROTTLED],
  ["400 with the name of throttling", refusal(400, "ThrottlingException"), THROTTLED],
  [
    "Retry-After in seconds",
    refusal(429, "TooManyRequestsException", { "Retry-After": "3" }),
    { isThrottled: true, retryAfter: 3_000 },
  ],
  [
    "Retry-After as a date",
    refusal(503, "X", { "Retry-After": "Sun, 01 Mar 2026 12:00:07 GMT" }),
    { isThrottled: false, retryAfter: 7_000 },
  ],
  [
    "Retry-After that is over",
    refusal(429, "X", { "Retry-After": "Sun, 01 Mar 2026 11:59:07 GMT" }),
    THROTTLED,
  ],
  ["Retry-After that is none", refusal(429, "X", { "Retry-After": "soon" }), THROTTLED],
  ["500", refusal(500, "InternalServerException"), PASSING],
  ["503", { status: 503, body: "{}" }, PASSING],
  ["a connection cut before the answer", { drop: "before" }, PASSING],
  ["half an answer", { drop: "within", body: '{"acc' }, PASSING],
  ["half a JSON", { body: '{"accountList":[{"acc' }, PASSING],
  ["a page of HTML", { body: "<html></html>" }, PASSING],
  ["an answer without its list", { body: {} }, PASSING],
  ["401", refusal(401, "UnauthorizedException"), undefined],
  ["403", refusal(403, "ForbiddenException"), undefined],
  ["400", refusal(400, "InvalidRequestException"), undefined],
  ["404", refusal(404, "ResourceNotFoundException"), undefined],
  ["407", { status: 407, body: "{}" }, undefined],
])("%s", async (_, answer, setback) => {
  const { access, requests } = await startRawServer(answer);
  const seen: unknown[] = [];
  const sending: Sending = async (attempt) =>
    await attempt().catch((error: unknown) => {
      seen.push(setbackOf(error, NOW));
      throw error;
    });
  const portal = await openPortal("eu-west-1", "token", access, sending);
  await portal.listAccounts().catch(() => {});
  expect(seen).toEqual([setback]);
  // The SDK sends nothing again by itself.
  expect(requests).toHaveLength(1);
});

test("what no further attempt mends", () => {
  expect(setbackOf(new Interrupted("SIGINT"), NOW)).toBe(undefined);
  expect(setbackOf(new SsoxError("Usage", "http", { hint: "use https" }), NOW)).toBe(undefined);
  for (const code of [
    "SELF_SIGNED_CERT_IN_CHAIN",
    "CERT_HAS_EXPIRED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ])
    expect(setbackOf(Object.assign(new Error("x"), { code }), NOW)).toBe(undefined);
  expect(setbackOf(Object.assign(new Error("x"), { code: "ECONNREFUSED" }), NOW)).toEqual(PASSING);
});
