import { once } from "node:events";
import { createServer } from "node:http";
import { expect, it, onTestFinished } from "vitest";
import { federationUrl } from "../../src/aws/federation.ts";

const REQUEST = {
  credentials: {
    accessKeyId: "ASIA1",
    secretAccessKey: "s",
    sessionToken: "t",
    expiration: undefined,
    accountId: undefined,
  },
  region: "eu-west-1",
  whose: "sandbox as DeveloperAccess",
  destination: "https://console.aws.amazon.com/",
  issuer: undefined,
};

it("an answer that comes byte by byte is given up after 15 seconds", async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    if (asked > 1) return response.end('{"SigninToken":"token"}');
    const drip = setInterval(() => response.write(" "), 500);
    return response.on("close", () => clearInterval(drip));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const env = { AWS_ENDPOINT_URL_SIGNIN: `http://127.0.0.1:${address.port}` };
  const told: string[] = [];
  const access = { env, trace: (line: string) => void told.push(line) };
  const url = await federationUrl(REQUEST, async () => {}, access);
  expect(new URL(url).searchParams.get("SigninToken")).toBe("token");
  expect(told).toEqual(["signin GetSigninToken: TimeoutError", "signin GetSigninToken: ok"]);
}, 25_000);
