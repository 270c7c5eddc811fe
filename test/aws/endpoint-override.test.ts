import { describe, expect, test } from "vitest";
import { endpointOverride as override, type Service } from "../../src/aws/endpoint-override.ts";
import type { ProfileNetwork } from "../../src/aws/network-settings.ts";
import { isLoopback } from "../../src/domain/url.ts";

const URL_A = "https://a.example/prefix";
const URL_B = "https://b.example";
const URL_C = "https://c.example";

type Variables = Readonly<Record<string, string>>;

function endpointOverride(service: Service, env: Variables, profile?: ProfileNetwork) {
  return override(service, { env, profile });
}

describe("43 · the order of the variables", () => {
  test.each([
    ["sso", "AWS_ENDPOINT_URL_SSO"],
    ["sso-oidc", "AWS_ENDPOINT_URL_SSO_OIDC"],
    ["sts", "AWS_ENDPOINT_URL_STS"],
    ["signin", "AWS_ENDPOINT_URL_SIGNIN"],
  ] as const)("%s: %s, then AWS_ENDPOINT_URL", (service, variable) => {
    const both = { [variable]: URL_A, AWS_ENDPOINT_URL: URL_B };
    expect(endpointOverride(service, both)).toMatchObject({ value: URL_A, source: variable });
    const general = { value: URL_B, source: "AWS_ENDPOINT_URL" };
    expect(endpointOverride(service, { ...both, [variable]: "" })).toMatchObject(general);
    expect(endpointOverride(service, { AWS_ENDPOINT_URL: URL_B })).toMatchObject(general);
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

describe("43 · the profile's endpoints", () => {
  const profile = (settings: Variables, endpoints: Variables = {}): ProfileNetwork => {
    return { name: "dev", settings, endpoints: new Map(Object.entries(endpoints)) };
  };

  test.each([
    ["sso", "sso"],
    ["sso-oidc", "sso_oidc"],
    ["sts", "sts"],
  ] as const)(
    "%s: the variables, then the services section, then endpoint_url",
    (service, section) => {
      const all = profile({ endpoint_url: URL_C }, { [section]: URL_B, other: URL_A });
      expect(endpointOverride(service, { AWS_ENDPOINT_URL: URL_A }, all)?.value).toBe(URL_A);
      expect(endpointOverride(service, { AWS_ENDPOINT_URL: "" }, all)?.value).toBe(URL_B);
      const general = profile({ endpoint_url: URL_C }, { [section]: "", other: URL_A });
      expect(endpointOverride(service, {}, general)).toMatchObject({
        value: URL_C,
        source: 'endpoint_url of the profile "dev"',
      });
      expect(endpointOverride(service, {}, profile({}))).toBe(undefined);
    },
  );

  test("are turned off by the profile, unless the environment says otherwise", () => {
    const off = profile({ endpoint_url: URL_C, ignore_configured_endpoint_urls: "true" });
    expect(endpointOverride("sso", { AWS_ENDPOINT_URL: URL_A }, off)).toBe(undefined);
    const env = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "false" };
    expect(endpointOverride("sso", env, off)?.value).toBe(URL_C);
  });

  test("must be safe as well", () => {
    expect(() => endpointOverride("sso", {}, profile({ endpoint_url: "http://x" }))).toThrow(
      expect.objectContaining({ code: "Usage", hint: "edit it in the AWS config file" }),
    );
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
    expect(endpointOverride("sso", { AWS_ENDPOINT_URL: url })?.value).toBe(url);
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
