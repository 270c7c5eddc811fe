import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  type CredentialsUnavailable,
  startContainerEndpoint,
} from "../../src/aws/container-endpoint.ts";
import type { RoleCredentials } from "../../src/domain/role-credentials.ts";

const CREDENTIALS: RoleCredentials = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "secret-of-the-role",
  sessionToken: "session-token",
  expiration: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  accountId: "012345678901",
};

async function started(
  current: () => RoleCredentials | CredentialsUnavailable = () => CREDENTIALS,
  lookAgain?: () => Promise<void>,
) {
  const endpoint = await startContainerEndpoint(current, lookAgain);
  onTestFinished(() => endpoint.close());
  const url = new URL(endpoint.url);
  return { endpoint, path: url.pathname, host: url.host, port: Number(url.port) };
}

function connected(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  return socket;
}

/** Sends the bytes and reads until the other side closes. */
async function raw(port: number, request: string): Promise<{ status: number; text: string }> {
  const socket = connected(port);
  socket.write(request);
  const answer = await text(socket);
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0), text: answer };
}

describe("startContainerEndpoint", () => {
  it("53 · refuses a fetch, which marks itself as a browser's", async () => {
    const { endpoint } = await started();
    const headers = { Authorization: endpoint.authorizationToken };
    expect((await fetch(endpoint.url, { headers })).status).toBe(403);
  });

  it("has its own path and token each time", async () => {
    const [one, other] = [await started(), await started()];
    expect(one.path).not.toBe(other.path);
    expect(one.endpoint.authorizationToken).not.toBe(other.endpoint.authorizationToken);
  });

  it("looks again before it says that there are none, and not for longer than clients wait", async () => {
    const none = { kind: "denied", code: "LoginRequired", message: "sign in" } as const;
    let found: RoleCredentials | CredentialsUnavailable = none;
    const ask = async ({ endpoint, path, host, port }: Awaited<ReturnType<typeof started>>) => {
      const token = endpoint.authorizationToken;
      const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${token}\r\n\r\n`;
      return (await raw(port, head)).status;
    };
    const hanging = await started(
      () => found,
      () => new Promise(() => {}),
    );
    const asked = performance.now();
    expect(await ask(hanging)).toBe(403);
    expect(performance.now() - asked).toBeGreaterThan(500);
    const finding = await started(
      () => found,
      async () => {
        found = CREDENTIALS;
      },
    );
    expect(await ask(finding)).toBe(200);
    const never = async () => expect.unreachable("there are credentials");
    expect(await ask(await started(() => CREDENTIALS, never))).toBe(200);
  });

  it("53 · answers in the form that every SDK reads", async () => {
    const { endpoint, path, host, port } = await started();
    const answer = await raw(
      port,
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${endpoint.authorizationToken}\r\n\r\n`,
    );
    const [head = "", body = ""] = answer.text.split("\r\n\r\n");
    expect(answer.status).toBe(200);
    expect(head).toMatch(/^Content-Type: application\/json$/m);
    expect(head).toMatch(/^Cache-Control: no-store$/m);
    expect(head).not.toMatch(/^Access-Control/im);
    expect(JSON.parse(body)).toEqual({
      AccessKeyId: "ASIAEXAMPLE",
      SecretAccessKey: "secret-of-the-role",
      Token: "session-token",
      Expiration: "2026-01-02T03:04:05Z",
      AccountId: "012345678901",
    });
  });

  it("has a token of 256 bits that fits a header and a variable", async () => {
    const { endpoint } = await started();
    expect(endpoint.authorizationToken).toMatch(/^[\w-]{43}$/);
    expect(endpoint.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/credentials\/[0-9a-f]+$/);
  });

  const hostile: [what: string, status: number, request: string][] = [
    ["no token", 403, "GET PATH HTTP/1.1|Host: HOST"],
    ["an empty token", 403, "GET PATH HTTP/1.1|Host: HOST|Authorization:"],
    ["a wrong token", 403, "GET PATH HTTP/1.1|Host: HOST|Authorization: nope"],
    ["a scheme before the token", 403, "GET PATH HTTP/1.1|Host: HOST|Authorization: Bearer TOKEN"],
    ["a longer token", 403, "GET PATH HTTP/1.1|Host: HOST|Authorization: TOKENx"],
    ["two tokens", 403, "GET PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|Authorization: x"],
    ["a rebound host", 403, "GET PATH HTTP/1.1|Host: evil.example|Authorization: TOKEN"],
    ["localhost", 403, "GET PATH HTTP/1.1|Host: localhost:PORT|Authorization: TOKEN"],
    ["a host without port", 403, "GET PATH HTTP/1.1|Host: 127.0.0.1|Authorization: TOKEN"],
    ["another port", 403, "GET PATH HTTP/1.1|Host: 127.0.0.1:1|Authorization: TOKEN"],
    ["two hosts", 403, "GET PATH HTTP/1.1|Host: HOST|Host: evil|Authorization: TOKEN"],
    ["no host in HTTP/1.0", 403, "GET PATH HTTP/1.0|Authorization: TOKEN"],
    ["no host", 400, "GET PATH HTTP/1.1|Authorization: TOKEN"],
    ["Origin", 403, "GET PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|Origin: null"],
    [
      "its own Origin",
      403,
      "GET PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|Origin: http://HOST",
    ],
    [
      "Sec-Fetch-Site",
      403,
      "GET PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|Sec-Fetch-Site: none",
    ],
    [
      "Sec-Fetch-Mode",
      403,
      "GET PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|sec-fetch-mode: cors",
    ],
    [
      "X-Forwarded-For",
      403,
      "GET PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|X-Forwarded-For: ::1",
    ],
    [
      "X-Forwarded-Host",
      403,
      "GET PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|X-Forwarded-Host: a",
    ],
    ...["X-Real-IP", "X-Original-URL", "X-Client-IP", "Client-IP", "True-Client-IP", "Via"].map(
      (name): [string, number, string] => [
        name,
        403,
        `GET PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|${name}: a`,
      ],
    ),
    ["Forwarded", 403, "GET PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|Forwarded: for=::1"],
    ["Via", 403, "GET PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|Via: 1.1 proxy"],
    ["a preflight", 403, "OPTIONS PATH HTTP/1.1|Host: HOST|Origin: http://a|Authorization: TOKEN"],
    ["POST", 405, "POST PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|Content-Length: 0"],
    ["PUT", 405, "PUT PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|Content-Length: 0"],
    ["DELETE", 405, "DELETE PATH HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["PATCH", 405, "PATCH PATH HTTP/1.1|Host: HOST|Authorization: TOKEN|Content-Length: 0"],
    ["TRACE", 405, "TRACE PATH HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["HEAD", 405, "HEAD PATH HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["OPTIONS", 405, "OPTIONS PATH HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["the root", 404, "GET / HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["a path below", 404, "GET PATH/x HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["a query", 404, "GET PATH?a=b HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    [
      "a path in another case",
      404,
      "GET /CredentialsPATH HTTP/1.1|Host: HOST|Authorization: TOKEN",
    ],
    ["a slash at the end", 404, "GET PATH/ HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["two slashes", 404, "GET /PATH HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["dots behind", 404, "GET PATH/. HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["a fragment", 404, "GET PATH#x HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["an upgrade", 404, "GET /ws HTTP/1.1|Host: HOST|Connection: Upgrade|Upgrade: websocket"],
    ["HTTP/2", 400, "PRI * HTTP/2.0||SM"],
    ["dots", 404, "GET /x/..PATH HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["a proxy request", 404, "GET http://HOSTPATH HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["CONNECT", 0, "CONNECT HOST HTTP/1.1|Host: HOST|Authorization: TOKEN"],
    ["no HTTP", 400, "hello"],
    ["huge headers", 431, `GET PATH HTTP/1.1|Host: HOST|X-Long: ${"a".repeat(20_000)}`],
    ["a huge path", 431, `GET PATH${"a".repeat(20_000)} HTTP/1.1|Host: HOST`],
    ["a thousand headers", 431, `GET PATH HTTP/1.1|Host: HOST${"|X-Some: value".repeat(1_000)}`],
  ];

  it.each(hostile)("53 · refuses %s with %i", async (_what, status, request) => {
    const { endpoint, path, host, port } = await started();
    const bytes = `${request}||`
      .replaceAll("|", "\r\n")
      .replaceAll("PATH", path)
      .replaceAll("HOST", host)
      .replaceAll("PORT", String(port))
      .replaceAll("TOKEN", endpoint.authorizationToken);
    const answer = await raw(port, bytes);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain("secret-of-the-role");
    expect(answer.text).not.toMatch(/^Access-Control/im);
    expect(answer.text).not.toContain(endpoint.authorizationToken);
  });

  it.each([
    ["denied", 403],
    ["temporary", 503],
  ] as const)("says why there are none: %s is %i", async (kind, status) => {
    const message = "You are not signed in to acme. → ssox login --session acme";
    const { endpoint, path, host, port } = await started(() => ({ kind, code: "C", message }));
    const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${endpoint.authorizationToken}\r\n\r\n`;
    const answer = await raw(port, request);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text.split("\r\n\r\n")[1] ?? "")).toEqual({
      code: "C",
      message,
      Code: "C",
      Message: message,
    });
  });

  it("asks for the credentials anew with every request", async () => {
    let served = 0;
    const { endpoint, path, host, port } = await started(() => {
      served += 1;
      return { ...CREDENTIALS, accessKeyId: `ASIA${served}` };
    });
    const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${endpoint.authorizationToken}\r\n\r\n`;
    expect((await raw(port, request)).text).toContain("ASIA1");
    expect((await raw(port, request)).text).toContain("ASIA2");
    await raw(port, request.replace("GET", "POST"));
    expect(served).toBe(2);
  });

  it("answers the first of pipelined requests alone", async () => {
    const { endpoint, path, host, port } = await started();
    const request = (token: string) =>
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${token}\r\n\r\n`;
    const right = request(endpoint.authorizationToken);
    const answers = (text: string) => text.match(/HTTP\/1\.1 \d+/g);
    const wrongFirst = await raw(port, request("x") + right.repeat(3));
    expect(answers(wrongFirst.text)).toEqual(["HTTP/1.1 403"]);
    expect(wrongFirst.text).not.toContain("secret-of-the-role");
    expect(answers((await raw(port, right.repeat(3))).text)).toEqual(["HTTP/1.1 200"]);
  });

  it("53 · answers the child while somebody holds a thousand connections", async () => {
    const { endpoint, path, host, port } = await started();
    const token = endpoint.authorizationToken;
    const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n`;
    const held = Array.from({ length: 1_000 }, () => connected(port));
    await Promise.all(held.map((socket) => once(socket, "connect")));
    // Half of them say something slowly.
    for (const socket of held.slice(500)) socket.write(head);
    expect((await raw(port, `${head}Authorization: ${token}\r\n\r\n`)).status).toBe(200);
    const closed = () => held.filter((socket) => socket.closed).length;
    for (const socket of held) socket.resume();
    await expect.poll(closed, { timeout: 3_000 }).toBeGreaterThanOrEqual(1_000 - 256);
  });

  it("logs nothing, whoever asks for what", async () => {
    const says = ["log", "error", "warn", "info"] as const;
    const spies = says.map((name) => vi.spyOn(console, name));
    const { endpoint, path, host, port } = await started();
    await raw(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: x\r\n\r\n`);
    await raw(
      port,
      `GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${endpoint.authorizationToken}\r\n\r\n`,
    );
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it("hangs up on who says nothing, or half a request", async () => {
    const { path, port } = await started();
    const silent = connected(port);
    const halfway = connected(port);
    halfway.write(`GET ${path} HTTP/1.1\r\n`);
    await Promise.all([once(silent.resume(), "close"), once(halfway.resume(), "close")]);
  });

  it("lets go of everybody when it is closed", async () => {
    const { endpoint, port } = await started();
    const open = connected(port);
    await once(open, "connect");
    const closed = once(open.resume(), "close");
    await endpoint.close();
    await closed;
    const late = connected(port);
    const [error] = await once(late, "error");
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("is on the loopback address alone", async () => {
    const { port } = await started();
    const elsewhere = connect(port, "127.0.0.2");
    const [error] = await once(elsewhere, "error");
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });
});
