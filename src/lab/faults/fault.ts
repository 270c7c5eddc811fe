/**
 * What goes wrong with an answer.
 *
 * - `reset`: the connection is cut before the request takes effect
 * - `lost`: the request takes effect, then the connection is cut
 * - `hang`: never answered, without effect; ends when the client gives up
 * - `status`: an error answer of the service with this status, without effect
 * - `html`: a captive portal's page, without effect
 * - `echo`: an error answer that repeats the request, with its secrets, without effect
 * - `cut`: takes effect, and half of the answer comes; the Content-Length is
 *   that of the half, or with `close` that of the whole, and the connection ends
 * - `empty`: takes effect, and the answer is 200 without a body
 * - `wrongDate`: the Date header is off by so many seconds
 * - `delay`: waits so many real milliseconds, then takes effect and is answered
 * - `nulls`: members that AWS may leave out come as null
 */
export type FaultEffect =
  | { readonly kind: "reset" | "lost" | "hang" | "empty" | "nulls" }
  /** 500 to 599. */
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "html"; readonly status: 200 | 503 }
  | {
      readonly kind: "echo";
      /** 400 to 599. */
      readonly status: number;
      readonly place: EchoPlace;
      /** The error's name, or OAuth's `error`; a request that is invalid when absent. */
      readonly error?: string;
    }
  | { readonly kind: "cut"; readonly close: boolean }
  | { readonly kind: "wrongDate"; readonly seconds: number }
  | { readonly kind: "delay"; readonly milliseconds: number };

/** Where an answer repeats the request: in the error's message, in its name, or in a page of HTML. */
export const ECHO_PLACES = ["message", "name", "page"] as const;
export type EchoPlace = (typeof ECHO_PLACES)[number];

export type Fault = FaultEffect & {
  /** An AWS operation; every one of them when absent. */
  readonly operation?: string;
  /** How many requests it befalls; 1 when absent, `Infinity` for no end. */
  readonly count?: number;
  /** How likely it befalls a request, above 0, to 1; 1 when absent. */
  readonly chance?: number;
};

export const FAULT_KINDS = [
  "reset",
  "lost",
  "hang",
  "status",
  "html",
  "echo",
  "cut",
  "empty",
  "wrongDate",
  "delay",
  "nulls",
] as const satisfies readonly FaultEffect["kind"][];

/** A fault with what is left of its count. */
export interface PendingFault {
  readonly fault: Fault;
  left: number;
}

export function pending(fault: Fault): PendingFault {
  return { fault, left: fault.count ?? 1 };
}

/**
 * The fault that befalls the next request of an operation, the oldest first,
 * counted down; and those that are left.
 */
export function drawFault(
  faults: readonly PendingFault[],
  operation: string,
  random: () => number,
): { readonly drawn: Fault | undefined; readonly left: readonly PendingFault[] } {
  const hit = faults.find(({ fault }) => befalls(fault, operation, random));
  if (!hit) return { drawn: undefined, left: faults };
  hit.left -= 1;
  const left = hit.left > 0 ? faults : faults.filter((one) => one !== hit);
  return { drawn: hit.fault, left };
}

function befalls(fault: Fault, operation: string, random: () => number): boolean {
  if (fault.operation !== undefined && fault.operation !== operation) return false;
  return fault.chance === undefined || random() < fault.chance;
}
