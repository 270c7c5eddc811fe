import type { IncomingHttpHeaders } from "node:http";
import type { RequestDetails } from "./request-log.ts";
import type { LabState } from "./state.ts";

/** A request as the handlers see it: read to its end. */
export interface LabRequest {
  readonly method: string;
  readonly path: string;
  /** The query as it came, without `?`: signatures are made over it. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** For the log. */
  readonly details: RequestDetails;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** A Content-Length that the body does not reach: the connection ends with it. */
  readonly promisedLength?: number;
  /** The error's AWS name, for the log. */
  readonly error?: string;
}

/** Answers at once, so that no other request sees the state half-changed. */
export type Handler = (request: LabRequest, state: LabState) => Answer;

/** An error answer of a service, by its AWS name; how it is written depends on the protocol. */
export class Refusal extends Error {
  readonly status: number;

  constructor(name: string, status: number, message: string) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

export function jsonAnswer(status: number, document: unknown): Answer {
  return {
    status,
    headers: { "Content-Type": "application/json", "Cache-Control": "no-store" },
    body: JSON.stringify(document),
  };
}
