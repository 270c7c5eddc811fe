import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import type { ServiceAccess } from "../../src/aws/service-client.ts";

/** What a server sends, byte for byte. */
export interface RawAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Cuts the connection before the answer, or in the middle of it. */
  readonly drop?: "before" | "within";
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
    if (answer.drop === "before") return void request.socket.destroy();
    const { status = 200, body = "" } = answer;
    const sent = typeof body === "string" ? body : JSON.stringify(body);
    const cut = answer.drop === "within" && { "Content-Length": sent.length + 100 };
    response.writeHead(status, { "Content-Type": "application/json", ...answer.headers, ...cut });
    if (!cut) return void response.end(sent);
    response.write(sent, () => request.socket.destroy());
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

/** Answers that no client can use, from a service, a proxy or a broken line. */
export const UNUSABLE: readonly (readonly [what: string, answer: RawAnswer, code: string])[] = [
  ["an empty body", { body: "" }, "ServiceUnavailable"],
  ["a page of HTML", { body: "<html>Sign in to the hotel</html>" }, "ServiceUnavailable"],
  ["a page of HTML as 401", { status: 401, body: "<html></html>" }, "ServiceUnavailable"],
  ["a page of HTML as 403", { status: 403, body: "<html></html>" }, "ServiceUnavailable"],
  ["a page of HTML as 400", { status: 400, body: "<html></html>" }, "ServiceUnavailable"],
  ["a page of HTML as 404", { status: 404, body: "<html></html>" }, "ServiceUnavailable"],
  ["a page of HTML as 502", { status: 502, body: "<html></html>" }, "ServiceUnavailable"],
  ["a page of HTML as 511", { status: 511, body: "<html></html>" }, "ServiceUnavailable"],
  ["cut JSON", { body: '{"accessToken":"a","acc' }, "ServiceUnavailable"],
  ["JSON that is no object", { body: "[]" }, "ServiceUnavailable"],
  ["null", { body: "null" }, "ServiceUnavailable"],
  ["an empty object", { body: "{}" }, "ServiceUnavailable"],
  ["400 without a body", { status: 400 }, "ServiceUnavailable"],
  ["404 without a body", { status: 404 }, "ServiceUnavailable"],
  ["407", { status: 407, body: "{}" }, "ServiceUnavailable"],
  ["a redirect", { status: 302, headers: { Location: "/" } }, "ServiceUnavailable"],
  ["500", { status: 500, body: { error: "server_error" } }, "ServiceUnavailable"],
  ["503", { status: 503, body: { message: "later" } }, "ServiceUnavailable"],
  ["429", { status: 429, body: { message: "HTTP 429 Unknown Code" } }, "Throttled"],
  ["a connection cut before the answer", { drop: "before" }, "NetworkError"],
  ["a connection cut within the answer", { drop: "within", body: '{"acc' }, "NetworkError"],
];

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
