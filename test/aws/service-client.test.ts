import { describe, expect, test } from "vitest";
import {
  clientSettings,
  errorName,
  serviceFailure,
  statusOf,
  traced,
} from "../../src/aws/service-client.ts";
import { SsoxError } from "../../src/errors.ts";

describe("the settings of a client", () => {
  const settings = (env: Record<string, string>) =>
    clientSettings("sso", "eu-west-1", { env, trace: () => {} });

  test("all are given: the SDK looks nowhere itself", () => {
    expect(settings({})).toMatchObject({
      region: "eu-west-1",
      maxAttempts: 3,
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
    });
    expect(settings({})).not.toHaveProperty("endpoint");
  });

  test.each([
    ["true", true],
    ["True", true],
    ["false", false],
    ["", false],
  ])("FIPS and dual-stack from the environment: %j", (value, expected) => {
    const env = { AWS_USE_FIPS_ENDPOINT: value, AWS_USE_DUALSTACK_ENDPOINT: value };
    expect(settings(env)).toMatchObject({
      useFipsEndpoint: expected,
      useDualstackEndpoint: expected,
    });
  });

  test("an endpoint of the environment's, if tokens may go there", () => {
    expect(settings({ AWS_ENDPOINT_URL_SSO: "https://x" })).toMatchObject({
      endpoint: "https://x",
    });
    expect(() => settings({ AWS_ENDPOINT_URL_SSO: "http://x" })).toThrow("in the clear");
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
  [new SsoxError("AccessDenied", "known already"), "AccessDenied"],
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
  expect(trace).toEqual(["sso ListAccounts: ok", "sso ListAccounts: 401 UnauthorizedException"]);
});
