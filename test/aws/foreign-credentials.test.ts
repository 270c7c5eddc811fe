import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { expect, it, onTestFinished, vi } from "vitest";
import { namedCredentials, processCredentials } from "../../src/aws/foreign-credentials.ts";
import { temporaryHome } from "../helpers/context.ts";

const KEYS = '{"Version":1,"AccessKeyId":"AKIA1","SecretAccessKey":"s1"}';

function run(line: string, timeout?: number) {
  const configFile = path.join(temporaryHome(), "config");
  writeFileSync(configFile, `[profile p]\ncredential_process = ${line}\n`);
  const running = { profile: "p", configFile, credentialsFile: `${configFile}-none` };
  const env = { PATH: process.env["PATH"], KEYS };
  const access = { env, trace: () => {} };
  return processCredentials(running, access, { timeout, end: () => {} });
}

it("a credential_process runs in the environment that it is given, and in no other", async () => {
  expect(await run('test -z "$HOME" && echo "$KEYS"')).toMatchObject({ accessKeyId: "AKIA1" });
});

it.each(["sleep 20; echo", "sleep 20 & cat; echo"])("that hangs is given up: %s", async (line) => {
  const begun = performance.now();
  await expect(run(line, 300)).rejects.toMatchObject({
    code: "ServiceUnavailable",
    message: expect.stringMatching(/"p": it gave none within 0.3 s\.$/),
  });
  expect(performance.now() - begun).toBeLessThan(5_000);
});

it("that takes its time is waited for", async () => {
  expect(await run('sleep 0.3; echo "$KEYS"', 10_000)).toMatchObject({ accessKeyId: "AKIA1" });
});

it.each(["hangs", "drips"])("an endpoint of credentials that %s is given up", async (how) => {
  const url = await startEndless(how === "drips");
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  onTestFinished(() => warned.mockRestore());
  vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url);
  const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/here` };
  const access = { env, trace: () => {} };
  const begun = performance.now();
  await Promise.all([
    expect(namedCredentials("EcsContainer", access)).rejects.toMatchObject({
      code: "ServiceUnavailable",
      message:
        "No credentials from asking the container's endpoint for credentials: it gave none within 2 s.",
    }),
    expect(namedCredentials("Ec2InstanceMetadata", access)).rejects.toMatchObject({
      code: "ServiceUnavailable",
      message: expect.stringMatching(/instance metadata/),
    }),
  ]);
  expect(performance.now() - begun).toBeLessThan(25_000);
  expect(warned).not.toHaveBeenCalled();
});

/** A server that never ends an answer, and says nothing or a byte now and then. */
async function startEndless(isDripping: boolean): Promise<string> {
  const drips = new Set<NodeJS.Timeout>();
  const server = createServer((_, response) => {
    if (isDripping) drips.add(setInterval(() => response.write("x"), 300));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const drip of drips) clearInterval(drip);
    // The connections were closed by who gave up.
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
