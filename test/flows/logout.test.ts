import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { logout } from "../../src/flows/logout.ts";
import { logoutAll } from "../../src/flows/logout-all.ts";
import { roleCredentials } from "../../src/flows/role-credentials.ts";
import { storeOf } from "../../src/flows/stores/store-of.ts";
import {
  type SceneOptions,
  sha1,
  signInAsAwsCli,
  startScene,
  timestamp,
} from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";
import { asOrdinaryUser } from "../helpers/ordinary-user.ts";

describe("logout", () => {
  it("ends the session at the service, and removes its token and role credentials", async () => {
    const { lab, context, target, out, file } = await start();
    const { expiration } = await roleCredentials(target, { maySignIn: "never" }, context);
    expect(await out()).toEqual({
      wasSignedIn: true,
      serviceFailure: undefined,
      stillValid: [{ accountId: target.accountId, roleName: "DeveloperAccess", expiration }],
    });
    expect(requestsOf(lab, "Logout").map(({ status }) => status)).toEqual([200]);
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(context.paths.tokenCache)).toEqual([]);
    expect(readdirSync(context.paths.roleCache)).toEqual([]);
    await expect(roleCredentials(target, { maySignIn: "never" }, context)).rejects.toMatchObject({
      code: "LoginRequired",
    });
  });

  it("removes what killed processes left of its token and its role credentials", async () => {
    const { context, target, out, file } = await start();
    const { tokenCache, roleCache } = context.paths;
    await roleCredentials(target, { maySignIn: "never" }, context);
    const [role = ""] = readdirSync(roleCache);
    const left = (name: string) => `.${name}.0123456789ab.tmp`;
    writeFileSync(path.join(tokenCache, left(path.basename(file))), "{");
    writeFileSync(path.join(roleCache, left(role)), "{");
    const others = [left(`${sha1("other")}.json`), left("other.txt")].sort();
    for (const folder of [tokenCache, roleCache]) {
      for (const name of others) writeFileSync(path.join(folder, name), "{");
    }
    await out();
    expect(readdirSync(tokenCache).sort()).toEqual(others);
    expect(readdirSync(roleCache).sort()).toEqual(others);
    await logoutAll(context);
    expect(readdirSync(tokenCache)).toEqual([left("other.txt")]);
    expect(readdirSync(roleCache)).toEqual([left("other.txt")]);
  });

  it("leaves other sessions and what is not of SSO", async () => {
    const { lab, context, out } = await start();
    const other = await signInAsAwsCli(lab, context, {}, "other");
    mkdirSync(context.paths.roleCache, { recursive: true });
    const kept = [`${sha1("assumed")}.json`, `${sha1("sso of other")}.json`, "session.db"].sort();
    for (const name of kept) {
      writeFileSync(path.join(context.paths.roleCache, name), '{"ProviderType":"sso"}');
    }
    await out();
    expect(readdirSync(context.paths.tokenCache)).toEqual([path.basename(other.file)]);
    expect(readdirSync(context.paths.roleCache).sort()).toEqual(kept);
  });

  it("removes the token although the service cannot be told", async () => {
    const { relay, file, out } = await start();
    relay.relaying = async () => "cut";
    expect(await out()).toMatchObject({
      wasSignedIn: true,
      serviceFailure: { code: "NetworkError" },
    });
    expect(existsSync(file)).toBe(false);
  });

  it("says which role credentials it could not remove", async () => {
    const { context, target, file, out } = await start();
    await roleCredentials(target, { maySignIn: "never" }, context);
    const { roleCache, home } = context.paths;
    await asOrdinaryUser(home, async () => {
      chmodSync(roleCache, 0o500);
      await expect(out()).rejects.toMatchObject({
        code: "CacheInvalid",
        hint: `chmod u+rwX ${roleCache}`,
      });
      chmodSync(roleCache, 0o700);
    });
    expect(existsSync(file)).toBe(false);
  });

  it("tells the service although no lock can be written, and removes what can be removed", async () => {
    const { lab, context, target, file, out } = await start();
    await roleCredentials(target, { maySignIn: "never" }, context);
    const { home, tokenCache, roleCache } = context.paths;
    await asOrdinaryUser(home, async () => {
      chmodSync(tokenCache, 0o500);
      await expect(out()).rejects.toMatchObject({
        code: "CacheInvalid",
        message: expect.stringContaining(`Cannot remove ${file}`),
      });
      chmodSync(tokenCache, 0o700);
    });
    expect(requestsOf(lab, "Logout").map(({ status }) => status)).toEqual([200]);
    expect(readdirSync(tokenCache)).toEqual([path.basename(file)]);
    expect(readdirSync(roleCache)).toEqual([]);
  });

  it("is done when the service had ended the session before", async () => {
    const { relay, out } = await start();
    relay.relaying = async () => ({ status: 401, headers: {}, body: "{}" });
    expect(await out()).toMatchObject({ wasSignedIn: true, serviceFailure: undefined });
  });

  it("asks nothing of the service when there is no token, and takes a damaged one away", async () => {
    const { lab, file, out } = await start();
    const requests = lab.requests.length;
    writeFileSync(file, "{");
    expect(await out()).toMatchObject({ wasSignedIn: true });
    expect(await out()).toMatchObject({ wasSignedIn: false });
    expect(lab.requests.length).toBe(requests);
  });

  it("says so when the token cannot be removed", async () => {
    const { file, out } = await start();
    rmSync(file);
    mkdirSync(path.join(file, "folder"), { recursive: true });
    await expect(out()).rejects.toMatchObject({ code: "CacheInvalid" });
  });
});

it.each([
  ["ahead", -3_600_000, -1_800_000, true],
  ["ahead", -3_600_000, -5_400_000, false],
  ["behind", 3_600_000, 1_800_000, false],
])(
  "--all judges what stays valid by the service's time: a clock that is %s",
  async (_way, ahead, end, isValid) => {
    const { clock, context, session } = await start();
    const { marks } = storeOf(session, context);
    marks.accept("the token's");
    marks.seeSkew({ ahead, startedAt: clock.now() - clock.uptime() });
    const { roleCache } = context.paths;
    mkdirSync(roleCache, { recursive: true });
    const Credentials = {
      AccessKeyId: "ASIA",
      SecretAccessKey: "s",
      SessionToken: "t",
      Expiration: timestamp(clock.now() + end),
      AccountId: "111122223333",
    };
    const file = path.join(roleCache, "role.json");
    writeFileSync(file, JSON.stringify({ ProviderType: "sso", Credentials }));
    const { stillValid } = await logoutAll(context);
    expect(stillValid).toHaveLength(isValid ? 1 : 0);
  },
);

async function start(options: SceneOptions = {}) {
  const place = await startScene(options);
  const { lab, context, session } = place;
  const { file } = await signInAsAwsCli(lab, context);
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const roleName = "DeveloperAccess";
  return {
    ...place,
    file,
    target: { session, accountId, roleName, profile: undefined, region: undefined },
    out: () => logout(session, context),
  };
}
