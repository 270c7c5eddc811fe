import { once } from "node:events";
import type { SecureContext, TLSSocket } from "node:tls";
import { isUntrusted, type Trust, UntrustedCertificate } from "./trust.ts";

/** In milliseconds, from the first packet to a connection that is verified. */
const CONNECTION_TIMEOUT = 5_000;

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
 *
 * @param ended gives up what is not there yet
 */
export function verifier(narrowest: Trust, ended: AbortSignal | undefined): Connect {
  let trust = narrowest;
  return async (open) => {
    for (;;) {
      const tried = trust;
      try {
        return await inTime(open, tried, ended);
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
): Promise<TLSSocket> {
  const stop = new AbortController();
  const reasons = [AbortSignal.timeout(CONNECTION_TIMEOUT), ...(ended ? [ended] : [])];
  const giveUp = () => stop.abort(reasons.find(({ aborted }) => aborted)?.reason);
  for (const reason of reasons) reason.addEventListener("abort", giveUp, { once: true });
  try {
    ended?.throwIfAborted();
    const context = trust.context();
    return await open(context ? { secureContext: context } : {}, stop.signal);
  } finally {
    // A connection that is there outlives both.
    for (const reason of reasons) reason.removeEventListener("abort", giveUp);
  }
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
