import { describe, expect, test } from "vitest";
import { proxyFor } from "../../src/domain/proxy.ts";

const AWS = new URL("https://oidc.eu-west-1.amazonaws.com/token");
const PROXY = "http://proxy.example:3128";

function named(target: URL, env: Record<string, string>): string | undefined {
  return proxyFor(target, env)?.url;
}

describe("which variable", () => {
  test.each([
    [{}, undefined],
    [{ HTTPS_PROXY: PROXY }, PROXY],
    [{ https_proxy: PROXY }, PROXY],
    [{ https_proxy: PROXY, HTTPS_PROXY: "http://other:1" }, PROXY],
    [{ https_proxy: "", HTTPS_PROXY: PROXY }, undefined],
    [{ HTTPS_PROXY: "" }, undefined],
    [{ HTTP_PROXY: PROXY, http_proxy: PROXY, ALL_PROXY: PROXY }, undefined],
  ])("%j: %s for an https URL", (env, expected) => {
    expect(named(AWS, env)).toBe(expected);
  });

  test("HTTP_PROXY for an http URL", () => {
    const target = new URL("http://intranet.example/");
    expect(named(target, { HTTP_PROXY: PROXY })).toBe(PROXY);
    expect(named(target, { HTTPS_PROXY: PROXY })).toBe(undefined);
  });

  test("is named, for messages", () => {
    expect(proxyFor(AWS, { https_proxy: PROXY })?.variable).toBe("https_proxy");
  });
});

describe("NO_PROXY", () => {
  test.each([
    ["oidc.eu-west-1.amazonaws.com", true],
    ["amazonaws.com", true],
    [".amazonaws.com", true],
    ["*.amazonaws.com", true],
    ["AmazonAWS.com", true],
    ["*", true],
    ["localhost,*", true],
    ["localhost, amazonaws.com", true],
    ["localhost amazonaws.com", true],
    ["amazonaws.com:443", true],
    ["amazonaws.com:8443", false],
    ["zonaws.com", false],
    ["eu-west-1.amazonaws.com.evil", false],
    ["amazonaws.com.cn", false],
    ["", false],
    [",", false],
    [".", false],
    [":443", false],
  ])("%j leaves the proxy out: %s", (list, expected) => {
    const env = { HTTPS_PROXY: PROXY, NO_PROXY: list };
    expect(named(AWS, env) === undefined).toBe(expected);
  });

  test.each([
    ["https://10.1.2.3/", "10.1.2.3", true],
    ["https://10.1.2.3:8443/", "10.1.2.3:8443", true],
    ["https://10.1.2.3:8443/", "10.1.2.3:443", false],
    ["https://[fd00::1]:8443/", "fd00::1", true],
    ["https://[fd00::1]:8443/", "[fd00::1]", true],
    ["https://[fd00::1]:8443/", "[fd00::1]:8443", true],
    ["https://[fd00::1]:8443/", "[fd00::1]:443", false],
    ["https://[fd00::1]:8443/", "fd00::2", false],
  ])("of %s: %s takes it out: %s", (target, list, expected) => {
    const env = { HTTPS_PROXY: PROXY, NO_PROXY: list };
    expect(named(new URL(target), env) === undefined).toBe(expected);
  });

  test("the lower-case form wins, also when it is empty", () => {
    const env = { HTTPS_PROXY: PROXY, NO_PROXY: "*" };
    expect(named(AWS, env)).toBe(undefined);
    expect(named(AWS, { ...env, no_proxy: "" })).toBe(PROXY);
  });
});

test.each(["https://127.0.0.1:8443/", "http://localhost:8400/", "https://[::1]:1/"])(
  "%s is reached without",
  (target) => {
    const env = { HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY };
    expect(named(new URL(target), env)).toBe(undefined);
  },
);

describe("the proxy's URL", () => {
  test.each([
    ["proxy.example:3128", PROXY],
    ["//proxy.example:3128", PROXY],
    ["http://proxy.example:3128/", PROXY],
    ["https://proxy.example", "https://proxy.example"],
    ["http://user:secret@proxy.example:3128", PROXY],
    ["user:secret@proxy.example:3128", PROXY],
    ["http://[fd00::1]:3128", "http://[fd00::1]:3128"],
  ])("%s is %s", (value, expected) => {
    expect(named(AWS, { HTTPS_PROXY: value })).toBe(expected);
  });

  test.each([
    ["http://ada:pass@proxy", "ada:pass"],
    ["http://ada:p%40ss%3Aw%C3%B6rd@proxy", "ada:p@ss:wörd"],
    ["http://ada:100%@proxy", "ada:100%"],
    ["http://a@b:pass@proxy", "a@b:pass"],
    ["http://ada@proxy", "ada:"],
  ])("%s signs in as %s", (value, expected) => {
    const { authorization = "" } = proxyFor(AWS, { HTTPS_PROXY: value }) ?? {};
    const [scheme, encoded = ""] = authorization.split(" ");
    expect(scheme).toBe("Basic");
    expect(Buffer.from(encoded, "base64").toString()).toBe(expected);
  });

  test("without a user nobody signs in", () => {
    expect(proxyFor(AWS, { HTTPS_PROXY: PROXY })?.authorization).toBe(undefined);
  });

  test.each([
    "socks5://ada:hunter2@proxy:1080",
    "http://ada:hunter2@",
    "http://ada:hun/ter2@proxy",
    "ftp://proxy",
  ])("%s is refused, and not shown", (value) => {
    const ask = () => proxyFor(AWS, { HTTPS_PROXY: value });
    expect(ask).toThrow(expect.objectContaining({ code: "Usage" }));
    expect(ask).toThrow("HTTPS_PROXY is no URL of an HTTP proxy.");
  });
});
