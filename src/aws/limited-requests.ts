import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { ClientRequest } from "node:http";

/** In milliseconds. */
export interface RequestLimits {
  /** For one request, from its start to the last byte of its answer. */
  readonly each: number;
  /** For all that is done, tries and the pauses between them. */
  readonly all: number;
}

/**
 * Runs a provider of the AWS SDK that sets no limit to its own requests, or only one for
 * silence, and takes none: what it asked for is given up, and its connection closed, which
 * would keep the process alive.
 *
 * @throws what the work throws; Error that tells the limit, where that is why
 */
export async function withLimitedRequests<T>(
  limits: RequestLimits,
  work: () => Promise<T>,
): Promise<T> {
  const own = new AsyncLocalStorage<true>();
  const over = AbortSignal.timeout(limits.all);
  let isLate = false;
  // How Node tells of every request that is made in this process.
  const limit = (message: unknown): void => {
    if (own.getStore() === undefined) return;
    const request = requestOf(message);
    const late = AbortSignal.any([over, AbortSignal.timeout(limits.each)]);
    isLate = false;
    const end = () => {
      isLate = true;
      request?.destroy(gaveNone(limits.each));
    };
    late.addEventListener("abort", end, { once: true });
    request?.once("close", () => late.removeEventListener("abort", end));
  };
  subscribe(STARTED, limit);
  try {
    const ended = new Promise<never>((_, reject) => {
      over.addEventListener("abort", () => reject(gaveNone(limits.all)), { once: true });
    });
    return await Promise.race([own.run(true, work), ended]);
  } catch (error) {
    throw isLate && !over.aborted ? gaveNone(limits.each) : error;
  } finally {
    unsubscribe(STARTED, limit);
  }
}

const STARTED = "http.client.request.start";

function requestOf(message: unknown): ClientRequest | undefined {
  if (typeof message !== "object" || message === null || !("request" in message)) return undefined;
  return message.request instanceof ClientRequest ? message.request : undefined;
}

function gaveNone(milliseconds: number): Error {
  return new Error(`it gave none within ${milliseconds / 1000} s`);
}
