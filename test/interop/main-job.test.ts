import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, type TestContext, test } from "vitest";
import { cacheName } from "../../src/domain/cache-name.ts";
import type { Lab } from "../../src/lab/lab.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import { awsConfigFor, environmentFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { runSsox } from "../helpers/program.ts";
import { findPython, repository, requireOrSkip, runWitness } from "../helpers/witness.ts";

/*
 * The main job, with the real clients as its users: what ssox signed in to,
 * they use; what they signed in to, ssox uses.
 */

/** How long a job runs under credentials that live 60 seconds. */
const JOB_SECONDS = process.env["SSOX_SOAK"] ? 180 : 70;

const CLIENTS = [
  {
    name: "boto3",
    extension: "py",
    interpreter: (context: TestContext) =>
      requireOrSkip(findPython({ modules: ["boto3"] }), "a Python with boto3", context),
  },
  { name: "AWS SDK for JavaScript", extension: "mjs", interpreter: () => process.execPath },
] as const;

describe.each(CLIENTS)("$name", ({ extension, interpreter }) => {
  test("uses the sign-in of ssox without a call of its own to OIDC", async (context) => {
    const python = interpreter(context);
    const desk = await openDesk();
    expect(await desk.ssox("login", "--session", "acme")).toMatchObject({ status: 0 });
    const signIn = desk.lab.requests.length;

    const end = await runWitness(python, [client(`caller-identity.${extension}`)], desk.env("dev"));

    expect(end.code, end.stderr).toBe(0);
    expect(JSON.parse(end.stdout)).toMatch(desk.arn);
    const calls = desk.lab.requests.slice(signIn).map(({ operation }) => operation);
    expect(calls).toEqual(["GetRoleCredentials", "GetCallerIdentity"]);
  });

  test("signs in, and ssox needs no sign-in of its own", async (context) => {
    const python = interpreter(context);
    const desk = await openDesk();
    const flow = [client(`device-flow.${extension}`), desk.lab.startUrl];
    const { stdout } = await runWitness(python, flow, desk.env("dev"));
    const cache = path.join(desk.home, ".aws", "sso", "cache");
    mkdirSync(cache, { recursive: true });
    writeFileSync(path.join(cache, `${cacheName("acme")}.json`), stdout);
    const signIn = desk.lab.requests.length;

    const { status, stdout: said } = await desk.ssox("whoami", "--profile", "dev", "--json");

    expect(status).toBe(0);
    expect(JSON.parse(said).arn).toMatch(desk.arn);
    const calls = desk.lab.requests.slice(signIn).map(({ operation }) => operation);
    expect(calls).toEqual(["GetRoleCredentials", "GetCallerIdentity"]);
  });
});

test("jobs that outlive their credentials keep the role, whatever [default] holds", {
  timeout: (JOB_SECONDS + 60) * 1000,
}, async (context) => {
  const python = CLIENTS[0].interpreter(context);
  const desk = await openDesk({ lifetimes: { roleCredentials: 60 } });
  expect(await desk.ssox("login", "--session", "acme")).toMatchObject({ status: 0 });
  const job = (program: string, file: string) =>
    runSsox(["exec", "--profile", "dev", "--", program, client(file), `${JOB_SECONDS}`, "3"], {
      env: desk.env(),
      timeout: (JOB_SECONDS + 45) * 1000,
    });

  const ends = await Promise.all([
    job(python, "caller-identity-again.py"),
    job(process.execPath, "caller-identity-again.mjs"),
  ]);

  for (const { status, stdout, stderr } of ends) {
    const said = stdout.trim().split("\n");
    expect(status, stderr).toBe(0);
    expect(said.length).toBeGreaterThan(JOB_SECONDS / 6);
    for (const arn of said) expect(arn).toMatch(desk.arn);
  }
  const fetches = requestsOf(desk.lab, "GetRoleCredentials").length;
  expect(fetches).toBeGreaterThan(JOB_SECONDS / 60);
  // Two jobs, each renewing at two thirds of 60 seconds; nobody asks more often.
  expect(fetches).toBeLessThanOrEqual(2 * (JOB_SECONDS / 40 + 2));
});

interface Desk {
  readonly lab: Lab;
  readonly home: string;
  /** The role of the profile `dev`, as STS names it. */
  readonly arn: RegExp;
  env(profile?: string): Record<string, string>;
  ssox(...args: string[]): ReturnType<typeof runSsox>;
}

async function openDesk(options: LabOptions = {}): Promise<Desk> {
  const lab = await startTestLab(options);
  const home = mkdtempSync(path.join(tmpdir(), "ssox-desk-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const [account] = lab.organisation.accounts;
  if (!account) throw new Error("the organisation has no account");
  const dev = { name: "dev", accountId: account.id, roleName: "DeveloperAccess" };
  mkdirSync(path.join(home, ".aws"));
  writeFileSync(
    path.join(home, ".aws", "config"),
    `[default]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = other\n\n${awsConfigFor(lab, [dev])}`,
  );
  const env = (profile?: string) => ({
    ...environmentFor(lab, home),
    ...(profile !== undefined && { AWS_PROFILE: profile }),
  });
  return {
    lab,
    home,
    arn: new RegExp(
      `^arn:aws:sts::${account.id}:assumed-role/AWSReservedSSO_DeveloperAccess_[0-9a-f]{16}/ada@example\\.com$`,
    ),
    env,
    ssox: (...args) => runSsox(args, { env: env() }),
  };
}

function client(file: string): string {
  return path.join(repository, "test", "interop", "clients", file);
}
