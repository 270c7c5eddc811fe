import { once } from "node:events";
import { get, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type AuthorizationCallback,
  openAuthorizationCallback,
  REGISTERED_REDIRECT_URI,
  type Redirect,
} from "../../src/aws/authorization-callback.ts";

const STATE = "the-right-state";

async function open(port?: number): Promise<AuthorizationCallback & { trace: string[] }> {
  const trace: string[] = [];
  const callback = await openAuthorizationCallback(STATE, port, (line) => trace.push(line));
  onTestFinished(() => callback.close());
  return { ...callback, trace };
}

/** The browser's request, and what it is shown. */
async function visit(
  url: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number | undefined; page: string; headers: IncomingMessage["headers"] }> {
  const sent = request(url, { agent: false, ...options }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return { status: response.statusCode, page: await text(response), headers: response.headers };
}

/** Has the listener been satisfied yet? */
async function outcomeSoFar(callback: AuthorizationCallback): Promise<Redirect["kind"] | "waits"> {
  const pending = new Promise<"waits">((resolve) => setTimeout(() => resolve("waits"), 20));
  return await Promise.race([callback.redirected.then(({ kind }) => kind), pending]);
}

describe("the redirect", () => {
  test("with code and state is taken, and answered with the page that follows", async () => {
    const callback = await open();
    expect(callback.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/callback$/);
    expect(REGISTERED_REDIRECT_URI).toBe("http://127.0.0.1/oauth/callback");
    const visited = visit(`${callback.redirectUri}?code=a%20code&state=${STATE}`);
    const redirect = await callback.redirected;
    expect(redirect).toMatchObject({ kind: "code", code: "a code" });
    redirect.respond("Signed in <b>", `You & "all" may close it.`);
    callback.close();
    const { status, page, headers } = await visited;
    expect(status).toBe(200);
    expect(page).toContain("<h1>Signed in &#60;b&#62;</h1>");
    expect(page).toContain("You &#38; &#34;all&#34; may close it.");
    expect(page).not.toContain("<script");
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "referrer-policy": "no-referrer",
    });
    expect(callback.trace).toEqual([]);
  });

  test.each([
    ["error=access_denied", "access_denied"],
    ["error=access_denied&error_description=not%20you", "access_denied: not you"],
    ["error=server_error&code=c", "server_error"],
  ])("with %s is an error", async (query, error) => {
    const callback = await open();
    const visited = visit(`${callback.redirectUri}?${query}&state=${STATE}`);
    const redirect = await callback.redirected;
    expect(redirect).toMatchObject({ kind: "error", error });
    redirect.respond("Refused", "No.");
    expect((await visited).status).toBe(200);
  });

  test("8 · a second one is ignored", async () => {
    const callback = await open();
    const first = visit(`${callback.redirectUri}?code=first&state=${STATE}`);
    const redirect = await callback.redirected;
    const second = await visit(`${callback.redirectUri}?code=second&state=${STATE}`);
    expect(second.status).toBe(404);
    expect(await callback.redirected).toMatchObject({ code: "first" });
    redirect.respond("Signed in", "Done.");
    expect((await first).page).toContain("Done.");
  });
});

describe("8 · a stray is answered, told of, and waited through", () => {
  test.each([
    ["favicon", "/favicon.ico", {}, 404],
    ["another path", `/?code=c&state=${STATE}`, {}, 404],
    ["a longer path", `/oauth/callback/x?code=c&state=${STATE}`, {}, 404],
    ["POST", `/oauth/callback?code=c&state=${STATE}`, { method: "POST" }, 404],
    ["HEAD", `/oauth/callback?code=c&state=${STATE}`, { method: "HEAD" }, 404],
    ["another host", `/oauth/callback?code=c&state=${STATE}`, { headers: { Host: "evil" } }, 404],
    ["wrong state", "/oauth/callback?code=c&state=wrong", {}, 400],
    ["no state", "/oauth/callback?code=c", {}, 400],
    ["wrong state with an error", "/oauth/callback?error=access_denied&state=wrong", {}, 400],
    ["neither code nor error", `/oauth/callback?state=${STATE}`, {}, 400],
    ["an empty code", `/oauth/callback?code=&state=${STATE}`, {}, 400],
  ])("%s", async (_, path, options, status) => {
    const callback = await open();
    const { origin } = new URL(callback.redirectUri);
    const answer = await visit(origin + path, options);
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(callback.trace).toHaveLength(1);
    // The query may hold a code.
    expect(callback.trace[0]).not.toContain("?");
    expect(await outcomeSoFar(callback)).toBe("waits");
    const visited = visit(`${callback.redirectUri}?code=c&state=${STATE}`);
    (await callback.redirected).respond("Signed in", "Done.");
    expect((await visited).status).toBe(200);
  });

  test.each(["//", "http://[", "*", "/%", "/\u009b2J\u00e9"])(
    "bytes that are no URL: %j",
    async (target) => {
      const callback = await open();
      const { port, host } = new URL(callback.redirectUri);
      const socket = connect(Number(port), "127.0.0.1");
      socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, "latin1");
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 40[04] /);
      for (const line of callback.trace) expect(line).toMatch(/^[\x20-\x7e]*$/);
      expect(await outcomeSoFar(callback)).toBe("waits");
    },
  );
});

describe("the listener", () => {
  test("8 · is bound to 127.0.0.1 alone", async () => {
    const callback = await open();
    const { port } = new URL(callback.redirectUri);
    for (const host of ["127.0.0.2", "::1"]) {
      const socket = connect(Number(port), host);
      await expect(once(socket, "connect"), host).rejects.toThrow();
    }
  });

  test("takes the port that is wanted; one that is taken is told with its hint", async () => {
    const taken = await open();
    const port = Number(new URL(taken.redirectUri).port);
    await expect(open(port)).rejects.toMatchObject({
      code: "Usage",
      message: `Port ${port} of 127.0.0.1 cannot be had: another program uses it.`,
      hint: expect.stringContaining("--callback-port"),
    });
    taken.close();
    expect(new URL((await open(port)).redirectUri).port).toBe(String(port));
  });

  test("leaves no connection behind that would keep the process alive", async () => {
    const callback = await open();
    const { port, host } = new URL(callback.redirectUri);
    const silent = connect(Number(port), "127.0.0.1");
    const slow = connect(Number(port), "127.0.0.1");
    for (const socket of [silent, slow]) socket.on("error", () => {});
    await Promise.all([once(silent, "connect"), once(slow, "connect")]);
    slow.write(`GET /oauth/callback HTTP/1.1\r\nHost: ${host}\r\n`);
    // An answered request shows that both connections have been accepted.
    await new Promise((resolve) =>
      get(`http://${host}/`, { agent: false }, (response) => response.resume().on("end", resolve)),
    );
    const closed = Promise.all([silent, slow].map((socket) => once(socket.resume(), "close")));
    callback.close();
    await closed;
  }, 5_000);
});
