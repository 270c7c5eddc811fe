import { spawn } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { openOneTimeRedirect } from "../../src/aws/one-time-redirect.ts";

const SECRET = "https://eu-west-1.signin.aws.amazon.com/federation?Action=login&SigninToken=abc";

async function open() {
  const trace: string[] = [];
  const redirect = await openOneTimeRedirect(SECRET, (line) => trace.push(line));
  onTestFinished(() => redirect.close());
  return { ...redirect, trace };
}

async function visit(
  url: string,
  options: { method?: string; headers?: Record<string, string>; family?: number } = {},
): Promise<IncomingMessage> {
  const sent = request(url, { agent: false, ...options }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  return response;
}

test("leads to the secret once, and is no secret itself", async () => {
  const { url, followed, trace } = await open();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
  expect(url).not.toContain("abc");
  const first = await visit(url);
  expect(first.statusCode).toBe(303);
  expect(first.headers).toMatchObject({
    location: SECRET,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-length": "0",
  });
  await followed;
  const second = await visit(url);
  expect(second.statusCode).toBe(404);
  expect(second.headers.location).toBeUndefined();
  expect(trace).toEqual(["the link for the browser was not given: it was used"]);
});

describe("does not give it, nor is it used up", () => {
  test.each<[string, (url: URL) => [string, object]]>([
    ["at another path", (url) => [`${url.origin}/`, {}]],
    ["at a longer path", (url) => [`${url.href}/`, {}]],
    ["with a query", (url) => [`${url.href}?x`, {}]],
    ["by another method", (url) => [url.href, { method: "HEAD" }]],
    ["to a form", (url) => [url.href, { method: "POST" }]],
    ["by another name", (url) => [url.href, { headers: { host: `evil.example:${url.port}` } }]],
    ["by the name localhost", (url) => [url.href, { headers: { host: `localhost:${url.port}` } }]],
    ["to who only looks ahead", (url) => [url.href, { headers: { "sec-purpose": "prefetch" } }]],
  ])("%s", async (_what, asked) => {
    const { url, trace } = await open();
    const [target, options] = asked(new URL(url));
    const refused = await visit(target, options);
    expect(refused.statusCode).toBe(404);
    expect(refused.headers.location).toBeUndefined();
    expect(trace.join()).not.toContain(new URL(url).pathname);
    expect((await visit(url)).statusCode).toBe(303);
  });

  test("to another user's program, by IPv6 too", async ({ skip }) => {
    if (process.getuid?.() !== 0) skip("only root may become another user");
    const { url } = await open();
    // Root's own link is for root alone: to have another user's, somebody else asks.
    for (const host of ["127.0.0.1", "::ffff:127.0.0.1"]) {
      expect(await asUser(54_321, url, host)).toContain("HTTP/1.1 404");
    }
    expect((await visit(url)).statusCode).toBe(303);
  });
});

test("is bound to 127.0.0.1 alone, and leaves no connection behind", async () => {
  const { url, close } = await open();
  const { port } = new URL(url);
  for (const host of ["127.0.0.2", "::1"]) {
    await expect(once(connect(Number(port), host), "connect"), host).rejects.toThrow();
  }
  const silent = connect(Number(port), "127.0.0.1");
  silent.on("error", () => {});
  await once(silent, "connect");
  await visit(url);
  const closed = once(silent.resume(), "close");
  close();
  await closed;
}, 5_000);

async function asUser(uid: number, url: string, host: string): Promise<string> {
  const { port, pathname } = new URL(url);
  const script = `
    const socket = require("node:net").connect(${port}, ${JSON.stringify(host)});
    socket.write("GET ${pathname} HTTP/1.1\\r\\nHost: 127.0.0.1:${port}\\r\\n\\r\\n");
    socket.pipe(process.stdout);`;
  const child = spawn(process.execPath, ["-e", script], { uid, cwd: "/", env: { PATH: "/bin" } });
  return await text(child.stdout);
}
