import { once } from "node:events";
import type { SecureContext, TLSSocket } from "node:tls";
import { isUntrusted, type Trust, UntrustedCertificate } from "./trust.ts";

/** In milliseconds, from the first packet to a connection that is verified. */
const CONNECTION_TIMEOUT = 5_000;
const HURRIED_TIMEOUT = 1_000;

/** Gives up what is not there yet: at once, or, before there was any, a second later. */
export interface Ending {
  readonly signal?: AbortSignal;
  readonly hurry?: AbortSignal;
}

/** The TLS option that says whose certificates are accepted; without it those that Node knows. */
export interface Secure {
  readonly secureContext?: SecureContext;
}

/** Opens one connection, by {@link verified}; `signal` gives it up while it is not there. */
export type Open = (secure: Secure, signal: AbortSignal) => Promise<TLSSocket>;

/** Opens one as often as it takes, within its time. */
export type Connect = (open: Open) => Promise<TLSSocket>;

/**
 * Opens connections whose other end is verified before anything is sent. When
 * nobody known has signed for it, once more with the wider trust, which then
 * stays: no request is lost in between, since none was sent.
 */
export function verifier(narrowest: Trust, { signal, hurry }: Ending): Connect {
  let trust = narrowest;
  let isFirst = true;
  return async (open) => {
    for (;;) {
      const tried = trust;
      try {
        const socket = await inTime(open, tried, signal, isFirst ? hurry : undefined);
        isFirst = false;
        return socket;
      } catch (error) {
        if (!(error instanceof UntrustedCertificate)) throw error;
        // Another connection may have widened it meanwhile.
        const wider = trust === tried ? tried.wider() : trust;
        if (wider === undefined) throw tried.failure(error);
        trust = wider;
      }
    }
  };
}

async function inTime(
  open: Open,
  trust: Trust,
  ended: AbortSignal | undefined,
  hurry: AbortSignal | undefined,
): Promise<TLSSocket> {
  const stop = new AbortController();
  const over = new AbortController();
  const reasons = [AbortSignal.timeout(CONNECTION_TIMEOUT), ...(ended ? [ended] : [])];
  if (hurry) reasons.push(secondAfter(hurry, over.signal));
  const giveUp = () => stop.abort(reasons.find(({ aborted }) => aborted)?.reason);
  for (const reason of reasons) reason.addEventListener("abort", giveUp, { once: true });
  try {
    ended?.throwIfAborted();
    const context = trust.context();
    return await open(context ? { secureContext: context } : {}, stop.signal);
  } finally {
    // A connection that is there outlives both.
    for (const reason of reasons) reason.removeEventListener("abort", giveUp);
    over.abort();
  }
}

/** Aborted, with the reason of `hurry`, a second after that. */
function secondAfter(hurry: AbortSignal, over: AbortSignal): AbortSignal {
  const late = new AbortController();
  const begin = () => {
    const end = () => late.abort(hurry.reason);
    AbortSignal.timeout(HURRIED_TIMEOUT).addEventListener("abort", end, { signal: over });
  };
  if (hurry.aborted) begin();
  else hurry.addEventListener("abort", begin, { signal: over });
  return late.signal;
}

/**
 * Waits until the other end has shown a certificate that is accepted.
 *
 * @param peer host and port, for the error
 * @throws UntrustedCertificate; the signal's reason; what else the socket fails with
 */
export async function verified(
  socket: TLSSocket,
  peer: string,
  signal: AbortSignal,
): Promise<TLSSocket> {
  try {
    await once(socket, "secureConnect", { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    throw asUntrusted(error, peer) ?? error;
  }
}

/** @returns undefined for every other failure */
export function asUntrusted(error: unknown, peer: string): UntrustedCertificate | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && isUntrusted(code)
    ? new UntrustedCertificate(peer, code)
    : undefined;
}
