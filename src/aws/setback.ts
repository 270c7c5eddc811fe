import { Interrupted, isPassing, SsoxError } from "../errors.ts";
import { errorName, statusOf } from "./service-client.ts";

/** A failed attempt that may be followed by another. */
export interface Setback {
  /** It was refused for its rate. */
  readonly isThrottled: boolean;
  /** Milliseconds that the service wants to pass first (RFC 9110, 10.2.3: Retry-After); 0 where it says nothing. */
  readonly retryAfter: number;
}

/**
 * What a failed request says about sending it again; undefined when that would
 * not help: it was refused for what it asks, or the user ended it.
 *
 * @param error what the SDK threw, or the SsoxError for an answer of no use
 * @param now milliseconds since the epoch
 */
export function setbackOf(error: unknown, now: number): Setback | undefined {
  if (error instanceof Interrupted) return undefined;
  const retryAfter = retryAfterOf(error, now);
  if (error instanceof SsoxError) {
    return isPassing(error) ? { isThrottled: false, retryAfter } : undefined;
  }
  const status = statusOf(error);
  const name = errorName(error);
  if (status === 429 || /Throttl|TooManyRequests/.test(name)) {
    return { isThrottled: true, retryAfter };
  }
  // Half an answer has the status of the whole one.
  if (error instanceof SyntaxError) return { isThrottled: false, retryAfter };
  if (status !== undefined && status >= 400 && status < 500) return undefined;
  return CERTIFICATE.test(name) ? undefined : { isThrottled: false, retryAfter };
}

/** No attempt mends what OpenSSL says of the other side's certificate. */
const CERTIFICATE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL)/;

function retryAfterOf(error: unknown, now: number): number {
  const response = memberOf(error, "$response");
  const value = memberOf(memberOf(response, "headers"), "retry-after");
  if (typeof value !== "string") return 0;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const moment = Date.parse(value);
  return Number.isNaN(moment) ? 0 : Math.max(0, moment - now);
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
