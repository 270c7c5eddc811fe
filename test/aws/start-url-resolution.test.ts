import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ServiceAccess } from "../../src/aws/service-client.ts";
import { checkedStartUrl, resolveStartUrl } from "../../src/aws/start-url-resolution.ts";
import { type RawAnswer, startRawServer } from "./raw-server.ts";

const PORTAL = "https://d-1234567890.awsapps.com/start";

/** A vanity URL on loopback, which stands for an https one of an organisation. */
async function resolved(...answers: RawAnswer[]) {
  const server = await startRawServer(...answers);
  const asked = () => server.requests.map(({ method, url }) => `${method} ${url}`);
  return { server, asked, answer: resolveStartUrl(`${server.url}/vanity/sso`, server.access) };
}

const to = (location: string, status = 302): RawAnswer => ({
  status,
  headers: { Location: location },
});

describe("resolveStartUrl", () => {
  test.each([PORTAL, `${PORTAL}#/`, `${PORTAL}/`, "https://ssoins-1.portal.eu-west-1.app.aws"])(
    "%s is used as it is, and nobody is asked",
    async (startUrl) => {
      const access = { env: { HTTPS_PROXY: "http://127.0.0.1:1" }, trace: () => {} };
      expect(await resolveStartUrl(startUrl, access)).toBe(startUrl);
    },
  );

  test.each([301, 302, 303, 307, 308])("14 · follows %i once, by HEAD", async (status) => {
    const { answer, asked } = await resolved(to(PORTAL, status));
    expect(await answer).toBe(PORTAL);
    expect(asked()).toEqual(["HEAD /vanity/sso"]);
  });

  test.each([405, 501])("14 · asks by GET where HEAD is answered %i", async (status) => {
    const { answer, asked } = await resolved({ status }, to(PORTAL));
    expect(await answer).toBe(PORTAL);
    expect(asked()).toEqual(["HEAD /vanity/sso", "GET /vanity/sso"]);
  });

  test("a large page in answer to GET is not waited for", async () => {
    const endless = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (data) => {
        const isHead = data.toString().startsWith("HEAD");
        socket.write(
          isHead
            ? "HTTP/1.1 405 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            : `HTTP/1.1 302 Found\r\nLocation: ${PORTAL}\r\nContent-Length: 1000000\r\n\r\n<`,
        );
        if (isHead) socket.end();
      });
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void endless.close());
    const address = endless.address();
    const port = typeof address === "object" ? address?.port : 0;
    const access = { env: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` }, trace: () => {} };
    expect(await resolveStartUrl(`http://127.0.0.1:${port}/sso`, access)).toBe(PORTAL);
  });

  test("14 · fragment, query, user and last slash of the target make no difference", async () => {
    const { answer } = await resolved(to("https://ada:x@D-1234567890.awsapps.com/start/?a=1#/"));
    expect(await answer).toBe(PORTAL);
  });

  test.each([
    ["another vanity URL: one redirect, no more", to("https://sso.example.org/")],
    ["itself", to("/vanity/other")],
    ["plain http", to("http://d-1234567890.awsapps.com/start")],
    ["a host that looks like AWS's", to("https://awsapps.com.example.org/start")],
    ["a captive portal", to("http://login.hotel.example/?next=x")],
    ["no URL", to("https://[")],
    ["nothing", { status: 302 }],
    ["a page of its own", { status: 200, body: "<html>Sign in</html>" }],
    ["a page that is not there", { status: 404 }],
    ["a page that is forbidden", { status: 403 }],
  ])("14 · a start URL that leads to %s is refused", async (_what, answer) => {
    const { answer: refused, asked } = await resolved(answer);
    await expect(refused).rejects.toMatchObject({
      code: "ConfigInvalid",
      message: expect.stringContaining("does not lead to an AWS access portal"),
    });
    expect(asked()).toHaveLength(1);
  });

  test.each([
    ["a service that fails", { status: 503 }, "ServiceUnavailable"],
    ["a rate limit", { status: 429 }, "ServiceUnavailable"],
    ["a connection that is cut", { drop: "before" } as const, "NetworkError"],
  ])("%s is no fault of the start URL", async (_what, answer, code) => {
    await expect((await resolved(answer)).answer).rejects.toMatchObject({ code });
  });

  test("nobody at that address", async () => {
    const access = { env: { AWS_ENDPOINT_URL: "http://127.0.0.1:9" }, trace: () => {} };
    await expect(resolveStartUrl("http://127.0.0.1:9/", access)).rejects.toMatchObject({
      code: "NetworkError",
      message: "No answer from 127.0.0.1:9 (resolving the start URL): ECONNREFUSED.",
    });
  });

  test("a signal ends the wait", async () => {
    const silent = createServer((socket) => void socket.on("error", () => {}));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void silent.close());
    const address = silent.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const controller = new AbortController();
    const env = { AWS_ENDPOINT_URL: url };
    const access: ServiceAccess = { env, trace: () => {}, signal: controller.signal };
    const ended = expect(resolveStartUrl(url, access)).rejects.toThrow("enough");
    controller.abort(new Error("enough"));
    await ended;
  });

  test("the trace says what was asked and answered, and no path", async () => {
    const { server, answer } = await resolved(to(PORTAL));
    await answer;
    expect(server.trace).toEqual([`HEAD ${server.url}: 302`]);
  });
});

test.each([
  ["https://sso.example.com/", {}, true],
  ["http://sso.example.com/", {}, false],
  ["http://127.0.0.1:8400/vanity/sso", {}, false],
  ["http://127.0.0.1:8400/vanity/sso", { AWS_ENDPOINT_URL: "http://127.0.0.1:8400" }, true],
  ["http://127.0.0.1:8401/vanity/sso", { AWS_ENDPOINT_URL: "http://127.0.0.1:8400" }, false],
  ["http://127.0.0.1:8400/x", { AWS_ENDPOINT_URL_SSO: "http://127.0.0.1:8400" }, false],
  ["ftp://sso.example.com/", {}, false],
  ["sso.example.com", {}, false],
])("%s may be a start URL, with %j: %s", (startUrl, env, expected) => {
  expect(checkedStartUrl(startUrl, { env }) !== undefined).toBe(expected);
});
