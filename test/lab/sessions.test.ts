import { describe, expect, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { FakeClock } from "../helpers/clock.ts";
import { startTestLab } from "../helpers/lab.ts";
import { outcome, portal, refresh, signIn } from "./client.ts";

const HOUR = 3_600_000;
const ACCOUNTS = "/assignment/accounts?max_result=100";

async function statusOf(lab: Lab, token: unknown): Promise<number> {
  return (await portal(lab, ACCOUNTS, token)).status;
}

describe("a sign-in session", () => {
  test("ends on its own time, whatever its tokens say", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock, lifetimes: { session: 5400, accessToken: 3600 } });
    const first = await signIn(lab);
    await clock.advance(HOUR);
    const second = (await refresh(lab, first.keys, first.refreshToken)).body;
    expect(second["expiresIn"]).toBe(3600);
    await clock.advance(HOUR / 2 - 1);
    expect(await statusOf(lab, second["accessToken"])).toBe(200);
    await clock.advance(1);
    expect(await statusOf(lab, second["accessToken"])).toBe(401);
    const late = await refresh(lab, first.keys, second["refreshToken"]);
    expect(outcome(late)).toBe("400 InvalidGrantException invalid_grant");
  });

  test("is joined by a second sign-in, and ends for both when it was to end", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock, lifetimes: { session: 7200 } });
    await signIn(lab);
    await clock.advance(1.5 * HOUR);
    const again = await signIn(lab);
    expect((await signIn(lab, { scopes: [] })).accessToken).toBeTypeOf("string");
    await clock.advance(HOUR / 2 - 1);
    expect(await statusOf(lab, again.accessToken)).toBe(200);
    await clock.advance(1);
    expect(await statusOf(lab, again.accessToken)).toBe(401);
    const fresh = await signIn(lab);
    await clock.advance(HOUR - 1);
    expect(await statusOf(lab, fresh.accessToken)).toBe(200);
  });

  test("that was joined leaves a token without scopes only the time that is left", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock, lifetimes: { session: 7200 } });
    await signIn(lab);
    await clock.advance(HOUR);
    expect(await signIn(lab, { scopes: [] })).toMatchObject({ expiresIn: 3600 });
  });

  test("ends with Logout for all who joined it, and the next one has its full length", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock, lifetimes: { session: 7200, accessToken: 7200 } });
    const [one, two] = [await signIn(lab), await signIn(lab)];
    await clock.advance(1.5 * HOUR);
    await portal(lab, "/logout", one.accessToken, "POST");
    expect(await statusOf(lab, two.accessToken)).toBe(401);
    const next = await signIn(lab);
    await clock.advance(2 * HOUR - 1);
    expect(await statusOf(lab, next.accessToken)).toBe(200);
  });

  test("is one for each sign-in when sessions are not reused", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({
      clock,
      reuseSessions: false,
      lifetimes: { session: 7200, accessToken: 7200 },
    });
    const one = await signIn(lab);
    await clock.advance(HOUR);
    const two = await signIn(lab);
    await clock.advance(2 * HOUR - 1);
    expect(await statusOf(lab, one.accessToken)).toBe(401);
    expect(await statusOf(lab, two.accessToken)).toBe(200);
  });
});

async function roleNames(lab: Lab, token: unknown, accountId: string): Promise<unknown> {
  const { status, body } = await portal(lab, `/assignment/roles?account_id=${accountId}`, token);
  if (status !== 200) return status;
  return Object(body["roleList"]).map((role: { roleName: string }) => role.roleName);
}

async function accountIds(lab: Lab, token: unknown): Promise<string[]> {
  const { body } = await portal(lab, ACCOUNTS, token);
  return Object(body["accountList"]).map((account: { accountId: string }) => account.accountId);
}

async function credentialStatus(lab: Lab, token: unknown, accountId: string, roleName: string) {
  const path = `/federation/credentials?account_id=${accountId}&role_name=${roleName}`;
  return (await portal(lab, path, token)).status;
}

describe("assignments", () => {
  const sandbox = { id: "111122223333", roles: [{ name: "ReadOnly" }, { name: "readonly" }] };
  const secret = { id: "444455556666", roles: [{ name: "Admin" }] };
  const organisation = {
    accounts: [sandbox, secret],
    users: [{ name: "ada", assignments: new Map([[sandbox.id, ["ReadOnly", "readonly"]]]) }],
  };

  test("that are new are seen by sessions that began later, and by no other", async () => {
    const lab = await startTestLab({ organisation });
    const { accessToken, keys, refreshToken } = await signIn(lab);
    lab.assign({ accountId: secret.id, roleName: "Admin" });
    lab.assign({ accountId: sandbox.id, roleName: "Brand-New", sessionSeconds: 900 });
    const renewed = (await refresh(lab, keys, refreshToken)).body["accessToken"];
    for (const token of [accessToken, renewed, (await signIn(lab)).accessToken]) {
      expect(await accountIds(lab, token)).toEqual([sandbox.id]);
      expect(await roleNames(lab, token, sandbox.id)).toEqual(["ReadOnly", "readonly"]);
      expect(await roleNames(lab, token, secret.id)).toBe(403);
      expect(await credentialStatus(lab, token, secret.id, "Admin")).toBe(403);
      expect(await credentialStatus(lab, token, sandbox.id, "Brand-New")).toBe(403);
    }
    await portal(lab, "/logout", accessToken, "POST");
    const later = (await signIn(lab)).accessToken;
    expect(await accountIds(lab, later)).toEqual([sandbox.id, secret.id]);
    expect(await roleNames(lab, later, sandbox.id)).toContain("Brand-New");
    expect(await credentialStatus(lab, later, secret.id, "Admin")).toBe(200);
    expect(await credentialStatus(lab, later, sandbox.id, "Brand-New")).toBe(200);
  });

  test("that are taken away are gone at once", async () => {
    const lab = await startTestLab({ organisation });
    const { accessToken } = await signIn(lab);
    expect(await accountIds(lab, accessToken)).toEqual([sandbox.id]);
    expect(await credentialStatus(lab, accessToken, sandbox.id, "ReadOnly")).toBe(200);
    lab.unassign({ accountId: sandbox.id, roleName: "ReadOnly" });
    expect(await roleNames(lab, accessToken, sandbox.id)).toEqual(["readonly"]);
    expect(await credentialStatus(lab, accessToken, sandbox.id, "ReadOnly")).toBe(403);
    expect(await credentialStatus(lab, accessToken, sandbox.id, "readonly")).toBe(200);
    lab.unassign({ accountId: sandbox.id, roleName: "readonly" });
    expect(await accountIds(lab, accessToken)).toEqual([]);
    lab.assign({ accountId: sandbox.id, roleName: "ReadOnly" });
    expect(await credentialStatus(lab, accessToken, sandbox.id, "ReadOnly")).toBe(403);
  });

  test("of a user who had everything may be taken away one by one", async () => {
    const lab = await startTestLab();
    const [account] = lab.organisation.accounts;
    const { accessToken } = await signIn(lab);
    const accountId = account?.id ?? "";
    lab.unassign({ accountId, roleName: "DeveloperAccess" });
    expect(await roleNames(lab, accessToken, accountId)).toEqual([
      "ReadOnlyAccess",
      "AdministratorAccess",
    ]);
    expect(await accountIds(lab, accessToken)).toHaveLength(4);
  });

  test("assigned twice are one, and old sessions go on seeing it", async () => {
    const lab = await startTestLab({ organisation });
    const { accessToken } = await signIn(lab);
    lab.assign({ accountId: sandbox.id, roleName: "ReadOnly" });
    expect(await roleNames(lab, accessToken, sandbox.id)).toEqual(["readonly", "ReadOnly"]);
  });

  test.each([
    { accountId: "999999999999", roleName: "Admin" },
    { accountId: secret.id, roleName: "no role" },
    { accountId: secret.id, roleName: "Admin", user: "nobody" },
    { accountId: secret.id, roleName: "Admin", startUrl: "https://d-9.awsapps.com/start" },
  ])("of what is not there are wrong: %j", async (assignment) => {
    const lab = await startTestLab({ organisation });
    expect(() => lab.assign(assignment)).toThrow("does not know");
    expect(() => lab.unassign(assignment)).toThrow("does not know");
  });
});
