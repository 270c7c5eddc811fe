import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Credentials } from "../domain/role-credentials.ts";
import { formatTimestamp } from "../domain/timestamp.ts";
import { loopbackPort } from "./loopback-port.ts";

/** Why there are no credentials to serve. */
export interface CredentialsUnavailable {
  /** A person has to act (403: clients do not retry), or time may mend it (503: they do). */
  readonly kind: "denied" | "temporary";
  readonly code: string;
  /** Shown by the clients; names the command that mends it. */
  readonly message: string;
}

/** The protocol wants an end, even for what has none. */
export interface CredentialsWithEnd extends Credentials {
  readonly expiration: number;
}

/** A container credentials endpoint, for `AWS_CONTAINER_CREDENTIALS_FULL_URI`. */
export interface ContainerEndpoint {
  readonly url: string;
  /** For `AWS_CONTAINER_AUTHORIZATION_TOKEN`: clients send it verbatim as `Authorization`. */
  readonly authorizationToken: string;
  close(): Promise<void>;
}

/**
 * Serves credentials from memory on 127.0.0.1, to those who know the token.
 * The SDK for JavaScript waits one second: `current` must answer at once, and
 * where it has no credentials, `lookAgain` gets a part of that second to find some.
 *
 * The port is open to every user and every web page of this machine: hence the
 * token, one exact Host (DNS rebinding), and no answer to anything that a
 * browser or a proxy sent.
 *
 * @throws SsoxError `NetworkError` when the port cannot be opened
 */
export async function startContainerEndpoint(
  current: () => CredentialsWithEnd | CredentialsUnavailable,
  lookAgain: () => Promise<void> = async () => {},
): Promise<ContainerEndpoint> {
  const authorizationToken = randomBytes(32).toString("base64url");
  const path = `/credentials/${randomBytes(8).toString("hex")}`;
  const expected = digest(authorizationToken);
  const host = { name: "" };
  const server = createServer(
    { maxHeaderSize: 8_192, connectionsCheckingInterval: 1_000 },
    async (request, response) => {
      const refusal = refusalOf(request, { host: host.name, path, expected });
      if (refusal) return send(response, refusal.status, failure(refusal.code, refusal.message));
      const found = current();
      if (!("kind" in found)) return answer(response, found);
      await atMost(LOOK_AGAIN_MS, lookAgain());
      answer(response, current());
    },
  );
  server.on("connection", boundedConnections());
  server.headersTimeout = 5_000;
  server.requestTimeout = 5_000;
  const port = await loopbackPort(server, "use --mode env, which needs no port");
  host.name = `127.0.0.1:${port}`;
  return { url: `http://${host.name}${path}`, authorizationToken, close: () => close(server) };
}

const LOOK_AGAIN_MS = 700;

async function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  const over = AbortSignal.timeout(milliseconds);
  await Promise.race([work, new Promise((resolve) => over.addEventListener("abort", resolve))]);
}

const MOST_CONNECTIONS = 256;

/** Beyond them the oldest one goes: whoever holds many open does not keep the child out. */
function boundedConnections(): (socket: Socket) => void {
  const open = new Set<Socket>();
  return (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    const [oldest] = open;
    if (open.size > MOST_CONNECTIONS) oldest?.destroy();
  };
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

interface Expected {
  readonly host: string;
  readonly path: string;
  /** The SHA-256 digest of the token. */
  readonly expected: Buffer;
}

function refusalOf(
  request: IncomingMessage,
  { host, path, expected }: Expected,
): Refusal | undefined {
  // A repeated header is refused rather than guessed at: `headers` keeps the first alone.
  const only = (name: string): string | undefined => {
    const values = request.headersDistinct[name];
    return values?.length === 1 ? values[0] : undefined;
  };
  if (only("host") !== host) return denied("the Host header is not this endpoint");
  if (Object.keys(request.headers).some(isFromBrowserOrProxy)) {
    return denied("requests of browsers and proxies are not answered");
  }
  if (request.method !== "GET") {
    return { status: 405, code: "MethodNotAllowed", message: "GET only" };
  }
  if (request.url !== path) return { status: 404, code: "NotFound", message: "no such path" };
  // Digests have equal lengths, which the comparison in constant time needs.
  if (!timingSafeEqual(digest(only("authorization") ?? ""), expected)) {
    return denied("the Authorization header is missing or wrong");
  }
  return undefined;
}

function denied(message: string): Refusal {
  return { status: 403, code: "AccessDenied", message };
}

function isFromBrowserOrProxy(name: string): boolean {
  return OF_BROWSERS_AND_PROXIES.has(name) || /^(sec-fetch|x-forwarded|x-original)-/.test(name);
}

/** Those that say whom a request was taken from; no AWS client sends any. */
const OF_BROWSERS_AND_PROXIES: ReadonlySet<string> = new Set([
  "origin",
  "forwarded",
  "via",
  "client-ip",
  "true-client-ip",
  "x-client-ip",
  "x-real-ip",
]);

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function answer(
  response: ServerResponse,
  current: CredentialsWithEnd | CredentialsUnavailable,
): void {
  if ("kind" in current) {
    const status = current.kind === "denied" ? 403 : 503;
    send(response, status, failure(current.code, current.message));
  } else {
    send(response, 200, {
      AccessKeyId: current.accessKeyId,
      SecretAccessKey: current.secretAccessKey,
      // botocore, JavaScript and Rust want a text here, also where there is no token.
      Token: current.sessionToken ?? "",
      Expiration: formatTimestamp(current.expiration),
      ...(current.accountId !== undefined && { AccountId: current.accountId }),
    });
  }
}

/** The SDKs for Go and Rust read the lower-case members, that for JavaScript the others. */
function failure(code: string, message: string): Record<string, string> {
  return { code, message, Code: code, Message: message };
}

function send(response: ServerResponse, status: number, body: Record<string, string>): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    Connection: "close",
    ...(status === 405 && { Allow: "GET" }),
  });
  response.end(text);
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
