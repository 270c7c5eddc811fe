import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { AWS_OPERATIONS } from "./aws-operations.ts";
import { answerControl, isControl } from "./control/control.ts";
import type { Answer, LabRequest } from "./exchange.ts";
import { isExpectedHost, isPortalHost } from "./hosts.ts";
import { GRANT_TYPES } from "./oidc/grant-types.ts";
import { type Operation, operationOf } from "./operations.ts";
import { messagePage } from "./pages/pages.ts";
import { logRequest } from "./request-log.ts";
import { type Response, respond } from "./respond.ts";
import type { LabState } from "./state.ts";
import { countOutcome, countRequest } from "./statistics.ts";
import { vanityHostOf } from "./vanity.ts";

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
  const isVanity = vanityHostOf(host, state) !== undefined;
  const isKnown =
    isExpectedHost(host, incoming.socket.localPort ?? 0) ||
    isPortalHost(host, state.instances.keys());
  if (!isVanity && !isKnown) {
    return send(outgoing, turnedAway(incoming, 421, "Wrong host", state), requestId, state);
  }
  const body = await readBody(incoming);
  if (body === undefined) {
    return send(outgoing, turnedAway(incoming, 413, "Too large", state), requestId, state);
  }
  const request = requestFrom(incoming, body);
  if (!isVanity && isControl(request)) {
    return send(outgoing, answerControl(request, state), requestId, state);
  }
  const response = await observed(request, requestId, outgoing, state);
  if (response === "cut") outgoing.destroy();
  else if (response !== "silence") send(outgoing, response, requestId, state);
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

/** Responds, and tells the log and the statistics. */
async function observed(
  request: LabRequest,
  requestId: string,
  outgoing: ServerResponse,
  state: LabState,
): Promise<Response> {
  const { latency } = state.settings;
  const operation = operationOf(request, state);
  outgoing.once("close", countRequest(state.counters, countedAs(operation), state.clock.now()));
  if (latency > 0) await delay(latency, undefined, { ref: false });
  const response = await guarded(() => respond(operation, request, requestId, state));
  record(operation, request, response, state);
  return response;
}

/** Names that a client may make up are one name: the table of counters stays small. */
function countedAs({ service, name }: Operation): string {
  return service === "page" || AWS_OPERATIONS.includes(name) ? name : "unknown";
}

/** A bug of the lab is answered and logged, instead of looking like a broken network. */
async function guarded(respondTo: () => Promise<Response>): Promise<Response> {
  try {
    return await respondTo();
  } catch (error) {
    return {
      ...messagePage(500, "Failed", "The lab has a bug."),
      error: `InternalFailure: ${error}`,
    };
  }
}

function record(
  operation: Operation,
  request: LabRequest,
  response: Response,
  state: LabState,
): void {
  const { details } = request;
  const { status, error } = typeof response === "string" ? UNANSWERED : response;
  const { grantType, fault } = details;
  const time = state.clock.now();
  const failure = error === undefined ? {} : { error };
  const { service, name } = operation;
  logRequest(state.requests, { time, service, operation: name, status, ...failure, ...details });
  countOutcome(state.counters, {
    operation: countedAs(operation),
    status,
    grantType: grantType === undefined || GRANT_TYPES.includes(grantType) ? grantType : "unknown",
    fault,
  });
}

const UNANSWERED = { status: 0, error: undefined };

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

/**
 * The Date header is the lab's own clock: clients measure their skew by it. A
 * page has no request id, by which they know the services' answers.
 */
function send(outgoing: ServerResponse, answer: Answer, requestId: string, state: LabState): void {
  const isPage = answer.headers["Content-Type"]?.startsWith("text/html");
  outgoing.writeHead(answer.status, {
    Date: new Date(state.clock.now()).toUTCString(),
    ...answer.headers,
    ...(!isPage && { "x-amzn-RequestId": requestId }),
    "Content-Length": answer.promisedLength ?? Buffer.byteLength(answer.body),
  });
  if (answer.promisedLength === undefined) outgoing.end(answer.body);
  // Ends the connection when what there is has left.
  else outgoing.write(answer.body, () => outgoing.destroy());
}
