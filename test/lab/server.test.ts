import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { isExpectedHost } from "../../src/lab/hosts.ts";
import { startLab } from "../../src/lab/lab.ts";
import { systemClock } from "../../src/system/clock.ts";
import { FakeClock } from "../helpers/clock.ts";
import { startTestLab } from "../helpers/lab.ts";
import { post } from "./client.ts";

function answerToHost(url: string, host: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}/device`, { headers: { host } }, (response) => {
      response.resume();
      resolve([response.statusCode, response.headers.connection]);
    });
    request.on("error", reject).end();
  });
}

describe("hosts", () => {
  const port = 8400;
  test.each([
    "127.0.0.1:8400",
    "localhost:8400",
    "oidc.eu-west-1.amazonaws.com",
    "portal.sso.us-east-1.amazonaws.com:443",
    "sts.amazonaws.com",
    "sts.eu-west-1.amazonaws.com",
    "oidc.cn-north-1.amazonaws.com.cn",
    "oidc-fips.us-gov-west-1.api.aws",
    "oidc.eusc-de-east-1.amazonaws.eu",
  ])("serves %s", (host) => {
    expect(isExpectedHost(host, port)).toBe(true);
  });

  test.each([
    undefined,
    "",
    "127.0.0.1",
    "127.0.0.1:8401",
    "evil.example:8400",
    "localhost.evil.example:8400",
    "oidc.eu-west-1.amazonaws.com.evil.example",
    "oidc.evil.example.amazonaws.com",
    "s3.amazonaws.com",
  ])("does not serve %s", (host) => {
    expect(isExpectedHost(host, port)).toBe(false);
  });

  test("are looked at in every request", async () => {
    const lab = await startTestLab({ wrongRequests: true });
    expect(await answerToHost(lab.url, "evil.example")).toEqual([421, "close"]);
    expect(await answerToHost(lab.url, "oidc.eu-west-1.amazonaws.com")).toEqual([
      200,
      "keep-alive",
    ]);
    expect(lab.requests).toMatchObject([
      { service: "unknown", operation: "GET /device", status: 421, error: "Wrong host" },
      { service: "page", operation: "Device", status: 200 },
    ]);
  });
});

test("bodies over 64 KiB are not read", async () => {
  const lab = await startTestLab({ wrongRequests: true });
  const clientName = "x".repeat(65 * 1024);
  const init = { method: "POST", body: JSON.stringify({ clientName }) };
  const status = await fetch(`${lab.url}/client/register`, init).then(
    (response) => response.status,
    () => "cut",
  );
  expect([413, "cut"]).toContain(status);
  expect(lab.requests).toMatchObject([{ status: 413 }]);
});

test.each([
  ["GET", "/nowhere"],
  ["GET", "/token"],
  ["DELETE", "/logout"],
  ["POST", "/constructor"],
  ["POST", "/"],
])("%s %s is unknown", async (method, path) => {
  const lab = await startTestLab({ wrongRequests: true });
  expect((await fetch(lab.url + path, { method })).status).toBe(404);
  expect(lab.requests).toMatchObject([{ service: "unknown", operation: `${method} ${path}` }]);
});

test("answers carry the lab's own time and a request id of their own", async () => {
  const clock = new FakeClock(Date.UTC(2031, 4, 6, 7, 8, 9));
  const lab = await startTestLab({ clock });
  const body = { clientName: "x", clientType: "public" };
  const [one, two] = [
    await post(lab, "/client/register", body),
    await post(lab, "/client/register", body),
  ];
  expect(one.headers.get("date")).toBe("Tue, 06 May 2031 07:08:09 GMT");
  expect(one.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
  expect(one.headers.get("x-amzn-requestid")).not.toBe(two.headers.get("x-amzn-requestid"));
  expect(lab.requests[0]?.time).toBe(Date.UTC(2031, 4, 6, 7, 8, 9));
});

test("latency is real time", async () => {
  const lab = await startTestLab({ latency: 120, clock: new FakeClock() });
  const start = performance.now();
  await fetch(`${lab.url}/device`);
  expect(performance.now() - start).toBeGreaterThan(110);
});

test("stop ends it, twice over, in the middle of a request", async () => {
  const lab = await startLab({}, systemClock);
  const { host, port } = new URL(lab.url);
  const socket = connect(Number(port), "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
  });
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(`POST /token HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 9\r\n\r\n`);
  await fetch(`${lab.url}/device`);
  await lab.stop();
  await lab.stop();
  await expect(fetch(`${lab.url}/device`)).rejects.toThrow();
});

test("a port in use, and options that make no sense, are wrong usage", async () => {
  const lab = await startTestLab();
  const port = Number(new URL(lab.url).port);
  await expect(startLab({ port }, systemClock)).rejects.toMatchObject({
    code: "Usage",
    message: expect.stringContaining("in use"),
  });
  for (const options of [
    { startUrl: "no URL" },
    { port: 70_000 },
    { lifetimes: { session: 0 } },
    { pageSize: 101 },
    { latency: -1 },
  ]) {
    await expect(startLab(options, systemClock)).rejects.toMatchObject({ code: "Usage" });
  }
});
