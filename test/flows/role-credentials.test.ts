import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { roleCacheFile } from "../../src/aws/role-cache.ts";
import { logout } from "../../src/flows/logout.ts";
import { roleCredentials } from "../../src/flows/role-credentials.ts";
import { signIn } from "../../src/flows/sign-in.ts";
import { usableToken } from "../../src/flows/usable-token.ts";
import { userBrowser } from "../helpers/browser.ts";
import {
  filesBelow,
  type SceneOptions,
  sha1,
  signInAsAwsCli,
  startScene,
  timestamp,
} from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";

const MINUTE = 60_000;

describe("credentials of a role", () => {
  it("are fetched, and cached as the AWS CLI caches them", async () => {
    const { context, target, fetched, file } = await start();
    const credentials = await fetched();
    expect(path.basename(file)).toBe(
      `${sha1(`{"accountId":"${target.accountId}","roleName":"DeveloperAccess","sessionName":"acme"}`)}.json`,
    );
    expect(readFileSync(file, "utf8")).toBe(
      `{"ProviderType": "sso", "Credentials": {"AccessKeyId": "${credentials.accessKeyId}", ` +
        `"SecretAccessKey": "${credentials.secretAccessKey}", "SessionToken": "${credentials.sessionToken}", ` +
        `"Expiration": "${timestamp(credentials.expiration)}", "AccountId": "${target.accountId}"}}`,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys(filesBelow(context.paths.roleCache))).toEqual([path.basename(file)]);
  });

  it("are served from the cache without lock, request and write while 15 minutes are left", async () => {
    const { lab, clock, context, fetched } = await start();
    const first = await fetched();
    await clock.advance(45 * MINUTE);
    const before = filesBelow(context.paths.home);
    const requests = lab.requests.length;
    expect(await fetched()).toEqual(first);
    expect(filesBelow(context.paths.home)).toEqual(before);
    expect(lab.requests.length).toBe(requests);
    await clock.advance(MINUTE);
    expect((await fetched()).accessKeyId).not.toBe(first.accessKeyId);
  });

  it("of a role of 60 seconds are served to their last third", async () => {
    const { lab, clock, fetched } = await start({ lab: { lifetimes: { roleCredentials: 60 } } });
    const first = await fetched();
    await clock.advance(40_000);
    expect((await fetched()).accessKeyId).toBe(first.accessKeyId);
    await clock.advance(1000);
    expect((await fetched()).accessKeyId).not.toBe(first.accessKeyId);
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(2);
  });

  it("are fetched once for many at a time", async () => {
    const { lab, fetched } = await start();
    const all = await Promise.all(Array.from({ length: 8 }, () => fetched()));
    expect(new Set(all.map(({ accessKeyId }) => accessKeyId)).size).toBe(1);
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(1);
  });

  it("outlive the token that they were fetched with", async () => {
    const { lab, clock, relay, fetched } = await start({
      lab: { lifetimes: { roleCredentials: 12 * 3600, session: 3600 } },
    });
    const first = await fetched();
    await clock.advance(120 * MINUTE);
    relay.relaying = async () => "cut";
    expect((await fetched()).accessKeyId).toBe(first.accessKeyId);
    expect(requestsOf(lab, "CreateToken")).toHaveLength(1);
  });

  it("survive the refresh of the token", async () => {
    const { lab, clock, fetched, renewed } = await start({
      lab: { lifetimes: { roleCredentials: 12 * 3600 } },
    });
    const first = await fetched();
    await clock.advance(50 * MINUTE);
    const other = await renewed({ roleName: "ReadOnlyAccess" });
    expect(other.accessKeyId).not.toBe(first.accessKeyId);
    expect(requestsOf(lab, "CreateToken")).toHaveLength(2);
    expect((await fetched()).accessKeyId).toBe(first.accessKeyId);
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(2);
  });

  it("that the AWS CLI renewed under the same sign-in are served", async () => {
    const { lab, clock, file, fetched } = await start();
    await fetched();
    await clock.advance(50 * MINUTE);
    const cached = JSON.parse(readFileSync(file, "utf8"));
    cached.Credentials.AccessKeyId = "ASIAOFTHEAWSCLI";
    cached.Credentials.Expiration = timestamp(clock.now() + 60 * MINUTE);
    // AWS CLI 2.9.19 writes no AccountId.
    delete cached.Credentials.AccountId;
    writeFileSync(file, JSON.stringify(cached));
    expect(await fetched()).toMatchObject({
      accessKeyId: "ASIAOFTHEAWSCLI",
      accountId: lab.organisation.accounts[0]?.id,
      obtainedAt: undefined,
    });
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(1);
  });

  it.each(["", "{", '{"ProviderType": "sso", "Credentials": {"AccessKeyId": "ASIA"}}'])(
    "are fetched anew in place of a cache file that holds %j",
    async (content) => {
      const { file, fetched } = await start();
      await fetched();
      writeFileSync(file, content);
      await fetched();
      expect(JSON.parse(readFileSync(file, "utf8"))).toHaveProperty("ProviderType", "sso");
    },
  );
});

describe("after a sign-in by another program", () => {
  it("credentials from before are fetched anew, once", async () => {
    const { lab, context, fetched } = await start();
    const first = await fetched();
    await signInAsAwsCli(lab, context);
    const second = await fetched();
    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    expect((await fetched()).accessKeyId).toBe(second.accessKeyId);
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(2);
  });

  it("those that the AWS CLI had cached before ssox came are fetched anew", async () => {
    const { file, fetched } = await start();
    mkdirSync(path.dirname(file), { recursive: true });
    const other = await start();
    // Whose they are, the AWS CLI's cache does not say.
    const credentials = await other.fetched();
    copyFileSync(other.file, file);
    expect((await fetched()).accessKeyId).not.toBe(credentials.accessKeyId);
  });
});

describe("after a new sign-in by ssox", () => {
  it("nobody is served what was fetched under the former one", async () => {
    const { clock, session, context, fetched, signedOut } = await start();
    const first = await fetched();
    signedOut();
    const options = { flow: "device", noBrowser: true, timeoutSeconds: 600 } as const;
    await clock.run(signIn(session, options, context));
    expect((await fetched()).accessKeyId).not.toBe(first.accessKeyId);
  });
});

describe("a refusal", () => {
  it("41 · of the token makes one refresh, and goes on", async () => {
    const { lab, relay, fetched } = await start();
    let refusals = 0;
    relay.relaying = async ({ path: asked }, pass) => {
      const refused = asked.startsWith("/federation") && ++refusals === 1;
      return refused ? unauthorized() : await pass();
    };
    await fetched();
    expect(refusals).toBe(2);
    expect(requestsOf(lab, "CreateToken")).toHaveLength(2);
  });

  it("41 · of the refreshed token too needs a sign-in", async () => {
    const { lab, relay, fetched } = await start();
    let calls = 0;
    relay.relaying = async ({ path: asked }, pass) => {
      if (!asked.startsWith("/federation")) return await pass();
      calls += 1;
      return unauthorized();
    };
    await expect(fetched()).rejects.toMatchObject({ code: "LoginRequired", exitStatus: 3 });
    expect(calls).toBe(2);
    expect(requestsOf(lab, "CreateToken")).toHaveLength(2);
  });

  it("of a session that was ended elsewhere needs a sign-in, and asks the service once", async () => {
    const { lab, clock, fetched, token } = await start();
    await fetch(`${lab.url}/logout`, {
      method: "POST",
      headers: { "x-amz-sso_bearer_token": token["accessToken"] ?? "" },
    });
    const failure = { code: "LoginRequired", hint: "ssox login --session acme" };
    await expect(clock.run(fetched())).rejects.toMatchObject(failure);
    await expect(clock.run(fetched())).rejects.toMatchObject(failure);
    expect(requestsOf(lab, "CreateToken")).toHaveLength(2);
  });

  it.each([
    ["a role that is not assigned", "NoSuchRole", "ssox login --session acme --force"],
    ["a role in other letters", "developeraccess", "use the role name DeveloperAccess"],
    [
      "the name of the IAM role",
      "AWSReservedSSO_DeveloperAccess_0123456789abcdef",
      "use the role name DeveloperAccess",
    ],
  ])("41 · for %s is AccessDenied, and nobody signs in for it", async (_what, roleName, hint) => {
    const { lab, renewed } = await start({ terminal: { interactive: true } });
    await expect(renewed({ roleName })).rejects.toMatchObject({
      code: "AccessDenied",
      exitStatus: 4,
      hint,
    });
    expect(requestsOf(lab, "StartDeviceAuthorization")).toHaveLength(1);
    expect(requestsOf(lab, "CreateToken")).toHaveLength(1);
  });

  it("says that the session is older than the assignment, where the role is listed", async () => {
    const { relay, fetched } = await start();
    relay.relaying = async ({ path: asked }, pass) =>
      asked.startsWith("/federation")
        ? json(403, { message: "No access" }, "ForbiddenException")
        : await pass();
    await expect(fetched()).rejects.toMatchObject({
      code: "AccessDenied",
      message: expect.stringContaining("older"),
      hint: "ssox login --session acme --force",
    });
  });

  it("once the service has ended the session, a new sign-in is made, and it works", async () => {
    const { lab, clock, context, fetched, session } = await start({ browser: userBrowser() });
    const { token } = (await usableToken(session, context)) ?? {};
    await fetch(`${lab.url}/logout`, {
      method: "POST",
      headers: { "x-amz-sso_bearer_token": token?.accessToken ?? "" },
    });
    await expect(clock.run(fetched())).rejects.toMatchObject({ code: "LoginRequired" });
    expect(await usableToken(session, context)).toBeUndefined();
    await clock.run(signIn(session, { timeoutSeconds: 600 }, context));
    expect(await clock.run(fetched())).toHaveProperty("accessKeyId");
  });

  it("that come after a sign-out are used, and not kept", async () => {
    const { relay, context, fetched, session } = await start();
    relay.relaying = async ({ path: asked }, pass) => {
      const answer = await pass();
      if (asked.startsWith("/federation")) {
        relay.relaying = async (_request, on) => await on();
        await logout(session, context);
      }
      return answer;
    };
    expect(await fetched()).toHaveProperty("accessKeyId");
    expect(Object.keys(filesBelow(context.paths.roleCache))).toEqual([]);
    expect(existsSync(path.join(context.paths.state, "sessions"))).toBe(false);
  });

  it("by the network is told as such", async () => {
    const { relay, fetched } = await start();
    relay.relaying = async () => "cut";
    await expect(fetched()).rejects.toMatchObject({ code: "NetworkError", exitStatus: 5 });
  });

  it("for too many requests is told as such", async () => {
    const { relay, fetched } = await start();
    relay.relaying = async () => json(429, { message: "HTTP 429" }, "TooManyRequestsException");
    await expect(fetched()).rejects.toMatchObject({ code: "Throttled", exitStatus: 5 });
  });

  it.each([
    ["no credentials", {}],
    ["no session token", { roleCredentials: { accessKeyId: "A", secretAccessKey: "b" } }],
  ])("is what an answer with %s becomes", async (_what, document) => {
    const { relay, context, fetched } = await start();
    relay.relaying = async () => json(200, document);
    await expect(fetched()).rejects.toMatchObject({ code: "ServiceUnavailable" });
    expect(filesBelow(context.paths.roleCache)).toEqual({});
  });
});

async function start(options: SceneOptions = {}) {
  const place = await startScene(options);
  const { lab, context, session } = place;
  const { file: tokenFileName, token } = await signInAsAwsCli(lab, context);
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const target = {
    session,
    accountId,
    roleName: "DeveloperAccess",
    profile: undefined,
    region: undefined,
  };
  return {
    ...place,
    target,
    token,
    file: roleCacheFile(context.paths.roleCache, target),
    signedOut: () => rmSync(tokenFileName),
    fetched: () => roleCredentials(target, { maySignIn: "never" }, context),
    renewed: (changed: { roleName: string }) =>
      roleCredentials({ ...target, ...changed }, { maySignIn: "now" }, context),
  };
}

function unauthorized() {
  const message = "Session token not found or invalid";
  return json(401, { message }, "UnauthorizedException");
}

function json(status: number, document: object, type = "") {
  const headers = { "content-type": "application/json", "x-amzn-errortype": type };
  return { status, headers, body: JSON.stringify(document) };
}
