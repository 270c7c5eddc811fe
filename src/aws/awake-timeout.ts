import type { SSOOIDCClient } from "@aws-sdk/client-sso-oidc";

/** The name of an error that does not make the SDK try again. */
export const NO_ANSWER = "NoAnswer";

/**
 * Makes the client give up an answer after so many seconds in which this process
 * ran, and not ask again. The SDK's own timer is due the moment a process that
 * was stopped, or slept, wakes up: before it reads the answer that came
 * meanwhile. And it asks again: but the answer may be the only copy of a refresh
 * token, and the token that it asks with may be used up.
 *
 * Calls that a signal may end have no such answer, and keep the SDK's timer.
 */
export function timeOutAwake(client: SSOOIDCClient, seconds: number): void {
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (request, options) => {
    if (options && "abortSignal" in options) return await handle(request, options);
    const limit = new AbortController();
    const answered = new AbortController();
    countDown(seconds, limit, answered.signal);
    try {
      return await handle(request, { abortSignal: limit.signal, requestTimeout: 0 });
    } catch (error) {
      if (limit.signal.aborted) throw Object.assign(new Error(), { name: NO_ANSWER });
      throw error;
    } finally {
      answered.abort();
    }
  };
}

function countDown(seconds: number, limit: AbortController, answered: AbortSignal): void {
  if (answered.aborted) return;
  if (seconds === 0) {
    limit.abort();
    return;
  }
  const tick = () => countDown(seconds - 1, limit, answered);
  AbortSignal.timeout(1_000).addEventListener("abort", tick, { once: true });
}
