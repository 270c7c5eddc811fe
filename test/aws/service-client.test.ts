import { Agent } from "node:https";
import { describe, expect, test } from "vitest";
import {
  clientSettings,
  errorName,
  hasty,
  serviceFailure,
  statusOf,
  traced,
} from "../../src/aws/service-client.ts";
import { SsoxError } from "../../src/errors.ts";

describe("the settings of a client", () => {
  const settings = (env: Record<string, string>, region = "eu-west-1") =>
    clientSettings("sso", region, { env, trace: () => {} });

  test("all are given: the SDK looks nowhere itself", async () => {
    expect(await settings({ AWS_USE_FIPS_ENDPOINT: "true" })).toMatchObject({
      region: "eu-west-1",
      endpoint: "https://portal.sso-fips.eu-west-1.amazonaws.com",
      maxAttempts: 3,
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
      requestHandler: { requestTimeout: 15_000, httpsAgent: expect.any(Agent) },
    });
  });

  test("a hasty call is made once", async () => {
    const given = await settings({});
    expect(hasty(given)).toMatchObject({
      maxAttempts: 1,
      requestHandler: { ...given.requestHandler, requestTimeout: 10_000 },
    });
  });

  test("an endpoint of the environment's, if tokens may go there", async () => {
    const endpoint = "https://x";
    expect(await settings({ AWS_ENDPOINT_URL_SSO: endpoint })).toMatchObject({ endpoint });
    await expect(settings({ AWS_ENDPOINT_URL_SSO: "http://x" })).rejects.toThrow("in the clear");
  });

  test("no host is built from what is no region", async () => {
    await expect(settings({}, "evil.example/")).rejects.toMatchObject({ code: "ConfigInvalid" });
  });
});

function failure(name: string, status?: number, code?: string): Error {
  const error = Object.assign(new Error("boom"), {
    ...(status !== undefined && { $metadata: { httpStatusCode: status } }),
    ...(code !== undefined && { code }),
  });
  error.name = name;
  return error;
}

test.each([
  [failure("TooManyRequestsException", 429), "Throttled"],
  [failure("Unknown", 429), "Throttled"],
  [failure("ThrottlingException", 400), "Throttled"],
  [failure("Error", undefined, "ECONNREFUSED"), "NetworkError"],
  [failure("Error", undefined, "ENOTFOUND"), "NetworkError"],
  [failure("Error", undefined, "CERT_HAS_EXPIRED"), "NetworkError"],
  [failure("TimeoutError"), "NetworkError"],
  [failure("Error", 200, "ECONNRESET"), "NetworkError"],
  [failure("InternalServerException", 500), "ServiceUnavailable"],
  [failure("Unknown", 302), "ServiceUnavailable"],
  [new SyntaxError("Unexpected token <"), "ServiceUnavailable"],
  [new SsoxError("AccessDenied", "known already", { hint: "ask" }), "AccessDenied"],
])("%s becomes %s", (error, code) => {
  expect(serviceFailure(error, "listing", "eu-west-1")).toMatchObject({ code });
});

test("the message names what failed, where, and how", () => {
  expect(
    serviceFailure(failure("Error", undefined, "ENOTFOUND"), "listing", "eu-west-1"),
  ).toMatchObject({
    message: "No answer from AWS in eu-west-1 (listing): ENOTFOUND.",
    hint: expect.stringContaining("sso_region"),
  });
});

test.each([
  ["CERT_HAS_EXPIRED", "the clock"],
  ["CERT_NOT_YET_VALID", "the clock"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "another machine answers"],
])("of %s the hint is to check %s", (code, hint) => {
  expect(serviceFailure(failure("Error", undefined, code), "listing", "eu-west-1")).toMatchObject({
    hint: expect.stringContaining(hint),
  });
});

test.each([
  undefined,
  null,
  "text",
  5,
  {},
  { $metadata: null },
  { $metadata: { httpStatusCode: "x" } },
])("whatever is thrown has a name, and perhaps a status: %j", (thrown) => {
  expect(statusOf(thrown)).toBe(undefined);
  expect(errorName(thrown)).toBe("Error");
});

test("the trace has the name and the outcome alone", async () => {
  const trace: string[] = [];
  const access = { env: {}, trace: (line: string) => trace.push(line) };
  expect(await traced("sso ListAccounts", access, async () => 5)).toBe(5);
  const error = failure("UnauthorizedException", 401);
  await expect(traced("sso ListAccounts", access, () => Promise.reject(error))).rejects.toBe(error);
  const lost = failure("TimeoutError", undefined);
  await expect(traced("sso ListAccounts", access, () => Promise.reject(lost))).rejects.toBe(lost);
  expect(trace).toEqual([
    "sso ListAccounts: ok",
    "sso ListAccounts: 401 UnauthorizedException",
    "sso ListAccounts: TimeoutError",
  ]);
});
