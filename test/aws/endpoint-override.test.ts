import { describe, expect, test } from "vitest";
import { endpointOverride, isLoopback } from "../../src/aws/endpoint-override.ts";

const URL_A = "https://a.example/prefix";
const URL_B = "https://b.example";

describe("the order of the variables", () => {
  test.each([
    ["sso", "AWS_ENDPOINT_URL_SSO"],
    ["sso-oidc", "AWS_ENDPOINT_URL_SSO_OIDC"],
    ["sts", "AWS_ENDPOINT_URL_STS"],
  ] as const)("%s: %s, then AWS_ENDPOINT_URL", (service, variable) => {
    const both = { [variable]: URL_A, AWS_ENDPOINT_URL: URL_B };
    expect(endpointOverride(service, both)).toEqual({ url: URL_A, variable });
    const general = { url: URL_B, variable: "AWS_ENDPOINT_URL" };
    expect(endpointOverride(service, { ...both, [variable]: "" })).toEqual(general);
    expect(endpointOverride(service, { AWS_ENDPOINT_URL: URL_B })).toEqual(general);
    expect(endpointOverride(service, { AWS_ENDPOINT_URL: "" })).toBe(undefined);
    expect(endpointOverride(service, {})).toBe(undefined);
  });

  test("one service's variable says nothing about another", () => {
    expect(endpointOverride("sso", { AWS_ENDPOINT_URL_SSO_OIDC: URL_A })).toBe(undefined);
  });

  test.each([
    ["true", true],
    ["TRUE", true],
    ["false", false],
    ["", false],
    ["1", false],
  ])("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=%j ignores them: %s", (value, ignored) => {
    const env = { AWS_ENDPOINT_URL: URL_A, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: value };
    expect(endpointOverride("sso", env) === undefined).toBe(ignored);
  });
});

describe("where tokens may go", () => {
  test.each([
    "https://x",
    "http://127.0.0.1:80",
    "http://127.9.9.9",
    "http://localhost:1",
    "http://[::1]:1/p",
  ])("%s", (url) => {
    expect(endpointOverride("sso", { AWS_ENDPOINT_URL: url })?.url).toBe(url);
  });

  test.each([
    "http://example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://127.0.0.1@example.com",
    "http://10.0.0.1",
    "http://169.254.169.254",
    "ftp://127.0.0.1",
    "127.0.0.1:8080",
    "nonsense",
  ])("not to %s", (url) => {
    expect(() => endpointOverride("sso", { AWS_ENDPOINT_URL_SSO: url })).toThrow(
      expect.objectContaining({ code: "Usage", hint: "unset AWS_ENDPOINT_URL_SSO" }),
    );
  });

  test.each([
    ["127.0.0.1", true],
    ["localhost", true],
    ["[::1]", true],
    ["128.0.0.1", false],
    ["localhost.", false],
  ])("%s is this machine: %s", (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
