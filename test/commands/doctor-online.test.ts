import { appendFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Fault } from "../../src/lab/faults/fault.ts";
import { main } from "../../src/main.ts";
import { startConnectProxy } from "../helpers/connect-proxy.ts";
import { type SceneOptions, signInAsAwsCli, startScene } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";
import { root } from "../helpers/program.ts";

const ACCOUNT = "111122223333";
const OTHER = "000000000042";
const HOUR = 3_600_000;

const ORGANISATION = {
  users: [{ name: "ada", assignments: new Map([[ACCOUNT, ["DeveloperAccess"]]]) }],
  accounts: [
    { id: ACCOUNT, name: "sandbox", roles: [{ name: "DeveloperAccess", sessionSeconds: 7200 }] },
    { id: OTHER, name: "prod", roles: [{ name: "DeveloperAccess" }] },
  ],
};

const DEV = { name: "dev", accountId: ACCOUNT, roleName: "DeveloperAccess" };

async function start(options: SceneOptions = {}) {
  const scene = await startScene({
    lab: { organisation: ORGANISATION },
    profiles: [DEV],
    ...options,
  });
  const { context, clock } = scene;
  const run = async (...words: string[]) => {
    const printed = context.terminal.stdout.length;
    const status = await clock.run(main(["doctor", "--json", ...words], root, context));
    const { findings, ...rest } = JSON.parse(context.terminal.stdout.slice(printed));
    const told: string[] = findings
      .map(({ severity, code, profile, session }: Record<string, string>) =>
        [severity, code, profile ?? session].filter(Boolean).join(" "),
      )
      .filter((line: string) => line !== "info EndpointOverride");
    return { status, told, findings, ...rest };
  };
  return { ...scene, run };
}

it("tells of each role how long it lasts, and the IAM role behind it", async () => {
  const { lab, context, run } = await start();
  await signInAsAwsCli(lab, context);
  const { status, told, roles } = await run("--online");
  expect({ status, told }).toEqual({ status: 0, told: [] });
  const name = expect.stringMatching(
    /^arn:aws:iam::111122223333:role\/AWSReservedSSO_DeveloperAccess_[0-9a-f]{16}$/,
  );
  expect(roles).toEqual([
    {
      ...{ profile: "dev", session: "acme", accountId: ACCOUNT, role: "DeveloperAccess" },
      sessionDuration: 7200,
      iamRole: expect.stringMatching(
        /^arn:aws:iam::111122223333:role\/aws-reserved\/sso\.amazonaws\.com\/eu-west-1\/AWSReservedSSO_DeveloperAccess_[0-9a-f]{16}$/,
      ),
      iamRoleWithoutPath: name,
    },
  ]);
  const printed = context.terminal.stdout.length;
  await main(["doctor", "--online", "--profile", "dev"], root, context);
  const shown = context.terminal.stdout.slice(printed);
  expect(shown).toContain(
    "Role                    DeveloperAccess in 111122223333\nCredentials last        2 h\n",
  );
  expect(shown).toContain("for aws-auth of EKS     arn:aws:iam::111122223333:role/AWSReservedSSO_");
});

it("asks what is assigned, and says what is not", async () => {
  const profiles = [
    { ...DEV, name: "case", roleName: "developeraccess" },
    { ...DEV, name: "none", roleName: "Billing" },
    { ...DEV, name: "prod", accountId: OTHER },
  ];
  const { lab, context, run } = await start({ profiles });
  await signInAsAwsCli(lab, context);
  const { status, told, roles } = await run("--online");
  expect(status).toBe(7);
  expect(told).toEqual([
    "error RoleNameCase case",
    "error RoleNotAssigned none",
    "error AccountNotAssigned prod",
  ]);
  expect(roles).toEqual([]);
  // It has kept the listing: the same is known offline from now on.
  const before = lab.requests.length;
  expect((await run()).told).toEqual(told);
  expect(lab.requests.length).toBe(before);
});

it("signs nobody in, and renews a token that can be renewed", async () => {
  // The SDK signs by the real clock, until an answer has told it of the lab's.
  const options = { organisation: ORGANISATION, wrongRequests: true };
  const { lab, clock, context, run } = await start({ lab: options });
  expect((await run("--online")).told).toEqual(["info SignInNeeded acme"]);
  expect(lab.requests).toEqual([]);
  await signInAsAwsCli(lab, context);
  await clock.advance(HOUR);
  const before = requestsOf(lab, "CreateToken").length;
  expect(await run("--online")).toMatchObject({ status: 0, told: [] });
  const renewals = requestsOf(lab, "CreateToken").slice(before);
  expect(renewals.map(({ grantType }) => grantType)).toEqual(["refresh_token"]);
});

it("tells of a token that is refused before its time", async () => {
  const { lab, context, run } = await start();
  const { token } = await signInAsAwsCli(lab, context, { refreshToken: undefined });
  await fetch(`${lab.url}/logout`, {
    method: "POST",
    headers: { "x-amz-sso_bearer_token": token["accessToken"] ?? "" },
  });
  expect((await run()).told).toEqual(["info TokenWithoutRefresh acme"]);
  expect(await run("--online")).toMatchObject({ status: 7, told: ["error TokenRefused acme"] });
});

it.each<[code: string, fault: Fault]>([
  ["ProxyIntercepts", { kind: "html", status: 200, operation: "ListAccounts", count: 99 }],
  ["ProxyIntercepts", { kind: "html", status: 503, operation: "ListAccounts", count: 99 }],
  ["ServiceUnreachable", { kind: "status", status: 500, operation: "ListAccounts", count: 99 }],
  ["ServiceUnreachable", { kind: "reset", operation: "ListAccounts", count: 99 }],
])("tells %s for %j", async (code, fault) => {
  const { lab, context, run } = await start();
  await signInAsAwsCli(lab, context);
  lab.fault(fault);
  const { status, told, findings } = await run("--online");
  expect({ status, told }).toEqual({ status: 7, told: [`error ${code} acme`] });
  expect(findings[0].message + findings[0].fix).not.toMatch(/<html/);
});

it("tells of a proxy whose authority nobody trusts", async () => {
  const { lab, context, run } = await start();
  await signInAsAwsCli(lab, context);
  const proxy = await startConnectProxy(lab);
  Object.assign(context.env, { HTTPS_PROXY: proxy.url });
  for (const service of ["SSO", "SSO_OIDC", "STS"]) {
    Reflect.deleteProperty(context.env, `AWS_ENDPOINT_URL_${service}`);
  }
  const { told, findings } = await run("--online");
  expect(told).toEqual(["error ProxyIntercepts acme"]);
  expect(findings[0].fix).toContain("AWS_CA_BUNDLE");
});

it("learns from the service that the clock is off", async () => {
  const { lab, clock, relay, context, run } = await start();
  await signInAsAwsCli(lab, context);
  relay.relaying = async (_request, pass) => {
    const answer = await pass();
    const date = new Date(clock.now() + 10 * 60_000).toUTCString();
    return { ...answer, headers: { ...answer.headers, date } };
  };
  expect(await run("--online")).toMatchObject({ status: 0, told: ["warning ClockSkew"] });
});

it("says whether the sign-in lasts for a job", async () => {
  const { lab, context, run } = await start();
  await signInAsAwsCli(lab, context);
  expect(await run("--needs", "4h")).toMatchObject({ status: 0, told: ["info EndUnknown acme"] });
  await signInAsAwsCli(lab, context, { refreshToken: undefined });
  const found = await run("--needs", "4h");
  expect(found).toMatchObject({
    status: 7,
    told: ["error TooShort acme", "info TokenWithoutRefresh acme"],
  });
  expect(found.findings[0].message).toBe('The sign-in to "acme" ends in 1 h, and 4 h are needed.');
  expect(await run("--needs", "45m")).toMatchObject({ status: 0 });
  expect(await main(["doctor", "--needs", "soon"], root, context)).toBe(2);
});

it("asks for twenty roles at most, and says so", async () => {
  const roles = Array.from({ length: 25 }, (_, index) => ({ name: `Role${index}` }));
  const organisation = {
    users: [{ name: "ada" }],
    accounts: [{ id: ACCOUNT, name: "sandbox", roles }],
  };
  const profiles = roles.map(({ name }) => ({ ...DEV, name, roleName: name }));
  const { lab, context, clock } = await start({ lab: { organisation }, profiles });
  await signInAsAwsCli(lab, context);
  expect(await clock.run(main(["doctor", "--online"], root, context))).toBe(0);
  expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(20);
  expect(context.terminal.stdout).toContain("5 more roles were not asked for");
});

it("works online where the config file is one that the AWS CLI rejects", async () => {
  const { lab, context, run } = await start();
  await signInAsAwsCli(lab, context);
  appendFileSync(context.paths.configFile, "just words\n");
  const { status, told } = await run("--online");
  expect(status).toBe(7);
  expect(told).toContain("error FileRejected");
});
