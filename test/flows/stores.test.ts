import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findSession, readAwsConfig } from "../../src/aws/config.ts";
import type { Context } from "../../src/context.ts";
import { SsoxError } from "../../src/errors.ts";
import { logout } from "../../src/flows/logout.ts";
import { logoutAll } from "../../src/flows/logout-all.ts";
import { moveSecrets } from "../../src/flows/move-secrets.ts";
import { roleCredentials } from "../../src/flows/role-credentials.ts";
import { signIn } from "../../src/flows/sign-in.ts";
import { status } from "../../src/flows/status.ts";
import { storeOf } from "../../src/flows/stores/store-of.ts";
import { usableToken } from "../../src/flows/usable-token.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import { sha1, signInAsAwsCli, startScene } from "../helpers/context.ts";
import { memoryKeychain } from "../helpers/keychain.ts";
import { requestsOf } from "../helpers/lab.ts";

const HOUR = 3_600_000;
const TOKEN = `token/${sha1("acme")}`;

describe("the keychain store", () => {
  it("reads one item for a cached role, and notes its expiry where status finds it", async () => {
    const { context, keychain, credentials } = await moved();
    const fetched = await credentials();
    keychain.calls.length = 0;
    expect(await credentials()).toEqual(fetched);
    expect(keychain.calls).toEqual([expect.stringMatching(/^get role\//)]);
    const { sessions } = await status("acme", context);
    expect(sessions).toMatchObject([{ store: "keychain", state: "valid" }]);
  });

  it("sees that it can be written before a refresh, and not after", async () => {
    const { clock, lab, context, session, keychain } = await moved();
    await clock.advance(HOUR);
    const works = keychain.prove;
    keychain.prove = async () => {
      throw new Error("locked");
    };
    await expect(usableToken(session, context)).rejects.toThrow("locked");
    expect(requestsOf(lab, "CreateToken")).toHaveLength(1);
    keychain.prove = works;
    const held = await usableToken(session, context);
    expect(keychain.items.get(TOKEN)).toContain(held?.token.accessToken);
    expect(held?.fingerprint).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(requestsOf(lab, "CreateToken")).toHaveLength(2);
  });

  it("is emptied by a logout", async () => {
    const { context, session, keychain, credentials } = await moved();
    const { expiration } = await credentials();
    const { stillValid, wasSignedIn } = await logout(session, context);
    expect({ stillValid, wasSignedIn }).toEqual({
      wasSignedIn: true,
      stillValid: [{ accountId: ACCOUNT, roleName: "DeveloperAccess", expiration }],
    });
    expect([...keychain.items.keys()]).toEqual([]);
  });

  it("keeps no answer that comes after a sign-out", async () => {
    const { context, session, relay, keychain, credentials } = await moved();
    relay.relaying = async ({ path }, pass) => {
      const answer = await pass();
      if (path.startsWith("/federation")) {
        relay.relaying = async (_request, on) => await on();
        await logout(session, context);
      }
      return answer;
    };
    expect(await credentials()).toHaveProperty("accessKeyId");
    expect(keychain.items.size).toBe(0);
  });

  it("keeps none, either, when the sign-out comes while it is written", async () => {
    const { context, session, keychain, credentials } = await moved();
    const write = keychain.set;
    keychain.set = async (name, text) => {
      keychain.set = write;
      await logout(session, context);
      await write(name, text);
    };
    expect(await credentials()).toHaveProperty("accessKeyId");
    expect(keychain.items.size).toBe(0);
    expect(indexed(context)).toEqual([]);
  });

  it("knows a token that the service refuses", async () => {
    const { lab, context, session, keychain, clock, credentials } = await moved();
    const { accessToken } = JSON.parse(keychain.items.get(TOKEN) ?? "");
    const headers = { "x-amz-sso_bearer_token": accessToken };
    await fetch(`${lab.url}/logout`, { method: "POST", headers });
    await expect(clock.run(credentials())).rejects.toMatchObject({ code: "LoginRequired" });
    expect((await status("acme", context)).sessions).toMatchObject([{ state: "expired" }]);
    expect(await usableToken(session, context)).toBeUndefined();
    await clock.run(signIn(session, DEVICE, context));
    expect(await credentials()).toHaveProperty("accessKeyId");
  });

  it("keeps a new token although the role credentials of the former one cannot be removed", async () => {
    const { clock, context, session, keychain, credentials } = await moved();
    await credentials();
    const remove = keychain.remove;
    keychain.remove = async (names) => {
      if (names.some((name) => name.startsWith("role/"))) throw unavailable();
      await remove(names);
    };
    await clock.advance(9 * HOUR);
    const held = await clock.run(signIn(session, DEVICE, context));
    expect(keychain.items.get(TOKEN)).toContain(held.token.accessToken);
  });

  it("has nothing to look for after a sign-in that nobody finished", async () => {
    const { clock, context, keychain, session } = await place({ approve: "deny" }, "keychain");
    await expect(clock.run(signIn(session, DEVICE, context))).rejects.toThrow();
    expect(indexed(context)).toEqual([expect.stringMatching(/^registration-/)]);
    await moveSecrets(useStore(context, "file"), context);
    expect([keychain.items.size, indexed(context)]).toEqual([0, []]);
    keychain.calls.length = 0;
    await moveSecrets(useStore(context, "file"), context);
    expect(keychain.calls).toEqual([]);
  });

  it("that cannot be used leaves no token in the files from before at a logout", async () => {
    const { lab, context, keychain } = await place();
    const { file } = await signInAsAwsCli(lab, context);
    const session = useStore(context, "keychain");
    keychain.get = async () => {
      throw unavailable();
    };
    await expect(logout(session, context)).rejects.toMatchObject({ code: "KeychainUnavailable" });
    expect(existsSync(file)).toBe(false);
    expect(requestsOf(lab, "Logout")).toHaveLength(1);
    expect(context.terminal.stderr).toBe("The files of acme are gone.\n");
  });

  it("is emptied by a logout after the key was changed back, too", async () => {
    const { context, keychain, credentials } = await moved();
    await credentials();
    const session = useStore(context, "file");
    expect(await logout(session, context)).toMatchObject({ wasSignedIn: true });
    expect([...keychain.items.keys()]).toEqual([]);
  });
});

describe("logout --all", () => {
  it("empties the keychain, registrations and sessions that no file names included", async () => {
    const { lab, clock, context, session, keychain, credentials } = await moved();
    await clock.run(signIn(session, { ...DEVICE, force: true }, context));
    const { expiration } = await credentials();
    expect([...keychain.items.keys()].filter((name) => name.startsWith("reg"))).toHaveLength(1);
    const before = requestsOf(lab, "Logout").length;
    writeFileSync(context.paths.configFile, "");
    const { others, stillValid } = await logoutAll(context);
    expect({ others, stillValid }).toEqual({
      others: 1,
      stillValid: [{ accountId: ACCOUNT, roleName: "DeveloperAccess", expiration }],
    });
    expect(requestsOf(lab, "Logout").length - before).toBe(1);
    expect([keychain.items.size, indexed(context)]).toEqual([0, []]);
    keychain.calls.length = 0;
    expect(await logoutAll(context)).toMatchObject({ others: 0 });
    expect(keychain.calls).toEqual([]);
  });

  it("sweeps the files although the keychain cannot be used, and says what failed", async () => {
    const { lab, context, keychain } = await moved();
    const other = await signInAsAwsCli(lab, context, {}, "no session names it");
    keychain.get = async () => {
      throw unavailable();
    };
    expect(await logoutAll(context)).toMatchObject({
      others: 1,
      failed: [{ session: "acme", error: { code: "KeychainUnavailable" } }],
    });
    await expect(logoutAll(context)).rejects.toMatchObject({ code: "KeychainUnavailable" });
    expect(existsSync(other.file)).toBe(false);
    expect(keychain.items.has(TOKEN)).toBe(true);
  });
});

describe("a move", () => {
  it("removes nothing when what was written does not come back", async () => {
    const { lab, context, keychain } = await place();
    const { file, token } = await signInAsAwsCli(lab, context);
    const session = useStore(context, "keychain");
    keychain.set = async (name, value) => void keychain.items.set(name, value.replace("e", "f"));
    await expect(moveSecrets(session, context)).rejects.toMatchObject({
      code: "KeychainUnavailable",
      hint: "ssox login --session acme",
    });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(token);
  });

  it("that was cut short goes on; another program's sign-in is left alone", async () => {
    const { lab, context, session, file, text, keychain } = await moved();
    writeFileSync(file, text);
    await moveSecrets(session, context);
    expect(existsSync(file)).toBe(false);
    const before = keychain.items.get(TOKEN);
    await signInAsAwsCli(lab, context);
    await moveSecrets(session, context);
    expect(existsSync(file)).toBe(true);
    expect(keychain.items.get(TOKEN)).toBe(before);
  });

  it("leaves nothing in files: neither role credentials without a token, nor registrations", async () => {
    const { clock, context, session: before } = await place();
    const { tokenCache, roleCache, state } = context.paths;
    await clock.run(signIn(before, DEVICE, context));
    const target = { session: before, accountId: ACCOUNT, roleName: "DeveloperAccess" };
    await roleCredentials(target, { maySignIn: "never" }, context);
    expect(readdirSync(roleCache)).toHaveLength(1);
    for (const name of readdirSync(tokenCache)) rmSync(path.join(tokenCache, name));
    const session = useStore(context, "keychain");
    await moveSecrets({ ...session, region: "us-east-1" }, context);
    expect(readdirSync(roleCache)).toEqual([]);
    expect(readdirSync(path.join(state, "registrations"))).toEqual([]);
  });

  it("keeps what is known of the sign-in", async () => {
    const { lab, context, session: before } = await place();
    await signInAsAwsCli(lab, context);
    const held = await usableToken(before, context);
    const { signInId } = storeOf(before, context).marks.accept(held?.fingerprint ?? "");
    const session = useStore(context, "keychain");
    await moveSecrets(session, context);
    expect(storeOf(session, context).signInMark()).toMatchObject({ signInId });
  });
});

it("ssox_store is file or keychain", async () => {
  const { context } = await place();
  const session = useStore(context, "vault");
  expect(() => storeOf(session, context)).toThrow(/not file or keychain/);
});

const ACCOUNT = "012345678901";

const DEVICE = { flow: "device", noBrowser: true, timeoutSeconds: 600 } as const;

async function place(options: LabOptions = {}, store = "file") {
  const keychain = memoryKeychain();
  const accounts = [{ id: ACCOUNT, roles: [{ name: "DeveloperAccess" }] }];
  const organisation = { users: [{ name: "ada" }], accounts };
  const scene = await startScene({ keychain, lab: { organisation, ...options } });
  return { ...scene, keychain, session: useStore(scene.context, store) };
}

function unavailable(): SsoxError {
  return new SsoxError("KeychainUnavailable", "locked", { hint: "unlock it" });
}

/** The names of the files of the index. */
function indexed({ paths }: Context): string[] {
  return readdirSync(path.join(paths.state, "keychain"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => path.basename(name));
}

/** A sign-in that was brought from the files to the keychain. */
async function moved() {
  const start = await place();
  const { context, lab } = start;
  const { file } = await signInAsAwsCli(lab, context);
  const session = useStore(context, "keychain");
  const text = `${readFileSync(file, "utf8")}`;
  await moveSecrets(session, context);
  const target = { session, accountId: ACCOUNT, roleName: "DeveloperAccess" };
  const credentials = async () => await roleCredentials(target, { maySignIn: "never" }, context);
  return { ...start, session, file, text, credentials };
}

function useStore({ paths }: Context, store: string) {
  const text = readFileSync(paths.configFile, "utf8").replace(/^ssox_store = .*\n/m, "");
  const header = "[sso-session acme]\n";
  writeFileSync(paths.configFile, text.replace(header, `${header}ssox_store = ${store}\n`));
  return findSession(readAwsConfig(paths.configFile), "acme");
}
