import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findSession, readAwsConfig } from "../../src/aws/config.ts";
import type { Context } from "../../src/context.ts";
import { logout } from "../../src/flows/logout.ts";
import { moveSecrets } from "../../src/flows/move-secrets.ts";
import { roleCredentials } from "../../src/flows/role-credentials.ts";
import { status } from "../../src/flows/status.ts";
import { storeOf } from "../../src/flows/stores/store-of.ts";
import { usableToken } from "../../src/flows/usable-token.ts";
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

  it("is emptied by a logout after the key was changed back, too", async () => {
    const { context, keychain, credentials } = await moved();
    await credentials();
    const session = useStore(context, "file");
    expect(await logout(session, context)).toMatchObject({ wasSignedIn: true });
    expect([...keychain.items.keys()]).toEqual([]);
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

async function place() {
  const keychain = memoryKeychain();
  const accounts = [{ id: ACCOUNT, roles: [{ name: "DeveloperAccess" }] }];
  const organisation = { users: [{ name: "ada" }], accounts };
  return { ...(await startScene({ keychain, lab: { organisation } })), keychain };
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
  const credentials = async () =>
    await roleCredentials(
      { ...target, profile: undefined, region: undefined },
      { maySignIn: "never" },
      context,
    );
  return { ...start, session, file, text, credentials };
}

function useStore({ paths }: Context, store: string) {
  const text = readFileSync(paths.configFile, "utf8").replace(/^ssox_store = .*\n/m, "");
  const header = "[sso-session acme]\n";
  writeFileSync(paths.configFile, text.replace(header, `${header}ssox_store = ${store}\n`));
  return findSession(readAwsConfig(paths.configFile), "acme");
}
