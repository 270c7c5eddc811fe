import { appendFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { credentialProcess } from "../../src/flows/credential-process.ts";
import { signInAsAwsCli, startScene, timestamp } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";

const DEV = { profile: "dev" };

describe("credential-process", () => {
  it("42 · gives the document that AWS clients expect", async () => {
    const { lab, clock, context, accountId } = await start();
    await signInAsAwsCli(lab, context);
    expect(await credentialProcess(DEV, context)).toEqual({
      Version: 1,
      AccessKeyId: expect.stringMatching(/^ASIA/),
      SecretAccessKey: expect.any(String),
      SessionToken: expect.any(String),
      Expiration: timestamp(clock.now() + 3_600_000),
      AccountId: accountId,
    });
  });

  it("never signs in and never asks, whatever terminal there is", async () => {
    const { lab, context } = await start();
    await expect(credentialProcess(DEV, context)).rejects.toMatchObject({ code: "LoginRequired" });
    expect(lab.requests).toEqual([]);
    expect(context.terminal.questions).toEqual([]);
  });

  it("takes its target from the flags alone", async () => {
    const { context } = await start({ AWS_PROFILE: "dev" });
    for (const selection of [{}, { account: "111122223333" }, { session: "acme" }]) {
      await expect(credentialProcess(selection, context)).rejects.toMatchObject({ code: "Usage" });
    }
    expect(context.terminal.questions).toEqual([]);
  });

  it("knows the profile that exec adds within exec alone", async () => {
    const { context } = await start();
    const added = credentialProcess({ profile: "ssox-exec-0123" }, context);
    await expect(added).rejects.toMatchObject({ code: "UnknownProfile" });
  });

  it("refuses a profile that leads back to it", async () => {
    const { lab, context } = await start();
    appendFileSync(
      context.paths.configFile,
      "credential_process = /usr/bin/node /opt/ssox.js credential-process --profile dev\n",
    );
    await expect(credentialProcess(DEV, context)).rejects.toMatchObject({ code: "ConfigInvalid" });
    expect(requestsOf(lab, "GetRoleCredentials")).toEqual([]);
  });
});

async function start(env: Record<string, string> = {}) {
  const accountId = "105992674944";
  const organisation = {
    users: [{ name: "ada" }],
    accounts: [{ id: accountId, roles: [{ name: "DeveloperAccess" }] }],
  };
  const place = await startScene({
    env,
    lab: { organisation },
    profiles: [{ name: "dev", accountId, roleName: "DeveloperAccess" }],
    terminal: { interactive: true },
  });
  return { ...place, accountId };
}
