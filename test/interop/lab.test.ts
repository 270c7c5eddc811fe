import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, type TestContext, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import { awsConfigFor, environmentFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { findPython, repository, requireOrSkip, runWitness } from "../helpers/witness.ts";

/*
 * AWS's own clients believe the lab, with no ssox in between: what ssox is
 * tested against is not of ssox's own making.
 */

interface Client {
  readonly name: string;
  readonly extension: "py" | "mjs";
  /** The program that runs it; skips the test when there is none. */
  readonly interpreter: (context: TestContext) => string;
  /** What it says when a role is not assigned. */
  readonly forbidden: string | RegExp;
}

const CLIENTS: readonly Client[] = [
  {
    name: "boto3",
    extension: "py",
    interpreter: (context) =>
      requireOrSkip(findPython({ modules: ["boto3"] }), "a Python with boto3", context),
    forbidden: /^ForbiddenException$/,
  },
  {
    name: "AWS SDK for JavaScript",
    extension: "mjs",
    interpreter: () => process.execPath,
    forbidden: /ForbiddenException.*No access/,
  },
];

describe.each(CLIENTS)("$name", (client) => {
  test("signs in by device code and acts as the role", async (context) => {
    const desk = await deskOf(client, context);
    await desk.signIn();

    const { code, said } = await desk.callerIdentity("dev");
    expect(said).toEqual(desk.arnOf("DeveloperAccess"));
    expect(code).toBe(0);
    expect(requestsOf(desk.lab, "GetRoleCredentials")).toHaveLength(1);
    expect(refreshes(desk.lab)).toHaveLength(0);
  });

  test("refreshes an expired token once and keeps the new one", async (context) => {
    const desk = await deskOf(client, context);
    const before = await desk.signIn({ accessToken: "gone", expiresAt: "2026-01-01T00:00:00Z" });

    const { said } = await desk.callerIdentity("dev");
    expect(said).toEqual(desk.arnOf("DeveloperAccess"));
    expect(refreshes(desk.lab)).toMatchObject([{ status: 200 }]);
    const after = desk.tokenFile();
    expect(after["accessToken"]).not.toBe(before["accessToken"]);
    expect(after["refreshToken"]).not.toBe(before["refreshToken"]);
    expect(Date.parse(String(after["expiresAt"]))).toBeGreaterThan(Date.now());
  });

  test("accepts a refresh answer that has no refresh token", async (context) => {
    const desk = await deskOf(client, context, { refreshTokens: "lenient" });
    await desk.signIn({ accessToken: "gone", expiresAt: "2026-01-01T00:00:00Z" });

    const { said } = await desk.callerIdentity("dev");
    expect(said).toEqual(desk.arnOf("DeveloperAccess"));
    expect(refreshes(desk.lab)).toMatchObject([{ status: 200 }]);
  });

  test("is told 403 for a role that is not assigned", async (context) => {
    const desk = await deskOf(client, context);
    await desk.signIn();

    const { code, said } = await desk.callerIdentity("wrong");
    expect(code).toBe(1);
    expect(said).toMatch(client.forbidden);
    expect(requestsOf(desk.lab, "GetRoleCredentials")).toMatchObject([
      { status: 403, error: "ForbiddenException", roleName: "NoSuchRole" },
    ]);
  });

  test("assumes a further role from a source profile", async (context) => {
    const desk = await deskOf(client, context);
    await desk.signIn();

    const { said } = await desk.callerIdentity("chained");
    const other = desk.lab.organisation.accounts[1]?.id;
    expect(said).toBe(`arn:aws:sts::${other}:assumed-role/Deployer/chained-session`);
    expect(requestsOf(desk.lab, "AssumeRole")).toMatchObject([{ status: 200 }]);
  });

  test("does not get past a token that the service no longer knows", async (context) => {
    const desk = await deskOf(client, context);
    await desk.signIn({ accessToken: "never issued" });

    const { code } = await desk.callerIdentity("dev");
    expect(code).toBe(1);
    expect(requestsOf(desk.lab, "GetRoleCredentials")).toMatchObject([{ status: 401 }]);
  });
});

interface Desk {
  readonly lab: Lab;
  /** Signs in with the client's own OIDC calls; `changed` replaces members of the file. */
  signIn(changed?: Record<string, string>): Promise<Record<string, unknown>>;
  callerIdentity(profile: string): Promise<{ code: number | null; said: string }>;
  tokenFile(): Record<string, unknown>;
  arnOf(roleName: string): unknown;
}

/** A home folder with a config file as a user has it, a lab, and a client. */
async function deskOf(
  client: Client,
  context: TestContext,
  options: LabOptions = {},
): Promise<Desk> {
  const program = client.interpreter(context);
  const lab = await startTestLab(options);
  const home = mkdtempSync(path.join(tmpdir(), "ssox-desk-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const cache = path.join(home, ".aws", "sso", "cache");
  mkdirSync(cache, { recursive: true });
  writeFileSync(path.join(home, ".aws", "config"), configOf(lab));
  const tokenPath = path.join(cache, `${createHash("sha1").update("acme").digest("hex")}.json`);
  const [account] = lab.organisation.accounts;

  const run = (name: string, args: readonly string[], env: Record<string, string>) => {
    const script = path.join(repository, "test/interop/clients", `${name}.${client.extension}`);
    return runWitness(program, [script, ...args], { ...environmentFor(lab, home), ...env });
  };
  const tokenFile = () => JSON.parse(readFileSync(tokenPath, "utf8"));
  return {
    lab,
    tokenFile,
    async signIn(changed = {}) {
      const end = await run("device-flow", [lab.startUrl], {});
      expect(end.code, end.stderr).toBe(0);
      writeFileSync(tokenPath, JSON.stringify({ ...JSON.parse(end.stdout), ...changed }));
      return tokenFile();
    },
    async callerIdentity(profile) {
      const end = await run("caller-identity", [], { AWS_PROFILE: profile });
      expect(end.stdout, end.stderr).not.toBe("");
      return { code: end.code, said: JSON.parse(end.stdout) };
    },
    arnOf: (roleName) =>
      expect.stringMatching(
        `^arn:aws:sts::${account?.id}:assumed-role/AWSReservedSSO_${roleName}_[0-9a-f]{16}/ada@example\\.com$`,
      ),
  };
}

function configOf(lab: Lab): string {
  const [account, other] = lab.organisation.accounts;
  const accountId = account?.id ?? "";
  const profiles = [
    { name: "dev", accountId, roleName: "DeveloperAccess" },
    { name: "wrong", accountId, roleName: "NoSuchRole" },
  ];
  return `${awsConfigFor(lab, profiles)}
[profile chained]
role_arn = arn:aws:iam::${other?.id}:role/team/Deployer
role_session_name = chained-session
source_profile = dev
region = eu-west-1
`;
}

function refreshes(lab: Lab): Lab["requests"] {
  return requestsOf(lab, "CreateToken").filter(({ grantType }) => grantType === "refresh_token");
}
