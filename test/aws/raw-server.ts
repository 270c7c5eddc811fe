import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { ServiceAccess } from "../../src/aws/service-client.ts";

/** What a server sends, byte for byte; `drop` cuts the connection instead. */
export interface RawAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly drop?: boolean;
}

export interface RawRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface RawServer {
  readonly url: string;
  readonly requests: RawRequest[];
  /** Points every AWS service at this server. */
  readonly access: ServiceAccess;
  /** The lines of `--debug`. */
  readonly trace: string[];
}

/** A server that gives these answers in turn, the last one again and again. It ends with the test. */
export async function startRawServer(...answers: RawAnswer[]): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    requests.push({ method, url, headers, body: await text(request) });
    const answer = answers[Math.min(requests.length, answers.length) - 1] ?? {};
    if (answer.drop) return void request.socket.destroy();
    const { status = 200, body = "" } = answer;
    response.writeHead(status, { "Content-Type": "application/json", ...answer.headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const trace: string[] = [];
  const env = { AWS_ENDPOINT_URL: url };
  return { url, requests, trace, access: { env, trace: (line) => trace.push(line) } };
}

/** What a call came to, in one line: the kind of its answer, or the code of its error. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    const answer = await call;
    if (answer === undefined) return "undefined";
    return typeof answer === "object" && answer !== null && "kind" in answer
      ? String(answer.kind)
      : "ok";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}
