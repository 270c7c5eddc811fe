import { setTimeout as delay } from "node:timers/promises";
import { type Answer, type LabRequest, Refusal } from "./exchange.ts";
import { echoed } from "./faults/echo.ts";
import { drawFault, type Fault } from "./faults/fault.ts";
import { garbled } from "./faults/garbled.ts";
import type { Operation } from "./operations.ts";
import { throttle } from "./rate-limits.ts";
import { keepVerifier } from "./secrets.ts";
import type { LabState } from "./state.ts";

/** What the client gets: an answer, the end of its connection, or nothing at all. */
export type Response = Answer | "cut" | "silence";

/**
 * Answers a request, unless a fault or a rate limit comes first. They befall
 * AWS's operations and no page: people are not what they test.
 */
export async function respond(
  operation: Operation,
  request: LabRequest,
  requestId: string,
  state: LabState,
): Promise<Response> {
  if (operation.service === "page" || operation.service === "unknown") {
    return operation.answer(request, state, requestId);
  }
  keepVerifier(state, request.body);
  const fault = nextFault(operation, state);
  if (!fault) return limited(operation, request, requestId, state);
  request.details.fault = fault.kind;
  const instead = insteadOf(operation, fault, request, requestId);
  if (instead !== undefined) return instead;
  if (fault.kind === "delay") await delay(fault.milliseconds, undefined, { ref: false });
  const answer = limited(operation, request, requestId, state);
  return garbled(answer, fault, operation.name, state.clock.now()) ?? "cut";
}

function nextFault({ name }: Operation, state: LabState): Fault | undefined {
  const { drawn, left } = drawFault(state.faults, name, state.random);
  state.faults = left;
  return drawn;
}

/** What a fault without effect gives; undefined for all others. */
function insteadOf(
  operation: Operation,
  fault: Fault,
  request: LabRequest,
  requestId: string,
): Response | undefined {
  switch (fault.kind) {
    case "reset":
      return "cut";
    case "hang":
      return "silence";
    case "status": {
      const { status } = fault;
      const name = status === 503 ? "ServiceUnavailable" : "InternalFailure";
      const refusal = new Refusal(name, status, "The lab was told to fail");
      return { ...operation.refuse(refusal, requestId), status };
    }
    case "echo":
      return echoed(operation.service, fault, request);
    case "html":
      return captivePortal(fault.status);
    default:
      return undefined;
  }
}

/** What a network that wants a sign-in of its own answers in the place of AWS. */
function captivePortal(status: number): Answer {
  const body =
    "<!doctype html>\n<html><head><title>Sign in to this network</title></head>" +
    "<body><h1>Welcome</h1><p>Sign in to use this network.</p></body></html>\n";
  return { status, headers: { "Content-Type": "text/html; charset=utf-8" }, body };
}

function limited(
  operation: Operation,
  request: LabRequest,
  requestId: string,
  state: LabState,
): Answer {
  const { rateLimits } = state.settings;
  const early = throttle(operation.name, rateLimits, state.buckets, state.clock.now());
  if (!early) return operation.answer(request, state, requestId);
  const answer = operation.throttled(requestId);
  if (early.retryAfter === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, "Retry-After": String(early.retryAfter) } };
}
