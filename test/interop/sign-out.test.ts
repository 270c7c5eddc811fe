import { readdirSync, readFileSync, statSync, unlinkSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { awsConfigFor, requestsOf } from "../helpers/lab.ts";
import { BROWSER, check, type Desk, INSTALLED } from "./desk.ts";

/*
 * The end of a sign-in, and the role credentials that the AWS CLI keeps on
 * disk: they must not outlive it.
 */

check("23 · ssox logout, and the client has no credentials", INSTALLED, async (open) => {
  const desk = await open();
  await desk.signIn();
  expect(await desk.callerIdentity("dev")).toMatchObject({ code: 0 });
  expect(await desk.ssox(["logout"])).toMatchObject({ status: 0 });
  expect(desk.operations().at(-1)).toBe("Logout");
  const signedOut = desk.lab.requests.length;

  const { code, said } = await desk.callerIdentity("dev");
  expect(code).not.toBe(0);
  expect(said).not.toMatch(/^arn:/);
  expect(desk.operations(signedOut)).toEqual([]);
});

check("24 · ssox login as someone else, and the client is them", INSTALLED, async (open) => {
  const organisation = madeUpOrganisation({ accounts: 1, roles: 3, users: 2 });
  const desk = await open({ lab: { organisation } });
  expect(await desk.ssox(["login"], { BROWSER })).toMatchObject({ status: 0 });
  const before = await desk.callerIdentity("dev");
  expect(before.said).toEqual(desk.arnOf("DeveloperAccess", "ada@example.com"));

  // The token is gone, as at the end of a session, and the role's credentials are not.
  unlinkSync(desk.tokenFile());
  desk.lab.configure({ user: "grace@example.com", reuseSessions: false });
  expect(await desk.ssox(["login"], { BROWSER })).toMatchObject({ status: 0 });

  const after = await desk.callerIdentity("dev");
  expect(after.said, after.stderr).toEqual(desk.arnOf("DeveloperAccess", "grace@example.com"));
});

check("24 · aws sso login as someone else, and ssox is them", ["AWS CLI v2"], async (open) => {
  const organisation = madeUpOrganisation({ accounts: 1, roles: 3, users: 2 });
  const desk = await open({ lab: { organisation } });
  const ssoxIs = async (profile: string) =>
    JSON.parse((await desk.ssox(["whoami", "--profile", profile, "--json"])).stdout).arn;
  expect(await desk.ssox(["login"], { BROWSER })).toMatchObject({ status: 0 });
  expect(await ssoxIs("dev")).toEqual(desk.arnOf("DeveloperAccess", "ada@example.com"));
  // The client fills the cache that both use, too.
  const before = await desk.callerIdentity("other");
  expect(before.said).toEqual(desk.arnOf("ReadOnlyAccess", "ada@example.com"));

  desk.lab.configure({ user: "grace@example.com", reuseSessions: false });
  const login = await desk.run(["sso", "login", "--profile", "dev", "--no-browser"]);
  expect(login.code, login.stderr).toBe(0);

  expect(await ssoxIs("dev")).toEqual(desk.arnOf("DeveloperAccess", "grace@example.com"));
  expect(await ssoxIs("other")).toEqual(desk.arnOf("ReadOnlyAccess", "grace@example.com"));
  // What ssox fetched for the new user has taken the place of what the client kept of the former one.
  const after = await desk.callerIdentity("other");
  expect(after.said, after.stderr).toEqual(desk.arnOf("ReadOnlyAccess", "grace@example.com"));
});

check("24 · two sessions on one start URL are two users", INSTALLED, async (open) => {
  const organisation = madeUpOrganisation({ accounts: 1, roles: 3, users: 2 });
  const desk = await open({
    lab: { organisation, reuseSessions: false },
    config: (lab, [dev]) =>
      ["ada", "grace"].map((name) => awsConfigFor(lab, dev && [{ ...dev, name }], name)).join("\n"),
  });
  for (const name of ["ada", "grace"]) {
    desk.lab.configure({ user: `${name}@example.com` });
    const login = await desk.ssox(["login", "--session", name], { BROWSER });
    expect(login, login.stderr).toMatchObject({ status: 0 });
  }
  for (const name of ["ada", "grace"]) {
    const { said, stderr } = await desk.callerIdentity(name);
    expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess", `${name}@example.com`));
  }

  expect(await desk.ssox(["logout", "--session", "grace"])).toMatchObject({ status: 0 });
  const { said, stderr } = await desk.callerIdentity("ada");
  expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess", "ada@example.com"));
  expect((await desk.callerIdentity("grace")).code).not.toBe(0);
});

check("25 · aws sso logout, and ssox says signed out", ["AWS CLI v2"], async (open) => {
  const desk = await open();
  expect(await desk.ssox(["login"], { BROWSER })).toMatchObject({ status: 0 });
  expect(await desk.ssox(["whoami", "--profile", "dev"])).toMatchObject({ status: 0 });

  const logout = await desk.run(["sso", "logout"]);

  expect(logout.code, logout.stderr).toBe(0);
  expect(requestsOf(desk.lab, "Logout")).toMatchObject([{ status: 200 }]);
  expect(roleFiles(desk)).toEqual([]);
  const whoami = await desk.ssox(["whoami", "--profile", "dev", "--json"]);
  expect(whoami.status).toBe(3);
  expect(JSON.parse(whoami.stdout)).toMatchObject({ error: { code: "LoginRequired" } });
  const status = await desk.ssox(["status", "--json"]);
  expect(JSON.parse(status.stdout)).toMatchObject({
    sessions: [{ name: "acme", state: "signed-out" }],
    roleCredentials: [],
  });
});

check("26 · one role cache: what ssox fetched, the client uses", ["AWS CLI v2"], async (open) => {
  const desk = await open();
  await desk.signIn();
  expect(await desk.ssox(["credential-process", "--profile", "dev"])).toMatchObject({ status: 0 });
  const fetched = desk.lab.requests.length;

  const { said, stderr } = await desk.callerIdentity("dev");
  expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
  expect(desk.operations(fetched)).toEqual(["GetCallerIdentity"]);
});

check("26 · one role cache: what the client fetched is no harm", ["AWS CLI v2"], async (open) => {
  const theirs = await open();
  await theirs.signIn();
  expect(await theirs.callerIdentity("dev")).toMatchObject({ code: 0 });
  const fetched = theirs.lab.requests.length;
  const whoami = () => theirs.ssox(["whoami", "--profile", "dev"]);
  // Of whose sign-in it is the file does not tell: ssox fetches anew, once, and both use that.
  expect(await whoami()).toMatchObject({ status: 0 });
  expect(await whoami()).toMatchObject({ status: 0 });
  expect(await theirs.callerIdentity("dev")).toMatchObject({ code: 0 });
  expect(theirs.operations(fetched)).toEqual([
    "GetRoleCredentials",
    "GetCallerIdentity",
    "GetCallerIdentity",
    "GetCallerIdentity",
  ]);
});

check("26 · one role cache: its form", ["AWS CLI v2"], async (open) => {
  const [theirs, ours] = [await open(), await open()];
  await theirs.signIn();
  expect(await theirs.callerIdentity("dev")).toMatchObject({ code: 0 });
  await ours.signIn();
  expect(await ours.ssox(["whoami", "--profile", "dev"])).toMatchObject({ status: 0 });
  // The accounts are the same, and so are the names; 2.9 leaves the account's id out.
  expect(roleFiles(ours).map(({ name, mode }) => [name, mode])).toEqual(
    roleFiles(theirs).map(({ name, mode }) => [name, mode]),
  );
  const [[their], [our]] = [roleFiles(theirs), roleFiles(ours)];
  const { AccountId, ...common } = our?.content.Credentials ?? {};
  expect(AccountId).toBe(ours.dev.accountId);
  expect(Object.keys(common)).toEqual(Object.keys(their?.content.Credentials ?? {}));
  expect(their?.content.ProviderType).toBe(our?.content.ProviderType);
  for (const { content } of [...roleFiles(theirs), ...roleFiles(ours)]) {
    expect(content.Credentials["Expiration"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }
});

interface RoleFile {
  readonly name: string;
  readonly mode: number;
  readonly content: { ProviderType: string; Credentials: Record<string, string> };
}

function roleFiles(desk: Desk): RoleFile[] {
  const folder = path.join(desk.home, ".aws", "cli", "cache");
  return readdirSync(folder).map((name) => {
    const file = path.join(folder, name);
    return {
      name,
      mode: statSync(file).mode & 0o777,
      content: JSON.parse(readFileSync(file, "utf8")),
    };
  });
}
