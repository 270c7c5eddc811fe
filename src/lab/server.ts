import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Answer, LabRequest } from "./exchange.ts";
import { isExpectedHost } from "./hosts.ts";
import { operationOf } from "./operations.ts";
import { messagePage } from "./pages/pages.ts";
import { logRequest } from "./request-log.ts";
import type { LabState } from "./state.ts";

/** No request of any AWS client comes near it. */
const BODY_LIMIT = 64 * 1024;

/** The lab's HTTP server, not yet listening. */
export function createLabServer(state: LabState): Server {
  return createServer((incoming, outgoing) => {
    serve(incoming, outgoing, state).catch(() => {
      // The client went away in the middle of its request.
      outgoing.destroy();
    });
  });
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  state: LabState,
): Promise<void> {
  const requestId = randomUUID();
  const { host } = incoming.headers;
  if (!isExpectedHost(host, incoming.socket.localPort ?? 0)) {
    return send(outgoing, turnedAway(incoming, 421, "Wrong host", state), requestId, state);
  }
  const body = await readBody(incoming);
  if (body === undefined) {
    return send(outgoing, turnedAway(incoming, 413, "Too large", state), requestId, state);
  }
  if (state.settings.latency > 0) await delay(state.settings.latency, undefined, { ref: false });
  const request = requestFrom(incoming, body);
  send(outgoing, answerTo(request, state, requestId), requestId, state);
}

/** The answer to a request that no handler sees: the rest of it is not read. */
function turnedAway(
  incoming: IncomingMessage,
  status: number,
  why: string,
  state: LabState,
): Answer {
  const [path] = splitOnce(incoming.url ?? "/", "?");
  const operation = `${incoming.method} ${path}`;
  logRequest(state.requests, {
    time: state.clock.now(),
    service: "unknown",
    operation,
    status,
    error: why,
  });
  const answer = messagePage(status, why, "Not served.");
  return { ...answer, headers: { ...answer.headers, Connection: "close" } };
}

function answerTo(request: LabRequest, state: LabState, requestId: string): Answer {
  const { service, name, answer } = operationOf(request);
  const given = guarded(() => answer(request, state, requestId));
  const { status, error } = given;
  const failure = error === undefined ? {} : { error };
  const time = state.clock.now();
  logRequest(state.requests, {
    time,
    service,
    operation: name,
    status,
    ...failure,
    ...request.details,
  });
  return given;
}

/** A bug of the lab is answered and logged, instead of looking like a broken network. */
function guarded(answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    return {
      ...messagePage(500, "Failed", "The lab has a bug."),
      error: `InternalFailure: ${error}`,
    };
  }
}

/** The body as text; undefined as soon as it is over the limit. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function requestFrom(incoming: IncomingMessage, body: string): LabRequest {
  const [path, rawQuery] = splitOnce(incoming.url ?? "/", "?");
  const userAgent = incoming.headers["user-agent"];
  return {
    method: incoming.method ?? "GET",
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: incoming.headers,
    body,
    details: userAgent === undefined ? {} : { userAgent },
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** The Date header is the lab's own clock: clients measure their skew by it. */
function send(outgoing: ServerResponse, answer: Answer, requestId: string, state: LabState): void {
  outgoing.writeHead(answer.status, {
    ...answer.headers,
    Date: new Date(state.clock.now()).toUTCString(),
    "x-amzn-RequestId": requestId,
    "Content-Length": Buffer.byteLength(answer.body),
  });
  outgoing.end(answer.body);
}
