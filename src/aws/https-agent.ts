import type { Agent as HttpAgent } from "node:http";
import { Agent, type RequestOptions } from "node:https";
import { TLSSocket } from "node:tls";
import { proxyFor } from "../domain/proxy.ts";
import type { ServiceAccess } from "./network-settings.ts";
import { tunnellingAgent } from "./proxy-tunnel.ts";
import { trustOf } from "./trust.ts";
import { type Connect, verified, verifier } from "./verified-connection.ts";

/** As the AWS SDK's own agent. */
const POOL = { keepAlive: true, maxSockets: 50 };

/**
 * What opens the connections to an https URL: through the proxy that the
 * environment names for it, to an end whose certificate the user's machine, or
 * AWS_CA_BUNDLE, accepts.
 *
 * @throws SsoxError `Usage` for a proxy that is no URL, `ConfigInvalid` for a CA
 * bundle that cannot be used; of its connections `NetworkError` where proxy or
 * certificate are at fault
 */
export async function httpsAgent(target: URL, access: ServiceAccess): Promise<HttpAgent> {
  const connect = verifier(trustOf(access), access);
  const proxy = proxyFor(target, access.env);
  if (proxy === undefined) return new DirectAgent(connect);
  return await tunnellingAgent(proxy, POOL, async (open) => {
    access.trace(`${target.host}: through the proxy ${proxy.url}`);
    return await connect(open);
  });
}

type Callback = NonNullable<Parameters<Agent["createConnection"]>[1]>;

class DirectAgent extends Agent {
  readonly #connect: Connect;

  constructor(connect: Connect) {
    super(POOL);
    this.#connect = connect;
  }

  override createConnection(options: RequestOptions, callback: Callback = () => {}): undefined {
    const connected = this.#connect(async (secure, signal) => {
      const socket = super.createConnection({ ...options, ...secure });
      if (!(socket instanceof TLSSocket)) throw new Error("https without TLS");
      return await verified(socket, `${options.host}:${options.port}`, signal);
    });
    // Node takes an error without a stream, which its types do not know.
    const failed = callback as (error: Error) => void;
    connected.then((socket) => callback(null, socket), failed);
  }
}
