import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { userBrowser } from "../helpers/browser.ts";
import { signInAsAwsCli, startScene, timestamp } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";
import { asOrdinaryUser } from "../helpers/ordinary-user.ts";
import { root } from "../helpers/program.ts";

it("prints the sessions, and the credentials that live on at AWS", async () => {
  const accountId = "012345678901";
  const { lab, clock, context } = await startScene({
    profiles: [{ name: "dev", accountId, roleName: "DeveloperAccess" }],
    lab: {
      organisation: {
        users: [{ name: "ada" }],
        accounts: [{ id: accountId, roles: [{ name: "DeveloperAccess" }] }],
      },
    },
  });
  await signInAsAwsCli(lab, context);
  await main(["credential-process", "--profile", "dev"], root, context);
  const printed = context.terminal.stdout.length;
  expect(await main(["logout", "--json"], root, context)).toBe(0);
  expect(JSON.parse(context.terminal.stdout.slice(printed))).toEqual({
    sessions: ["acme"],
    stillValid: [
      { accountId, role: "DeveloperAccess", expiresAt: timestamp(clock.now() + 3_600_000) },
    ],
  });
});

it("tells people, and notes that the service could not be told", async () => {
  const { lab, relay, context } = await startScene();
  await signInAsAwsCli(lab, context);
  relay.relaying = async () => "cut";
  expect(await main(["logout"], root, context)).toBe(0);
  expect(context.terminal.stdout).toBe("Signed out of acme.\n");
  expect(context.terminal.stderr).toMatch(/^No answer from AWS .*gone here\.\n$/);
  expect(await main(["logout"], root, context)).toBe(0);
  expect(context.terminal.stdout).toContain("You were not signed in to acme.\n");
});

it("--all sweeps what the AWS CLI sweeps, and ssox's registrations", async () => {
  const { lab, context } = await startScene({ browser: userBrowser() });
  const { tokenCache, roleCache, state } = context.paths;
  await main(["login"], root, context);
  const orphan = await signInAsAwsCli(lab, context, {}, "no session names it");
  writeFileSync(path.join(tokenCache, "registration.json"), '{"clientId":"a CLI\'s own"}');
  mkdirSync(roleCache, { recursive: true });
  const cached = {
    ProviderType: "sso",
    Credentials: {
      AccessKeyId: "ASIA",
      SecretAccessKey: "s",
      SessionToken: "t",
      Expiration: "2099-01-01T00:00:00Z",
      AccountId: "111122223333",
    },
  };
  writeFileSync(path.join(roleCache, "unknown-role.json"), JSON.stringify(cached));
  writeFileSync(path.join(roleCache, "session.db"), "SQLite");
  const printed = context.terminal.stdout.length;

  expect(await main(["logout", "--all", "--json"], root, context)).toBe(0);

  expect(JSON.parse(context.terminal.stdout.slice(printed))).toEqual({
    sessions: ["acme"],
    stillValid: [{ accountId: "111122223333", expiresAt: "2099-01-01T00:00:00Z" }],
  });
  expect(existsSync(orphan.file)).toBe(false);
  expect(requestsOf(lab, "Logout")).toHaveLength(2);
  expect(readdirSync(tokenCache)).toEqual(["registration.json"]);
  expect(readdirSync(roleCache)).toEqual(["session.db"]);
  expect(existsSync(path.join(state, "registrations"))).toBe(false);
});

it("--all says which file it could not remove", async () => {
  const { lab, context } = await startScene();
  const orphan = await signInAsAwsCli(lab, context, {}, "no session names it");
  const folder = context.paths.tokenCache;
  await asOrdinaryUser(context.paths.home, async () => {
    writeFileSync(context.paths.configFile, "");
    chmodSync(folder, 0o500);
    expect(await main(["logout", "--all"], root, context)).toBe(6);
    chmodSync(folder, 0o700);
  });
  expect(context.terminal.stderr).toContain(`CacheInvalid: Cannot remove ${orphan.file}`);
  expect(existsSync(orphan.file)).toBe(true);
});
