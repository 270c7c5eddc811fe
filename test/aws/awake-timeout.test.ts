import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { CreateTokenCommand, SSOOIDCClient } from "@aws-sdk/client-sso-oidc";
import { expect, onTestFinished, test } from "vitest";
import { timeOutAwake } from "../../src/aws/awake-timeout.ts";

/** Answers every request after so many milliseconds, and counts them; a thread, since the test's own stands still. */
const SERVER = `
const { createServer } = require("node:http");
const { parentPort, workerData } = require("node:worker_threads");
createServer((request, response) => {
  parentPort.postMessage("asked");
  setTimeout(() => response.end('{"accessToken":"a","expiresIn":1}'), workerData);
}).listen(0, "127.0.0.1", function () { parentPort.postMessage(this.address().port); });`;

async function clientOf(answersAfter: number, seconds: number) {
  const worker = new Worker(SERVER, { eval: true, workerData: answersAfter });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = await once(worker, "message");
  let asked = 0;
  worker.on("message", () => {
    asked += 1;
  });
  const client = new SSOOIDCClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "eu-west-1",
    maxAttempts: 2,
    requestHandler: { requestTimeout: 1_000, throwOnRequestTimeout: true },
  });
  timeOutAwake(client, seconds);
  const command = new CreateTokenCommand({ clientId: "c", clientSecret: "s", grantType: "g" });
  return { ask: () => client.send(command), asked: () => asked };
}

test("an answer that came while the process stood still is taken, however long that was", async () => {
  const { ask, asked } = await clientOf(500, 2);
  const answer = ask();
  await expect.poll(asked, { timeout: 10_000, interval: 5 }).toBe(1);
  // In this phase of the event loop: its timers come next, and what was received after them.
  await new Promise<void>((resolve) => setImmediate(resolve));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000);
  expect(await answer).toMatchObject({ accessToken: "a" });
  await delay(50);
  expect(asked()).toBe(1);
});

test("an answer that does not come is given up, and not asked for again", async () => {
  const { ask, asked } = await clientOf(600_000, 2);
  const begun = performance.now();
  await expect(ask()).rejects.toMatchObject({ name: "NoAnswer" });
  expect(performance.now() - begun).toBeGreaterThan(1_900);
  expect(asked()).toBe(1);
});
