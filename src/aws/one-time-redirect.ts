import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { isOfOtherUser } from "../system/files/loopback-peer.ts";
import { loopbackPort } from "./loopback-port.ts";

/** An address on this machine that leads a browser, once, to a URL that is a secret. */
export interface OneTimeRedirect {
  /** What the browser is started with: no secret, but for who is first to ask for it. */
  readonly url: string;
  /** Resolves when somebody was redirected. */
  readonly followed: Promise<void>;
  close(): void;
}

/**
 * Opens it; it is bound when this resolves, so the browser may go. The URL of a
 * browser stands in the process list, which every user of the machine reads: the
 * secret must not, and who reads this address there must not get the secret either.
 * So it is good once, by its own name alone (DNS rebinding), for this user's programs,
 * where the kernel tells whose they are, and for root's, through which the browser of
 * a machine around this one comes.
 *
 * @throws SsoxError `NetworkError` when there is no port to be had
 */
export async function openOneTimeRedirect(
  secret: string,
  trace: (line: string) => void,
): Promise<OneTimeRedirect> {
  const path = `/${randomBytes(32).toString("base64url")}`;
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 });
  const port = await loopbackPort(server, "use --print, which needs no port");
  const host = `127.0.0.1:${port}`;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  let done = false;
  const followed = new Promise<void>((resolve) => {
    server.on("request", (request, response) => {
      const refused = done ? "it was used" : refusalOf(request, { host, path });
      if (refused !== undefined) {
        trace(`the link for the browser was not given: ${refused}`);
        return answer(response, 404, {});
      }
      done = true;
      answer(response, 303, { Location: secret });
      response.once("close", resolve);
    });
  });
  return {
    url: `http://${host}${path}`,
    followed,
    close() {
      server.close();
      // Browsers open connections on which they send nothing: each would keep the process alive.
      for (const socket of sockets) socket.destroySoon();
    },
  };
}

function refusalOf(
  { method, url, headers, socket }: IncomingMessage,
  expected: { readonly host: string; readonly path: string },
): string | undefined {
  if (headers.host !== expected.host || url !== expected.path) return "another address";
  // Prefetching programs and checks of links must not use it up.
  if (method !== "GET" || headers["sec-purpose"] !== undefined) return "no visit";
  return isOfOtherUser(socket) ? "another user's program" : undefined;
}

function answer(response: ServerResponse, status: number, headers: Record<string, string>): void {
  response.writeHead(status, {
    ...headers,
    "Content-Length": 0,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    Connection: "close",
  });
  response.end();
}
