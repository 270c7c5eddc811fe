import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findSession, readAwsConfig } from "../../src/aws/config.ts";
import { roleCredentials } from "../../src/flows/role-credentials.ts";
import { signIn } from "../../src/flows/sign-in.ts";
import { status } from "../../src/flows/status.ts";
import { usableToken } from "../../src/flows/usable-token.ts";
import { filesBelow, type SceneOptions, signInAsAwsCli, startScene } from "../helpers/context.ts";
import { memoryKeychain } from "../helpers/keychain.ts";

const HOUR = 3_600_000;

describe("status", () => {
  it("tells each state of the token, offline and without a write", async () => {
    const { lab, clock, context, session, state } = await start();
    expect(await state()).toBe("signed-out");
    const { file, token } = await signInAsAwsCli(lab, context);
    expect(await state()).toBe("valid");
    await clock.advance(HOUR);
    const requests = lab.requests.length;
    const before = filesBelow(context.paths.home);
    expect(await state()).toBe("refreshable");
    expect(lab.requests.length).toBe(requests);
    expect(filesBelow(context.paths.home)).toEqual(before);
    await clock.advance(8 * HOUR);
    await clock.run(usableToken(session, context));
    expect(await state()).toBe("expired");
    writeFileSync(file, JSON.stringify({ ...token, refreshToken: undefined }));
    expect(await state()).toBe("expired");
    writeFileSync(file, "{");
    expect(await state()).toBe("signed-out");
    rmSync(file);
    expect(await state()).toBe("signed-out");
  });

  it("lists the role credentials of a profile until they run out", async () => {
    const accountId = "012345678901";
    const { lab, clock, context, session } = await start({
      profiles: [{ name: "dev", accountId, roleName: "DeveloperAccess" }],
      lab: {
        organisation: {
          users: [{ name: "ada" }],
          accounts: [{ id: accountId, roles: [{ name: "DeveloperAccess" }] }],
        },
      },
    });
    await signInAsAwsCli(lab, context);
    const target = { session, accountId, roleName: "DeveloperAccess" };
    const { expiration } = await roleCredentials(target, { maySignIn: "never" }, context);
    const found = { accountId, roleName: "DeveloperAccess", session: "acme" };
    expect((await status(undefined, context)).roleCredentials).toEqual([
      { ...found, now: clock.now(), expiresAt: expiration },
    ]);
    await clock.advance(HOUR);
    expect((await status(undefined, context)).roleCredentials).toEqual([]);
  });

  it.each(["file", "keychain"])(
    "lists those of a role that stands in no profile and no inventory (%s)",
    async (store) => {
      const { lab, clock, context } = await start({ keychain: memoryKeychain() });
      const { configFile, home } = context.paths;
      const config = readFileSync(configFile, "utf8");
      writeFileSync(configFile, `${config}ssox_store = ${store}\n`);
      const session = findSession(readAwsConfig(configFile), "acme");
      await clock.run(
        signIn(session, { flow: "device", noBrowser: true, timeoutSeconds: 600 }, context),
      );
      const accountId = lab.organisation.accounts[0]?.id ?? "";
      const target = { session, accountId, roleName: "DeveloperAccess" };
      const { expiration } = await roleCredentials(target, { maySignIn: "never" }, context);
      const before = filesBelow(home);
      expect((await status(undefined, context)).roleCredentials).toEqual([
        {
          accountId,
          roleName: "DeveloperAccess",
          session: "acme",
          now: clock.now(),
          expiresAt: expiration,
        },
      ]);
      expect(filesBelow(home)).toEqual(before);
    },
  );

  it("of one session is about that session", async () => {
    const { context } = await start();
    expect((await status("acme", context)).sessions).toHaveLength(1);
    await expect(status("other", context)).rejects.toThrow(/no session "other"/);
  });
});

async function start(options: SceneOptions = {}) {
  const place = await startScene(options);
  return { ...place, state: async () => (await status("acme", place.context)).sessions[0]?.state };
}
