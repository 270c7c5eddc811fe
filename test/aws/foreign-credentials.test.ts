import { writeFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { expect, it } from "vitest";
import { processCredentials } from "../../src/aws/foreign-credentials.ts";
import { temporaryHome } from "../helpers/context.ts";

const KEYS = '{"Version":1,"AccessKeyId":"AKIA1","SecretAccessKey":"s1"}';

function run(line: string, timeout?: number) {
  const configFile = path.join(temporaryHome(), "config");
  writeFileSync(configFile, `[profile p]\ncredential_process = ${line}\n`);
  const running = { profile: "p", configFile, credentialsFile: `${configFile}-none` };
  const env = { PATH: process.env["PATH"], KEYS };
  return processCredentials(running, { env, trace: () => {} }, timeout);
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
