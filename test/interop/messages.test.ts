import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, type TestContext, test } from "vitest";
import { sha1, signInAsAwsCli, testContext } from "../helpers/context.ts";
import { environmentFor, startTestLab } from "../helpers/lab.ts";
import { runSsox } from "../helpers/program.ts";
import { BUILD_TIMEOUT, buildClient, commandOrSkip } from "../helpers/toolchains.ts";
import { runWitness } from "../helpers/witness.ts";
import { CLIENT_MESSAGES, type Home, type Speaker, USUAL_CONFIG } from "./client-messages.ts";
import { clientFile, minutesFromNow, witnessOf } from "./desk.ts";

/*
 * docs/troubleshooting.md says what the AWS clients say: here they say it.
 */

const SPEAKERS: Readonly<Record<Speaker, (running: TestContext) => Promise<readonly string[]>>> = {
  "AWS CLI, boto3": async (running) => [
    witnessOf("AWS CLI v1", running).program,
    "sts",
    "get-caller-identity",
  ],
  JavaScript: async (running) => [
    witnessOf("JS SDK v3", running).program,
    clientFile("caller-identity.mjs"),
  ],
  Go: (running) => compiled("Go SDK v2", running),
  Java: (running) => compiled("Java SDK v2", running),
  Rust: (running) => compiled("Rust aws-config", running),
};

for (const [speaker, command] of Object.entries(SPEAKERS)) {
  test(`the messages of ${speaker}`, { timeout: BUILD_TIMEOUT }, async (running) => {
    const [program = "", ...words] = await command(running);
    for (const { title, home, says } of CLIENT_MESSAGES) {
      const message = Object.entries(says).find(([name]) => name === speaker)?.[1];
      if (message === undefined) continue;
      const { stdout, stderr } = await runWitness(program, words, await environmentOf(home));
      // In JSON, and, of Rust, in strings within it.
      const said = `${stdout}${stderr}`.replace(/\\+"/g, '"');
      const parts = message.split("…");
      for (const part of parts) expect(said, title).toContain(part);
    }
  });
}

async function compiled(client: Parameters<typeof buildClient>[0], running: TestContext) {
  return [...commandOrSkip(client, await buildClient(client), running), "identity"];
}

/** Makes the home. */
async function environmentOf(home: Home): Promise<Record<string, string>> {
  // Its own for each: nothing is left over. Some requests are wrong, as is the profile.
  const roleCredentials = home.hasEndedKeys ? 1 : 3600;
  const lab = await startTestLab({ wrongRequests: true, lifetimes: { roleCredentials } });
  const context = testContext({ lab, config: home.config ?? USUAL_CONFIG });
  const { home: folder, tokenCache } = context.paths;
  if (home.credentials) {
    writeFileSync(path.join(folder, ".aws", "credentials"), home.credentials);
  }
  const ended = { expiresAt: minutesFromNow(-1), refreshToken: "none" };
  const isRevoked = home.token === "revoked";
  await signInAsAwsCli(lab, context, {
    ...(home.token === "over" && ended),
    ...(isRevoked && { accessToken: "none" }),
  });
  const file = path.join(tokenCache, `${sha1("acme")}.json`);
  if (home.token === "none") rmSync(file);
  if (home.token === "empty") writeFileSync(file, "");
  const env = environmentFor(lab, folder);
  const all = {
    ...env,
    AWS_PROFILE: "dev",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    ...home.env,
    ...(home.endpoint && (await endpointThat(home.endpoint))),
    ...(home.hasEndedKeys && (await endedKeys(env))),
  };
  const set = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as Record<string, string>;
}

async function endedKeys(env: Readonly<Record<string, string>>) {
  const words = ["env", "--profile", "dev", "--format", "json"];
  const { stdout } = await runSsox(words, { env });
  const { AWS_CREDENTIAL_EXPIRATION: _, ...keys } = JSON.parse(stdout);
  await delay(2000);
  return { ...keys, AWS_PROFILE: undefined };
}

async function endpointThat(does: "refuses" | "gone"): Promise<Record<string, string>> {
  const server = createServer((_request, response) => {
    response.writeHead(403, { "Content-Type": "application/json" });
    const told = { code: "LoginRequired", message: "You are not signed in to acme." };
    response.end(JSON.stringify({ ...told, Code: told.code, Message: told.message }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the port has no number");
  if (does === "gone") await new Promise((resolve) => server.close(resolve));
  else onTestFinished(() => void server.close());
  return {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${address.port}/`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "token",
  };
}
