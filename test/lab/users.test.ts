import { request as httpRequest } from "node:http";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { describe, expect, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { startTestLab } from "../helpers/lab.ts";
import {
  authorizeUrl,
  formOf,
  locationOf,
  newPkce,
  outcome,
  pollDevice,
  portal,
  post,
  REDIRECT,
  refresh,
  register,
  registerForCode,
  signIn,
  startDevice,
} from "./client.ts";

const organisation = madeUpOrganisation({ accounts: 6, roles: 2, users: 3 });

/** The user's name, as STS tells it for the first role of the first account. */
async function userOf(lab: Lab, token: unknown): Promise<string | undefined> {
  const { body } = await portal(lab, "/assignment/accounts", token);
  const accountId = Object(body["accountList"])[0].accountId;
  const path = `/federation/credentials?account_id=${accountId}&role_name=ReadOnlyAccess`;
  const issued = Object((await portal(lab, path, token)).body["roleCredentials"]);
  const credentials = { ...issued, expiration: new Date(issued.expiration) };
  const sts = new STSClient({ endpoint: lab.url, region: "eu-west-1", credentials });
  const { Arn } = await sts.send(new GetCallerIdentityCommand());
  return Arn?.split("/").at(-1);
}

async function countAccounts(lab: Lab, token: unknown): Promise<number> {
  return Object((await portal(lab, "/assignment/accounts", token)).body["accountList"]).length;
}

describe("several users", () => {
  test("the first signs in, or the one that the settings name, each with its own accounts", async () => {
    const lab = await startTestLab({ organisation });
    const ada = await signIn(lab);
    expect(await userOf(lab, ada.accessToken)).toBe("ada@example.com");
    expect(await countAccounts(lab, ada.accessToken)).toBe(6);
    lab.configure({ user: "grace@example.com" });
    const grace = await signIn(lab);
    expect(await userOf(lab, grace.accessToken)).toBe("grace@example.com");
    expect(await countAccounts(lab, grace.accessToken)).toBe(3);
    await portal(lab, "/logout", grace.accessToken, "POST");
    expect(await countAccounts(lab, ada.accessToken)).toBe(6);
  });

  test("a user whom nobody knows is wrong, at the start and later", async () => {
    await expect(startTestLab({ organisation, user: "nobody" })).rejects.toMatchObject({
      code: "Usage",
    });
    const lab = await startTestLab({ organisation });
    expect(() => lab.configure({ user: "nobody" })).toThrow('user "nobody"');
  });

  test("the form says who signs in by code", async () => {
    const lab = await startTestLab({ organisation, approve: "page" });
    const keys = await registerForCode(lab);
    const pkce = newPkce();
    const page = await (await fetch(authorizeUrl(lab, keys, pkce))).text();
    const form = formOf(page, "allow");
    form.set("user", "nobody");
    const decide = () => locationOf(`${lab.url}/authorize`, { method: "POST", body: form });
    expect(await decide()).toBeUndefined();
    form.set("user", "edsger@example.com");
    const code = (await decide())?.searchParams.get("code");
    const { body } = await post(lab, "/token", {
      ...keys,
      grantType: "authorization_code",
      code,
      redirectUri: REDIRECT.replace("127.0.0.1", "127.0.0.1:43210"),
      codeVerifier: pkce.verifier,
    });
    expect(await userOf(lab, body["accessToken"])).toBe("edsger@example.com");
    expect(await countAccounts(lab, body["accessToken"])).toBe(2);
  });

  test("the form says who signs in by device code", async () => {
    const lab = await startTestLab({ organisation, approve: "page", pollInterval: 0 });
    const keys = await register(lab);
    const device = await startDevice(lab, keys);
    const page = await (await fetch(String(device["verificationUriComplete"]))).text();
    const form = formOf(page, "allow");
    form.set("user", "grace@example.com");
    await fetch(`${lab.url}/device`, { method: "POST", body: form });
    const { body } = await pollDevice(lab, keys, device["deviceCode"]);
    expect(await userOf(lab, body["accessToken"])).toBe("grace@example.com");
  });
});

describe("several start URLs", () => {
  const other = "https://d-0987654321.awsapps.com/start";
  const options = {
    organisation,
    moreInstances: [
      { startUrl: other, organisation: madeUpOrganisation({ accounts: 2, roles: 2, seed: 2 }) },
    ],
  };

  test("have users, assignments and sessions of their own", async () => {
    const lab = await startTestLab(options);
    expect(lab.startUrls).toEqual([lab.startUrl, other]);
    const here = await signIn(lab);
    const keys = await register(lab);
    const device = (await post(lab, "/device_authorization", { ...keys, startUrl: `${other}/#/` }))
      .body;
    const there = (await pollDevice(lab, keys, device["deviceCode"])).body;
    expect(await countAccounts(lab, here.accessToken)).toBe(6);
    expect(await countAccounts(lab, there["accessToken"])).toBe(2);
    const path = `/federation/credentials?role_name=ReadOnlyAccess&account_id=${organisation.accounts[0]?.id}`;
    expect((await portal(lab, path, there["accessToken"])).status).toBe(403);
    await portal(lab, "/logout", here.accessToken, "POST");
    expect((await portal(lab, path, here.accessToken)).status).toBe(401);
    expect(outcome(await refresh(lab, here.keys, here.refreshToken))).toContain("invalid_grant");
    expect(await countAccounts(lab, there["accessToken"])).toBe(2);
  });

  test("a client signs in the users of the one that it registered for", async () => {
    const lab = await startTestLab({ ...options, user: "grace@example.com" });
    const elsewhere = { ...lab, startUrl: other };
    const keys = await registerForCode(elsewhere);
    const pkce = newPkce();
    const code = (await locationOf(authorizeUrl(lab, keys, pkce)))?.searchParams.get("code");
    const { body } = await post(lab, "/token", {
      ...keys,
      grantType: "authorization_code",
      code,
      redirectUri: REDIRECT.replace("127.0.0.1", "127.0.0.1:43210"),
      codeVerifier: pkce.verifier,
    });
    // The chosen user is none of its users: the first one signs in.
    expect(await userOf(lab, body["accessToken"])).toBe("ada@example.com");
    expect(await countAccounts(lab, body["accessToken"])).toBe(2);
  });

  test("must differ, and have a user", async () => {
    for (const wrong of [
      { startUrl: `${other}/`, moreInstances: options.moreInstances },
      { organisation: { accounts: [], users: [] } },
    ]) {
      await expect(startTestLab(wrong)).rejects.toMatchObject({ code: "Usage" });
    }
  });
});

interface Redirect {
  readonly status: number | undefined;
  readonly location: string | undefined;
}

function ask(url: string, host?: string, method = "GET"): Promise<Redirect> {
  return new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    httpRequest(url, { method, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, location: response.headers.location });
    })
      .on("error", reject)
      .end();
  });
}

describe("vanity names", () => {
  const other = "https://d-0987654321.awsapps.com/start";

  test("redirect once, by host and by path, to the start URL that they stand for", async () => {
    const lab = await startTestLab({
      moreInstances: [{ startUrl: other, organisation }],
      vanity: { "sso.example.com": "https://d-1234567890.awsapps.com/start", second: other },
    });
    const expected = { status: 302, location: lab.startUrl };
    for (const method of ["GET", "HEAD"]) {
      expect(await ask(`${lab.url}/`, "sso.example.com", method)).toEqual(expected);
      expect(await ask(`${lab.url}/start`, "SSO.example.com:443", method)).toEqual(expected);
      expect(await ask(`${lab.url}/vanity/sso.example.com`, undefined, method)).toEqual(expected);
      expect(await ask(`${lab.url}/vanity/second`, undefined, method)).toEqual({
        status: 302,
        location: other,
      });
    }
    expect((await ask(`${lab.url}/token`, "sso.example.com", "POST")).status).toBe(405);
  });

  test("that nobody gave are not there", async () => {
    const lab = await startTestLab({ wrongRequests: true });
    expect((await ask(`${lab.url}/vanity/constructor`)).status).toBe(404);
    expect((await ask(`${lab.url}/`, "sso.example.com")).status).toBe(421);
    expect(() => lab.configure({ vanity: { sso: "https://d-9.awsapps.com/start" } })).toThrow(
      "start URL",
    );
    expect(() => lab.configure({ vanity: { "a b": lab.startUrl } })).toThrow("vanity name");
  });
});
