import { writeFileSync } from "node:fs";
import { expect } from "vitest";
import { awsConfigFor, requestsOf } from "../helpers/lab.ts";
import { type ClientName, differs, runWitness } from "../helpers/witness.ts";
import { check, clientFile, type Desk, type DeskOptions, INSTALLED } from "./desk.ts";

/*
 * AWS's own clients believe the lab, with no ssox in between: what ssox is
 * tested against is not of ssox's own making.
 */

/** AWS CLI v1 signs nobody in. */
const SIGNING_IN = ["boto3", "boto3 (Debian)", "AWS CLI v2", "JS SDK v3"] as const;

check(
  "the lab alone · signs in by device code and acts as the role",
  SIGNING_IN,
  async (open, client) => {
    const desk = await open();
    await deviceFlow(client, desk);

    const { code, said, stderr } = await desk.callerIdentity("dev");
    expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
    expect(code).toBe(0);
    expect(requestsOf(desk.lab, "GetRoleCredentials")).toHaveLength(1);
    expect(desk.refreshes()).toHaveLength(0);
  },
);

check("4 · signs in, and ssox needs no sign-in of its own", SIGNING_IN, async (open, client) => {
  const desk = await open();
  await deviceFlow(client, desk);
  const signIn = desk.lab.requests.length;

  const whoami = await desk.ssox(["whoami", "--profile", "dev", "--json"]);
  expect(JSON.parse(whoami.stdout)).toMatchObject({ arn: desk.arnOf("DeveloperAccess") });
  expect(desk.operations(signIn)).toEqual(["GetRoleCredentials", "GetCallerIdentity"]);
});

const EXPIRED = { accessToken: "gone", expiresAt: "2026-01-01T00:00:00Z" };

check(
  "the lab alone · refreshes an expired token once and keeps the new one",
  INSTALLED,
  async (open) => {
    const desk = await open();
    const { token: before } = await desk.signIn(EXPIRED);

    const { said, stderr } = await desk.callerIdentity("dev");
    expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
    expect(desk.refreshes()).toMatchObject([{ status: 200 }]);
    const after = desk.token();
    expect(after["accessToken"]).not.toBe(before["accessToken"]);
    expect(after["refreshToken"]).not.toBe(before["refreshToken"]);
    expect(Date.parse(String(after["expiresAt"]))).toBeGreaterThan(Date.now());
  },
);

check(
  "the lab alone · accepts a refresh answer without a refresh token",
  INSTALLED,
  async (open) => {
    const desk = await open({ lab: { refreshTokens: "lenient" } });
    await desk.signIn(EXPIRED);

    const { said, stderr } = await desk.callerIdentity("dev");
    expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
    expect(desk.refreshes()).toMatchObject([{ status: 200 }]);
  },
);

check("the lab alone · is told 403 for a role that is not assigned", INSTALLED, async (open) => {
  const desk = await open(CHAINED);
  await desk.signIn();

  const { code, said, stderr } = await desk.callerIdentity("wrong");
  expect(code).not.toBe(0);
  expect(`${said}${stderr}`).toMatch(/ForbiddenException/);
  expect(requestsOf(desk.lab, "GetRoleCredentials")).toMatchObject([
    { status: 403, error: "ForbiddenException", roleName: "NoSuchRole" },
  ]);
});

check(
  "the lab alone · assumes a further role from a source profile",
  INSTALLED,
  async (open, client, running) => {
    const desk = await open(CHAINED);
    await desk.signIn();

    const { said, stderr } = await desk.callerIdentity("chained");
    if (client === "boto3 (Debian)" || client === "AWS CLI v2") {
      differs("looks for the sso-session in the profile that assumes, not in its source", running);
      expect(stderr).toContain("'NoneType' object has no attribute 'get_frozen_token'");
      return;
    }
    const other = desk.lab.organisation.accounts[1]?.id;
    expect(said, stderr).toBe(`arn:aws:sts::${other}:assumed-role/Deployer/chained-session`);
    expect(requestsOf(desk.lab, "AssumeRole")).toMatchObject([{ status: 200 }]);
  },
);

check(
  "the lab alone · does not get past a token that the service has forgotten",
  INSTALLED,
  async (open) => {
    const desk = await open();
    await desk.signIn({ accessToken: "never issued" });

    const { code } = await desk.callerIdentity("dev");
    expect(code).not.toBe(0);
    expect(requestsOf(desk.lab, "GetRoleCredentials")).toMatchObject([{ status: 401 }]);
  },
);

const CHAINED: DeskOptions = {
  config: (lab, profiles) => `${awsConfigFor(lab, [
    ...profiles,
    { name: "wrong", accountId: profiles[0]?.accountId ?? "", roleName: "NoSuchRole" },
  ])}
[profile chained]
role_arn = arn:aws:iam::${lab.organisation.accounts[1]?.id}:role/team/Deployer
role_session_name = chained-session
source_profile = dev
region = eu-west-1
`,
};

/** Signs in with the client's own calls to OIDC. */
async function deviceFlow(client: ClientName, desk: Desk): Promise<void> {
  if (client === "AWS CLI v2") {
    const login = await desk.run(["sso", "login", "--profile", "dev", "--no-browser"]);
    expect(login.code, login.stderr).toBe(0);
    return;
  }
  const file = clientFile(client === "JS SDK v3" ? "device-flow.mjs" : "device-flow.py");
  const end = await runWitness(desk.client.program, [file, desk.lab.startUrl], desk.env("dev"));
  expect(end.code, end.stderr).toBe(0);
  writeFileSync(desk.tokenFile(), end.stdout);
}
