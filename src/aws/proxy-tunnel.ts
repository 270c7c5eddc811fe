import type { Agent } from "node:http";
import { TLSSocket } from "node:tls";
import type { HttpsProxyAgent as Opener } from "https-proxy-agent";
import type { HttpProxy } from "../domain/proxy.ts";
import { SsoxError } from "../errors.ts";
import { reasonOf } from "../system/files/errno.ts";
import { asUntrusted, type Connect, verified } from "./verified-connection.ts";

/** What the package is called with, for one connection. */
type Asked = Parameters<Opener<string>["connect"]>;

/** An agent all of whose connections go through the proxy. */
export async function tunnellingAgent(
  proxy: HttpProxy,
  pool: { readonly keepAlive: boolean; readonly maxSockets: number },
  connect: Connect,
): Promise<Agent> {
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  const { url, authorization } = proxy;
  // Not as a part of the URL: the package shows that where DEBUG is set.
  const headers = authorization === undefined ? {} : { "Proxy-Authorization": authorization };
  class TunnellingAgent extends HttpsProxyAgent<string> {
    /** Else it is guessed from the call stack, and no tunnel is ever found again for the next request. */
    override isSecureEndpoint(): boolean {
      return true;
    }

    override async connect(...[request, options]: Asked): Promise<TLSSocket> {
      const peer = `${options.host}:${options.port}`;
      return await connect(async (secure, signal) => {
        // An opener for each tunnel: its signal leaves a proxy that hangs, and no other tunnel.
        const opener = new HttpsProxyAgent(url, { headers, signal, ...secure });
        const asked: Asked = [request, { ...options, ...secure }];
        return await verified(await tunnel(opener, asked, proxy, peer, signal), peer, signal);
      });
    }
  }
  return new TunnellingAgent(url, pool);
}

async function tunnel(
  opener: Opener<string>,
  asked: Asked,
  proxy: HttpProxy,
  peer: string,
  signal: AbortSignal,
): Promise<TLSSocket> {
  let status: number | undefined;
  opener.once("proxyConnect", (answer) => {
    status = answer.statusCode;
  });
  const socket = await opener.connect(...asked).catch((error: unknown) => {
    throw asUntrusted(error, new URL(proxy.url).host) ?? unusable(proxy, error, signal);
  });
  // For any other status the package has a socket that replays the proxy's page.
  if (socket instanceof TLSSocket) return socket;
  socket.destroy();
  throw refused(proxy, peer, status);
}

function unusable({ url, variable }: HttpProxy, error: unknown, signal: AbortSignal): unknown {
  const isLate = signal.reason instanceof DOMException && signal.reason.name === "TimeoutError";
  if (signal.aborted && !isLate) return signal.reason;
  const why = isLate ? "it does not answer" : reasonOf(error);
  return new SsoxError("NetworkError", `The proxy ${url} (${variable}) cannot be used: ${why}.`, {
    hint: `check ${variable}; NO_PROXY names the hosts that need no proxy`,
    // By this the SDK knows that another try may help.
    cause: isLate ? signal.reason : error,
  });
}

function refused(proxy: HttpProxy, peer: string, status: number | undefined): SsoxError {
  const { url, variable, authorization } = proxy;
  if (status !== 407) {
    const what = `opens no tunnel to ${peer} (HTTP ${status})`;
    return new SsoxError("NetworkError", `The proxy ${url} ${what}.`, {
      hint: "have the proxy let it through, or name the host in NO_PROXY",
    });
  }
  const what =
    authorization === undefined
      ? "wants a user name and a password"
      : `refuses the user name and the password of ${variable}`;
  return new SsoxError("NetworkError", `The proxy ${url} ${what} (HTTP 407).`, {
    hint: `export ${variable}=${url.replace("//", "//USER:PASSWORD@")}`,
  });
}
