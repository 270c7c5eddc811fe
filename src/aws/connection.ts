import type { IncomingMessage, RequestOptions } from "node:http";
import type { ServiceAccess } from "./network-settings.ts";

/** Of a request without a body, to what is no service of an AWS SDK. */
export interface PlainRequest {
  readonly method: "GET" | "HEAD";
  readonly url: URL;
  /** Milliseconds without a byte, after which it fails with `ETIMEDOUT`. */
  readonly timeout: number;
}

/**
 * Sends it, over the connections that proxies and certificate settings ask for.
 * The body of the answer is for the caller to read, or to destroy.
 *
 * @throws what the connection failed with
 */
export async function sendPlain(
  { method, url, timeout }: PlainRequest,
  access: ServiceAccess,
): Promise<IncomingMessage> {
  const { request, agent } = await connectionTo(url, access);
  const { signal } = access;
  const options: RequestOptions = { method, agent, timeout, ...(signal && { signal }) };
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, options, resolve);
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(Object.assign(new Error(), { code: "ETIMEDOUT" })));
    sent.end();
  });
}

async function connectionTo(url: URL, access: ServiceAccess) {
  if (url.protocol === "http:")
    return { request: (await import("node:http")).request, agent: undefined };
  const { httpsAgent } = await import("./https-agent.ts");
  return { request: (await import("node:https")).request, agent: await httpsAgent(url, access) };
}
