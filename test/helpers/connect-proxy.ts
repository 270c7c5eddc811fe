import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { type Authority, newAuthority } from "./authority.ts";

export interface ProxyOptions {
  /** `user:password` that it wants to see. */
  readonly credentials?: string;
  /** Instead of opening a tunnel: this status, or no answer, or a cut connection. */
  readonly answer?: number | "none" | "cut";
  /** The client speaks TLS with the proxy itself. */
  readonly secure?: boolean;
}

/** A proxy in whose tunnels the lab answers, whatever AWS host they were opened to. */
export interface ConnectProxy {
  readonly url: string;
  /** Has signed all certificates in its tunnels. */
  readonly authority: Authority;
  /** What makes an AWS client use it, and trust it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The host of every tunnel that was asked for so far, `HOST:PORT`. */
  readonly tunnels: readonly string[];
  /** Connections of clients that are open now. */
  readonly open: ReadonlySet<Duplex>;
}

/** Every AWS host that a client of the lab asks for, in the regions of the tests. */
const HOSTS = [
  ...["eu-west-1", "us-east-1", "us-east-2", "eu-central-1"].flatMap((region) => [
    ...["oidc", "portal.sso", "sts"].map((service) => `${service}.${region}.amazonaws.com`),
    `${region}.signin.aws.amazon.com`,
  ]),
  "d-1234567890.awsapps.com",
  "sts.amazonaws.com",
];

/** Under which the lab's pages are found in a tunnel. */
export const SIGN_IN_ORIGIN = "https://oidc.eu-west-1.amazonaws.com";

/**
 * For clients that are not told another endpoint: they believe that they
 * speak with AWS over TLS. No host but AWS's is let through, and nothing leaves
 * this machine. Ends with the test.
 */
export async function startConnectProxy(
  lab: Pick<Lab, "url">,
  options: ProxyOptions = {},
): Promise<ConnectProxy> {
  const authority = newAuthority();
  const inside = createTlsServer(
    authority.identity(HOSTS),
    (incoming, outgoing) => void passOn(lab.url, incoming, outgoing),
  );
  const tunnels: string[] = [];
  const open = new Set<Duplex>();
  const server = options.secure
    ? createTlsServer(authority.identity(["127.0.0.1"]))
    : createServer((_incoming, outgoing) => outgoing.writeHead(405).end());
  server.on(options.secure ? "secureConnection" : "connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  server.on("connect", (incoming: IncomingMessage, socket: Duplex) => {
    tunnels.push(incoming.url ?? "");
    tunnel(incoming, socket, inside, options);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    // Tunnels are no longer the server's own connections.
    for (const socket of open) socket.destroy();
    inside.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const url = `${options.secure ? "https" : "http"}://127.0.0.1:${port}`;
  const { credentials } = options;
  const asUser = credentials === undefined ? url : url.replace("//", `//${credentials}@`);
  return {
    url,
    authority,
    tunnels,
    open,
    environment: {
      HTTPS_PROXY: asUser,
      NO_PROXY: "127.0.0.1",
      AWS_CA_BUNDLE: authority.file,
    },
  };
}

function tunnel(
  { url = "", headers }: IncomingMessage,
  socket: Duplex,
  inside: TlsServer,
  { credentials, answer = 200 }: ProxyOptions,
): void {
  // A client that goes away closes its tunnel in its own way.
  socket.on("error", () => {});
  // Silent, but it sees when the client leaves.
  if (answer === "none") return void socket.resume().on("end", () => socket.end());
  if (answer === "cut") return void socket.destroy();
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;
  const isKnown = wanted === undefined || headers["proxy-authorization"] === wanted;
  const status = isKnown ? (HOSTS.includes(url.replace(/:443$/, "")) ? answer : 502) : 407;
  // With a page, as proxies have it.
  if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n<html>No</html>`);
  socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
  inside.emit("connection", socket);
}

/** The same request to the lab, the AWS host name included; in its answer that stands for the lab's address. */
async function passOn(
  labUrl: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method, headers, url = "/" } = incoming;
  const onward = request(new URL(url, labUrl), { method, headers }, async (answer) => {
    const body = (await text(answer)).replaceAll(labUrl, SIGN_IN_ORIGIN);
    const { "content-length": _, "transfer-encoding": __, ...kept } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, kept).end(body);
  });
  onward.on("error", () => outgoing.destroy());
  incoming.pipe(onward);
}
