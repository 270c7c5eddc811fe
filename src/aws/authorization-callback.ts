import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { parseUrl } from "../domain/url.ts";
import { SsoxError } from "../errors.ts";
import { errnoOf, reasonOf } from "../system/files/errno.ts";
import { callbackPage } from "./callback-page.ts";

/** What the browser brought back (RFC 6749 §4.1.2). */
export type Redirect =
  | { readonly kind: "code"; readonly code: string; readonly respond: Respond }
  | { readonly kind: "error"; readonly error: string; readonly respond: Respond };

/** Shows the user a page with that heading and sentence: what became of the sign-in. */
export type Respond = (title: string, text: string) => void;

/** The listener on 127.0.0.1 to which the service redirects the browser. */
export interface AuthorizationCallback {
  readonly redirectUri: string;
  /** The first redirect with the right state. Strays are answered and ignored. */
  readonly redirected: Promise<Redirect>;
  /**
   * The redirect of a URL that the user copied from the browser, where that
   * could not reach this listener; undefined when it is none, or a stray.
   */
  pasted(text: string): Redirect | undefined;
  close(): void;
}

const PATH = "/oauth/callback";

/** What is registered with the service: any port of it may be used (RFC 8252 §7.3). */
export const REGISTERED_REDIRECT_URI = `http://127.0.0.1${PATH}`;

/**
 * Opens the listener; it is bound when this resolves, so the browser may go.
 *
 * @param port fixed, or undefined for one that the system chooses
 * @throws SsoxError `Usage` when the port cannot be had
 */
export async function openAuthorizationCallback(
  state: string,
  port: number | undefined,
  trace: (line: string) => void,
): Promise<AuthorizationCallback> {
  let settle: (redirect: Redirect) => void = () => {};
  const redirected = new Promise<Redirect>((resolve) => {
    settle = resolve;
  });
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 });
  await listen(server, port ?? 0);
  // As browsers write it: without the port where that is 80.
  const { host } = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  let done = false;

  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", (request, response) => {
    const url = parseUrl(`http://${host}${request.url}`);
    // Another name for this address in Host is a page elsewhere that rebinds its DNS name.
    const isOurs =
      request.headers.host === host && request.method === "GET" && url?.pathname === PATH;
    if (!isOurs || done) return stray(request, response, 404, trace);
    const outcome = outcomeOf(url, state);
    if (outcome === undefined) return stray(request, response, 400, trace);
    done = true;
    settle({ ...outcome, respond: (...page) => send(response, 200, callbackPage(...page)) });
  });
  return {
    redirectUri: `http://${host}${PATH}`,
    redirected,
    pasted(text) {
      // As it comes from a shell, a chat or a mail: in quotes, in angle brackets.
      const url = parseUrl(text.replace(/^[\s"'<]+|[\s"'>]+$/g, ""));
      const isOurs = url?.protocol === "http:" && url.host === host && url.pathname === PATH;
      const outcome = isOurs ? outcomeOf(url, state) : undefined;
      return outcome && { ...outcome, respond: () => {} };
    },
    close() {
      server.close();
      // Browsers open connections on which they send nothing: each would keep the
      // process alive. What was answered is sent first.
      for (const socket of sockets) socket.destroySoon();
    },
  };
}

type Outcome = { readonly kind: "code"; code: string } | { readonly kind: "error"; error: string };

/** What the parameters say; undefined for another sign-in's, or none at all. */
function outcomeOf({ searchParams }: URL, state: string): Outcome | undefined {
  if (!isEqual(searchParams.get("state") ?? "", state)) return undefined;
  const error = searchParams.get("error");
  const code = searchParams.get("code");
  if (error) {
    const described = searchParams.get("error_description");
    return { kind: "error", error: described ? `${error}: ${described}` : error };
  }
  return code ? { kind: "code", code } : undefined;
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      const taken = errnoOf(error) === "EADDRINUSE" ? "another program uses it" : reasonOf(error);
      reject(
        new SsoxError("Usage", `Port ${port} of 127.0.0.1 cannot be had: ${taken}.`, {
          hint: "give another one with --callback-port, or use --flow device",
          cause: error,
        }),
      );
    });
    server.listen({ host: "127.0.0.1", port }, resolve);
  });
}

function stray(
  request: IncomingMessage,
  response: ServerResponse,
  status: 400 | 404,
  trace: (line: string) => void,
): void {
  const [path = ""] = (request.url ?? "").split("?");
  // Its bytes come from anyone, and go to a terminal.
  trace(`the sign-in listener ignored ${request.method} ${encodeURI(path)}: ${status}`);
  send(
    response,
    status,
    status === 404 ? "Not found." : "This is not the sign-in that ssox waits for.",
  );
}

function send(response: ServerResponse, status: number, page: string): void {
  const isPage = page.startsWith("<");
  response.writeHead(status, {
    "Content-Type": `text/${isPage ? "html" : "plain"}; charset=utf-8`,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    Connection: "close",
  });
  response.end(page);
}

/** In constant time, whatever the lengths. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
