import { describe, expect, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { FakeClock } from "../helpers/clock.ts";
import { requestsOf, startTestLab } from "../helpers/lab.ts";
import { outcome, portal, refresh, signIn } from "./client.ts";

const HOUR = 3_600_000;

function credentialsPath(lab: Lab, roleName = "DeveloperAccess"): string {
  const [account] = lab.organisation.accounts;
  return `/federation/credentials?role_name=${roleName}&account_id=${account?.id}`;
}

async function pages(lab: Lab, token: unknown, path: string, list: string): Promise<unknown[][]> {
  const found: unknown[][] = [];
  for (let next: unknown = ""; next !== null; ) {
    const reply = await portal(lab, `${path}${next === "" ? "" : `&next_token=${next}`}`, token);
    const items = reply.body[list];
    found.push(Array.isArray(items) ? items : []);
    next = reply.body["nextToken"];
  }
  return found;
}

describe("lists", () => {
  test("accounts come in pages of 20, the last with a null token", async () => {
    const organisation = madeUpOrganisation({ accounts: 45, roles: 1 });
    const lab = await startTestLab({ organisation });
    const { accessToken } = await signIn(lab);
    const found = await pages(lab, accessToken, "/assignment/accounts?", "accountList");
    expect(found.map((page) => page.length)).toEqual([20, 20, 5]);
    expect(found.flat()).toEqual(
      organisation.accounts.map(({ id, name, email }) => ({
        accountId: id,
        accountName: name,
        emailAddress: email,
      })),
    );
  });

  test("roles come in pages of the size asked for", async () => {
    const organisation = madeUpOrganisation({ accounts: 2, roles: 7 });
    const lab = await startTestLab({ organisation });
    const { accessToken } = await signIn(lab);
    const [account] = organisation.accounts;
    const path = `/assignment/roles?account_id=${account?.id}&max_result=3`;
    const found = await pages(lab, accessToken, path, "roleList");
    expect(found.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(found.flat()).toEqual(
      account?.roles.map(({ name }) => ({ roleName: name, accountId: account.id })),
    );
  });

  test("a full last page has a null token, and so has an empty list", async () => {
    const lab = await startTestLab({
      organisation: madeUpOrganisation({ accounts: 20, roles: 1 }),
    });
    const { accessToken } = await signIn(lab);
    const { body } = await portal(lab, "/assignment/accounts", accessToken);
    expect(body["nextToken"]).toBeNull();
    const empty = await startTestLab({
      organisation: madeUpOrganisation({ accounts: 0, roles: 0 }),
    });
    const other = await signIn(empty);
    expect((await portal(empty, "/assignment/accounts", other.accessToken)).body).toEqual({
      accountList: [],
      nextToken: null,
    });
  });

  test("a page has 100 items at most, by the client's word or by the lab's", async () => {
    const organisation = madeUpOrganisation({ accounts: 150, roles: 1 });
    const lab = await startTestLab({ organisation });
    const { accessToken } = await signIn(lab);
    const asked = await pages(
      lab,
      accessToken,
      "/assignment/accounts?max_result=100",
      "accountList",
    );
    expect(asked.map((page) => page.length)).toEqual([100, 50]);
    lab.configure({ pageSize: 100 });
    const standard = await pages(lab, accessToken, "/assignment/accounts?", "accountList");
    expect(standard.map((page) => page.length)).toEqual([100, 50]);
  });

  test.each(["max_result=0", "max_result=101", "max_result=x", "max_result=-1", "next_token=x"])(
    "refuses %s",
    async (query) => {
      const lab = await startTestLab({ wrongRequests: true });
      const { accessToken } = await signIn(lab);
      const reply = await portal(lab, `/assignment/accounts?${query}`, accessToken);
      expect(outcome(reply)).toBe("400 InvalidRequestException");
    },
  );

  test("refuses the token of another list", async () => {
    const organisation = madeUpOrganisation({ accounts: 21, roles: 21 });
    const lab = await startTestLab({ organisation, wrongRequests: true });
    const { accessToken } = await signIn(lab);
    const { body } = await portal(lab, "/assignment/accounts", accessToken);
    const path = `/assignment/roles?account_id=${organisation.accounts[0]?.id}`;
    const reply = await portal(lab, `${path}&next_token=${body["nextToken"]}`, accessToken);
    expect(outcome(reply)).toBe("400 InvalidRequestException");
  });

  test("an account without name or e-mail comes without these members", async () => {
    const accounts = [{ id: "012345678901", roles: [] }];
    const lab = await startTestLab({ organisation: { users: [{ name: "ada" }], accounts } });
    const { accessToken } = await signIn(lab);
    const { body } = await portal(lab, "/assignment/accounts", accessToken);
    expect(body["accountList"]).toEqual([{ accountId: "012345678901" }]);
  });
});

describe("GetRoleCredentials", () => {
  test("gives new credentials each time, ending in whole milliseconds of a second", async () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 1) + 250);
    const lab = await startTestLab({ clock });
    const { accessToken } = await signIn(lab);
    const one = (await portal(lab, credentialsPath(lab), accessToken)).body["roleCredentials"];
    const two = (await portal(lab, credentialsPath(lab), accessToken)).body["roleCredentials"];
    expect(one).toEqual({
      accessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^.{40}$/),
      sessionToken: expect.stringMatching(/^.{100,}$/),
      expiration: Date.UTC(2026, 0, 1, 1),
    });
    expect(one).not.toEqual(two);
  });

  test("a role's own session length beats the lab's", async () => {
    const clock = new FakeClock();
    const roles = [{ name: "Long", sessionSeconds: 43_200 }, { name: "Short" }];
    const accounts = [{ id: "111122223333", roles }];
    const lab = await startTestLab({
      clock,
      organisation: { users: [{ name: "ada" }], accounts },
      lifetimes: { roleCredentials: 900 },
    });
    const { accessToken } = await signIn(lab);
    const secondsOf = async (role: string) => {
      const { body } = await portal(lab, credentialsPath(lab, role), accessToken);
      const issued = body["roleCredentials"];
      expect(issued).toBeTypeOf("object");
      return (Number(Object(issued).expiration) - clock.now()) / 1000;
    };
    expect(await secondsOf("Long")).toBe(43_200);
    expect(await secondsOf("Short")).toBe(900);
  });

  test("403 for a role or account that is not assigned, in the portal's own words", async () => {
    const lab = await startTestLab();
    const { accessToken } = await signIn(lab);
    const reply = await portal(lab, credentialsPath(lab, "developeraccess"), accessToken);
    expect(reply.status).toBe(403);
    expect(reply.body).toEqual({
      message: "No access",
      __type: "com.amazonaws.switchboard.portal#ForbiddenException",
    });
    for (const path of [
      "/federation/credentials?role_name=DeveloperAccess&account_id=000000000000",
      "/assignment/roles?account_id=000000000000",
      "/federation/credentials?role_name=__proto__&account_id=constructor",
    ]) {
      expect(outcome(await portal(lab, path, accessToken))).toBe("403 ForbiddenException");
    }
  });

  test.each([
    "/federation/credentials?role_name=DeveloperAccess",
    "/federation/credentials?account_id=111122223333",
    "/assignment/roles",
  ])("400 for %s", async (path) => {
    const lab = await startTestLab({ wrongRequests: true });
    const { accessToken } = await signIn(lab);
    expect(outcome(await portal(lab, path, accessToken))).toBe("400 InvalidRequestException");
  });
});

describe("the session", () => {
  test("401 without a token, with a wrong one, and after its time", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({ clock });
    const { accessToken } = await signIn(lab);
    const wrong = await portal(lab, "/assignment/accounts", "wrong");
    expect(wrong.status).toBe(401);
    expect(wrong.body["message"]).toBe("Session token not found or invalid");
    expect((await fetch(`${lab.url}/assignment/accounts`)).status).toBe(401);
    await clock.advance(HOUR - 1);
    expect((await portal(lab, "/assignment/accounts", accessToken)).status).toBe(200);
    await clock.advance(1);
    expect((await portal(lab, "/assignment/accounts", accessToken)).status).toBe(401);
  });

  test("a token for other services opens nothing here", async () => {
    const lab = await startTestLab();
    const { accessToken } = await signIn(lab, { scopes: ["codewhisperer:completions"] });
    expect((await portal(lab, "/assignment/accounts", accessToken)).status).toBe(401);
  });

  test("logout ends access token and refresh token, of this session alone", async () => {
    const lab = await startTestLab({ reuseSessions: false });
    const [mine, other] = [await signIn(lab), await signIn(lab)];
    expect(outcome(await portal(lab, "/logout", mine.accessToken, "POST"))).toBe("200 ok");
    expect((await portal(lab, "/assignment/accounts", mine.accessToken)).status).toBe(401);
    expect((await portal(lab, "/logout", mine.accessToken, "POST")).status).toBe(401);
    expect(outcome(await refresh(lab, mine.keys, mine.refreshToken))).toContain("invalid_grant");
    expect((await portal(lab, "/assignment/accounts", other.accessToken)).status).toBe(200);
  });
});

test("requests are logged with account and role", async () => {
  const lab = await startTestLab();
  const { accessToken } = await signIn(lab);
  await portal(lab, credentialsPath(lab), accessToken);
  await portal(lab, credentialsPath(lab, "Nope"), accessToken);
  const accountId = lab.organisation.accounts[0]?.id;
  expect(requestsOf(lab, "GetRoleCredentials")).toMatchObject([
    { service: "portal", status: 200, accountId, roleName: "DeveloperAccess" },
    { service: "portal", status: 403, accountId, roleName: "Nope", error: "ForbiddenException" },
  ]);
});
