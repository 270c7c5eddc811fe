import type { Answer } from "../exchange.ts";
import type { FaultEffect } from "./fault.ts";
import { withNulls } from "./nulls.ts";

/** An answer as a fault leaves it; undefined: none is sent, and the connection ends. */
export function garbled(
  answer: Answer,
  effect: FaultEffect,
  operation: string,
  now: number,
): Answer | undefined {
  switch (effect.kind) {
    case "lost":
      return undefined;
    case "cut":
      return cut(answer, effect.close);
    case "empty":
      return { ...answer, status: 200, body: "" };
    case "wrongDate":
      return { ...answer, headers: { ...answer.headers, Date: dateAt(now, effect.seconds) } };
    case "nulls":
      return withNulls(answer, operation);
    default:
      return answer;
  }
}

function cut(answer: Answer, close: boolean): Answer {
  const { body } = answer;
  const half = body.slice(0, Math.floor(body.length / 2));
  if (!close) return { ...answer, body: half };
  return { ...answer, body: half, promisedLength: Buffer.byteLength(body) };
}

function dateAt(now: number, seconds: number): string {
  return new Date(now + seconds * 1000).toUTCString();
}
