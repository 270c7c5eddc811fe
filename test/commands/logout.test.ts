import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { SsoxError } from "../../src/errors.ts";
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
    Credentials: CREDENTIALS,
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

it("--all names the roles of a session that the config file has lost, and leaves out what nothing tells", async () => {
  const { lab, clock, context } = await startScene();
  const { configFile, roleCache, state } = context.paths;
  await signInAsAwsCli(lab, context);
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  await main(
    ["credential-process", "--account", accountId, "--role", "DeveloperAccess"],
    root,
    context,
  );
  writeFileSync(configFile, "");
  const { AccountId: _none, ...Credentials } = CREDENTIALS;
  const foreign = { ProviderType: "sso", Credentials };
  writeFileSync(path.join(roleCache, "of-aws-cli-2.9.json"), JSON.stringify(foreign));
  const printed = context.terminal.stdout.length;

  expect(await main(["logout", "--all", "--json"], root, context)).toBe(0);

  const { stillValid } = JSON.parse(context.terminal.stdout.slice(printed));
  expect(stillValid).toHaveLength(2);
  expect(stillValid).toEqual(
    expect.arrayContaining([
      { expiresAt: "2099-01-01T00:00:00Z" },
      { accountId, role: "DeveloperAccess", expiresAt: timestamp(clock.now() + 3_600_000) },
    ]),
  );
  expect(readdirSync(path.join(state, "sessions"))).toEqual([]);
});

it("--all removes what is left of tokens and role credentials that nobody can use", async () => {
  const { context } = await startScene();
  const { tokenCache, roleCache } = context.paths;
  for (const folder of [tokenCache, roleCache]) mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(tokenCache, "cut.json"), '{"startUrl": "x", "accessToken": "a secr');
  writeFileSync(path.join(tokenCache, "registration.json"), '{"clientId": "a CLI\'s own", "cli');
  const { Expiration: _none, ...Credentials } = CREDENTIALS;
  const endless = JSON.stringify({ ProviderType: "sso", Credentials });
  writeFileSync(path.join(roleCache, "endless.json"), endless);
  writeFileSync(path.join(roleCache, "cut.json"), '{"ProviderType": "sso", "Credentials": {"Acc');
  writeFileSync(path.join(roleCache, "assumed.json"), '{"ProviderType": "assume-role"}');

  expect(await main(["logout", "--all"], root, context)).toBe(0);

  expect(readdirSync(tokenCache)).toEqual(["registration.json"]);
  expect(readdirSync(roleCache)).toEqual(["assumed.json"]);
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

const CREDENTIALS = {
  AccessKeyId: "ASIA",
  SecretAccessKey: "s",
  SessionToken: "t",
  Expiration: "2099-01-01T00:00:00Z",
  AccountId: "111122223333",
};

it.each([
  ["whose ssox_store is mistyped", "vault", "ConfigInvalid"],
  ["whose keychain cannot be used", "keychain", "KeychainUnavailable"],
])("--all signs out of the others, too, beside a session %s", async (_what, store, code) => {
  const fail = async () => {
    throw new SsoxError("KeychainUnavailable", "It is locked.", { hint: "unlock it" });
  };
  const keychain = { get: fail, set: fail, remove: fail, prove: fail };
  const { lab, context } = await startScene({ keychain });
  const { configFile, tokenCache, roleCache } = context.paths;
  const text = readFileSync(configFile, "utf8");
  const [before, after] = ["aaa", "zzz"].map((name) => {
    const section = text.replace("[sso-session acme]", `[sso-session ${name}]`);
    return `${section}ssox_store = ${store}\n`;
  });
  writeFileSync(configFile, before + text + after);
  await signInAsAwsCli(lab, context);
  mkdirSync(roleCache, { recursive: true });
  const cached = { ProviderType: "sso", Credentials: CREDENTIALS };
  writeFileSync(path.join(roleCache, "role.json"), JSON.stringify(cached));

  expect(await main(["logout", "--all", "--json"], root, context)).toBe(8);

  const message = expect.any(String);
  expect(JSON.parse(context.terminal.stdout)).toEqual({
    sessions: ["acme"],
    stillValid: [{ accountId: "111122223333", expiresAt: "2099-01-01T00:00:00Z" }],
    failed: [
      { session: "aaa", code, message },
      { session: "zzz", code, message },
    ],
  });
  expect(context.terminal.stderr).toMatch(/^aaa: .+ → .+\nzzz: .+ → .+\n$/);
  expect(requestsOf(lab, "Logout").map(({ status }) => status)).toEqual([200]);
  expect([readdirSync(tokenCache), readdirSync(roleCache)]).toEqual([[], []]);
});

it("--all fails as its only session does, where nothing could be done", async () => {
  const { context } = await startScene();
  const { configFile } = context.paths;
  writeFileSync(configFile, `${readFileSync(configFile, "utf8")}ssox_store = vault\n`);
  expect(await main(["logout", "--all", "--json"], root, context)).toBe(6);
  expect(JSON.parse(context.terminal.stdout)).toMatchObject({ error: { code: "ConfigInvalid" } });
});
