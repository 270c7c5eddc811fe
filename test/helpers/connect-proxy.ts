import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";

/** A proxy in whose tunnels the lab answers, whatever AWS host they were opened to. */
export interface ConnectProxy {
  /** What makes a Python client use it, and trust it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The host of every tunnel so far, `HOST:PORT`. */
  readonly tunnels: readonly string[];
}

/** Every AWS host that a client of the lab asks for, in the regions of the tests. */
const HOSTS = ["eu-west-1", "us-east-1", "us-east-2", "eu-central-1"].flatMap((region) =>
  ["oidc", "portal.sso", "sts"].map((service) => `${service}.${region}.amazonaws.com`),
);

/**
 * For clients that cannot be told another endpoint: they believe that they
 * speak with AWS over TLS. No host but AWS's is let through, and nothing leaves
 * this machine. Ends with the test.
 */
export async function startConnectProxy(lab: Pick<Lab, "url">): Promise<ConnectProxy> {
  const { caFile, ...identity } = throwAwayIdentity();
  const inside = createTlsServer(identity, (incoming, outgoing) => {
    passOn(lab.url, incoming, outgoing);
  });
  const tunnels: string[] = [];
  const url = await startTunnelling(inside, tunnels);
  return {
    tunnels,
    environment: { HTTPS_PROXY: url, NO_PROXY: "127.0.0.1", AWS_CA_BUNDLE: caFile },
  };
}

/** A key and a certificate for all of {@link HOSTS}, which is its own authority. */
function throwAwayIdentity(): { key: Buffer; cert: Buffer; caFile: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-proxy-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [keyFile, caFile] = [path.join(folder, "key.pem"), path.join(folder, "ca.pem")];
  const names = ["sts.amazonaws.com", ...HOSTS].map((host) => `DNS:${host}`).join(",");
  const form = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-subj", "/CN=tests of ssox", "-addext", `subjectAltName=${names}`];
  const files = ["-days", "2", "-keyout", keyFile, "-out", caFile];
  execFileSync("openssl", ["req", "-x509", ...form, ...subject, ...files], { stdio: "pipe" });
  return { key: readFileSync(keyFile), cert: readFileSync(caFile), caFile };
}

async function startTunnelling(inside: TlsServer, tunnels: string[]): Promise<string> {
  const server = createServer((_incoming, outgoing) => outgoing.writeHead(405).end());
  server.on("connect", ({ url = "" }: IncomingMessage, socket) => {
    // A client that goes away closes its tunnel in its own way.
    socket.on("error", () => {});
    tunnels.push(url);
    if (!/\.amazonaws\.com:443$/.test(url)) {
      return void socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    }
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    inside.emit("connection", socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    // Tunnels are no longer the server's own connections.
    inside.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The same request to the lab, the AWS host name included. */
function passOn(labUrl: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers, url = "/" } = incoming;
  const onward = request(new URL(url, labUrl), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  incoming.pipe(onward);
}
