import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { findSession, readAwsConfig } from "../../src/aws/config.ts";
import { logout } from "../../src/flows/logout.ts";
import { logoutAll } from "../../src/flows/logout-all.ts";
import { moveSecrets } from "../../src/flows/move-secrets.ts";
import { roleCredentials } from "../../src/flows/role-credentials.ts";
import { storeOf } from "../../src/flows/stores/store-of.ts";
import { withLock } from "../../src/system/files/lock.ts";
import type { Keychain } from "../../src/system/keychain/keychain.ts";
import { signInAsAwsCli, startScene } from "../helpers/context.ts";
import { memoryKeychain } from "../helpers/keychain.ts";

const NOTICE = "Waiting for AWS, to end the session acme there …\n";
const HERE = "The session acme may live on at AWS; it is gone here.\n";

describe("logout, when the service does not answer,", () => {
  it("says after three seconds that it waits, gives up after ten, and removes what lies here", async () => {
    const { clock, context, session, arrived, expectGone } = await start("/logout");
    const out = logout(session, context);
    await arrived();
    await clock.advance(2_900);
    expect(context.terminal.stderr).toBe("");
    await clock.advance(6_900);
    expect(context.terminal.stderr).toBe(NOTICE);
    await clock.advance(200);
    expect(await out).toMatchObject({
      wasSignedIn: true,
      serviceFailure: { code: "NetworkError" },
      stillValid: [{ roleName: "DeveloperAccess" }],
    });
    expectGone();
  });

  it("removes what lies here when Ctrl-C ends the wait", async () => {
    const { context, session, arrived, expectGone } = await start("/logout");
    const out = expect(logout(session, context)).rejects.toMatchObject({ signal: "SIGINT" });
    await arrived();
    context.interrupt();
    await out;
    expectGone();
    expect(context.terminal.stderr).toBe(HERE);
  });

  it("does so, too, when the token has expired and would be renewed first", async () => {
    const { clock, context, session, arrived, expectGone } = await start("/token");
    await clock.advance(2 * 3_600_000);
    const out = expect(logout(session, context)).rejects.toMatchObject({ signal: "SIGTERM" });
    await arrived();
    await clock.advance(3_100);
    context.interrupt("SIGTERM");
    await out;
    expectGone();
    expect(context.terminal.stderr).toBe(NOTICE + HERE);
  }, 20_000);

  it("removes what lies in a keychain, too, when Ctrl-C ends the wait", async () => {
    const keychain = memoryKeychain();
    const get = keychain.get;
    keychain.get = async (name, signal) => {
      signal?.throwIfAborted();
      return await get(name);
    };
    const { clock, context, session: before, arrived } = await start("/token", keychain);
    const { configFile } = context.paths;
    writeFileSync(configFile, `${readFileSync(configFile, "utf8")}ssox_store = keychain\n`);
    const session = findSession(readAwsConfig(configFile), before.name);
    await moveSecrets(session, context);
    await clock.advance(2 * 3_600_000);
    const out = expect(logout(session, context)).rejects.toMatchObject({ signal: "SIGINT" });
    await arrived();
    context.interrupt();
    await out;
    expect([...keychain.items.keys()]).toEqual([]);
  }, 20_000);

  it("--all removes everything when Ctrl-C ends the wait", async () => {
    const { lab, context, arrived, expectGone } = await start("/logout");
    const { configFile, tokenCache } = context.paths;
    const text = readFileSync(configFile, "utf8");
    writeFileSync(configFile, text + text.replace("acme", "beta"));
    await signInAsAwsCli(lab, context, {}, "beta");
    await signInAsAwsCli(lab, context, {}, "no session names it");
    const out = expect(logoutAll(context)).rejects.toMatchObject({ signal: "SIGINT" });
    await arrived();
    context.interrupt();
    await out;
    expectGone();
    expect(readdirSync(tokenCache)).toEqual([]);
  });
});

it("logout, ended while it waits for another process, removes what lies here", async () => {
  const { context, session, expectGone } = await start("/nowhere");
  await withLock(storeOf(session, context).tokenLock, {}, async () => {
    const out = expect(logout(session, context)).rejects.toMatchObject({ signal: "SIGINT" });
    context.interrupt();
    await out;
  });
  expectGone();
});

/** Signed in, with credentials of a role; requests for `hanging` are never answered. */
async function start(hanging: string, keychain?: Keychain) {
  const scene = await startScene(keychain && { keychain });
  const { lab, relay, context, session } = scene;
  const { file } = await signInAsAwsCli(lab, context);
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const target = { session, accountId, roleName: "DeveloperAccess" };
  await roleCredentials(target, { maySignIn: "never" }, context);
  const asked: string[] = [];
  relay.relaying = async ({ path }, pass) => {
    asked.push(path);
    return path === hanging ? await new Promise<never>(() => {}) : await pass();
  };
  return {
    ...scene,
    arrived: () => vi.waitFor(() => expect(asked).toContain(hanging), { timeout: 8_000 }),
    expectGone() {
      expect(existsSync(file)).toBe(false);
      expect(readdirSync(context.paths.roleCache)).toEqual([]);
    },
  };
}
