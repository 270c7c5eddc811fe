import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  afterAll,
  beforeAll,
  describe,
  expect,
  onTestFinished,
  type TestContext,
  test,
} from "vitest";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import {
  HOSTILE_ACCOUNT_NAMES,
  HOSTILE_ROLE_NAMES,
} from "../../src/lab/organisation/hostile-names.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { systemClock } from "../../src/system/clock.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import { sha1, signInAsAwsCli, timestamp } from "../helpers/context.ts";
import { awsConfigFor, environmentFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { node, runSsox } from "../helpers/program.ts";
import {
  BUILD_TIMEOUT,
  type BuiltClient,
  buildClient,
  type CompiledClient,
  commandOrSkip,
} from "../helpers/toolchains.ts";
import { differs, repository } from "../helpers/witness.ts";
import {
  asSettings,
  DEAD_PROXY,
  DEFAULTS,
  type Files,
  OTHER_KEYS,
  OWN_KEYS,
  POLLUTION,
} from "./surroundings.ts";

/*
 * The SDKs for Go, Java and Rust, each as a program that asks STS who it is:
 * what ssox wrote, they read, and the other way round.
 */

interface Client {
  readonly client: CompiledClient;
  /** Whether it refreshes a token with four minutes left; if not, the token is left to expire. */
  readonly refreshesEarly: boolean;
  /** What it says of a credential_process that failed, in place of the process's own words. */
  readonly processFailure?: string;
}

const CLIENTS: readonly Client[] = [
  { client: "Go SDK v2", refreshesEarly: false },
  {
    client: "Java SDK v2",
    refreshesEarly: true,
    processFailure: "Failed to refresh process-based credentials",
  },
  { client: "Rust aws-config", refreshesEarly: true },
];

const built = new Map<CompiledClient, BuiltClient>();

beforeAll(async () => {
  // One after the other: each of the builds uses all processors.
  for (const { client } of CLIENTS) built.set(client, await buildClient(client));
}, CLIENTS.length * BUILD_TIMEOUT);

const USED = ["GetRoleCredentials", "GetCallerIdentity"];

const KEYS: Files = { default: "keys", config: `[default]\n${OTHER_KEYS}` };

const EXPIRED = { accessToken: "gone", expiresAt: "2026-01-01T00:00:00Z" };

/** All hostile names; the first four accounts and three roles have friendly ones. */
const HOSTILE = {
  accounts: 4 + HOSTILE_ACCOUNT_NAMES.length,
  roles: 3 + HOSTILE_ROLE_NAMES.length,
  hostileNames: true,
};

const MODES = [
  { mode: "env", number: 50 },
  { mode: "server", number: 52 },
];

for (const { client, refreshesEarly, processFailure } of CLIENTS) {
  test(`the lab alone · uses a token file as the AWS CLI writes it [${client}]`, async (context) => {
    const desk = await openDesk(client, context);
    await desk.signIn();
    const { code, said } = await desk.run(["identity"], { AWS_PROFILE: "dev" });
    expect(said).toEqual([{ arn: desk.arnOf("DeveloperAccess") }]);
    expect(code).toBe(0);
    expect(desk.calls()).toEqual(USED);
  });

  test(`the lab alone · is told 403 for a role that is not assigned [${client}]`, async (context) => {
    const desk = await openDesk(client, context);
    await desk.signIn();
    const { code, said } = await desk.run(["profile", "wrong"]);
    expect(said).toEqual([{ error: expect.stringContaining("No access") }]);
    expect(code).toBe(1);
    expect(desk.calls()).toEqual(["GetRoleCredentials"]);
  });

  test(`the lab alone · refreshes an expired token once and keeps the new one [${client}]`, async (context) => {
    const desk = await openDesk(client, context);
    const { token } = await desk.signIn(EXPIRED);
    const { said } = await desk.run(["profile", "dev"]);
    expect(said).toEqual([{ arn: desk.arnOf("DeveloperAccess") }]);
    expect(desk.calls()).toEqual(["CreateToken", ...USED]);
    const after = desk.tokenFile();
    expect(after["refreshToken"]).not.toBe(token["refreshToken"]);
    expect(Date.parse(String(after["expiresAt"]))).toBeGreaterThan(Date.now());
  });

  test(`2, 3 · ssox login, then get-caller-identity without an OIDC call [${client}]`, async (context) => {
    const desk = await openDesk(client, context);
    expect(await desk.ssox(["login", "--session", "acme"])).toMatchObject({ status: 0 });
    desk.calls();
    const { said } = await desk.run(["profile", "dev"]);
    expect(said).toEqual([{ arn: desk.arnOf("DeveloperAccess") }]);
    expect(desk.calls()).toEqual(USED);
  });

  test(`15 · ssox refreshes with 14 minutes left, and the client has no need to [${client}]`, async (context) => {
    const desk = await openDesk(client, context);
    await desk.signIn({ expiresAt: minutesFromNow(14) });
    expect(await desk.ssox(["whoami", "--profile", "dev"])).toMatchObject({ status: 0 });
    expect(desk.calls()).toEqual(["CreateToken", ...USED]);
    const { said } = await desk.run(["profile", "dev"]);
    expect(said).toEqual([{ arn: desk.arnOf("DeveloperAccess") }]);
    expect(desk.calls()).toEqual(USED);
  });

  test(`17, 18 · the client refreshes with 4 minutes left, and ssox uses what it wrote [${client}]`, async (context) => {
    const desk = await openDesk(client, context);
    await desk.signIn({ expiresAt: minutesFromNow(4), added: "by someone" });
    await desk.run(["profile", "dev"]);
    if (!refreshesEarly) {
      differs("refreshes a token only when it has expired", context);
      expect(desk.calls()).toEqual(USED);
      await desk.signIn({ ...EXPIRED, added: "by someone" });
      await desk.run(["profile", "dev"]);
    }
    expect(desk.calls()).toEqual(["CreateToken", ...USED]);
    const written = desk.tokenFile();

    const { stdout } = await desk.ssox(["whoami", "--profile", "dev", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ arn: desk.arnOf("DeveloperAccess") });
    expect(desk.calls()).toEqual(USED);
    expect(desk.tokenFile()).toEqual(written);
  });

  test(`28, 32 · profiles written for hostile names are read alike [${client}]`, async (context) => {
    const desk = await openDesk(client, context, { organisation: madeUpOrganisation(HOSTILE) });
    await desk.ssox(["login", "--session", "acme"]);
    const sync = await desk.ssox(["sync-profiles", "--region", "eu-west-1"]);
    expect(sync).toMatchObject({ status: 0 });
    const listed: WrittenRole[] = JSON.parse((await desk.ssox(["roles", "--json"])).stdout);
    expect(listed).toHaveLength(HOSTILE.accounts * HOSTILE.roles);
    // Two or three of each account: an SDK reads the whole file for every profile.
    const roles = listed.filter((_, index) => index % 5 === 0);
    desk.calls();
    const names = roles.map(({ profiles }) => profiles[0] ?? "");
    const { said } = await desk.run(["profile", ...names]);
    const arns = roles.map(({ accountId, role }) => ({
      arn: expect.stringContaining(`:${accountId}:assumed-role/AWSReservedSSO_${role}_`),
    }));
    expect(said).toEqual(arns);
    expect(desk.calls()).toEqual(roles.flatMap(() => USED));
  });

  test(`44 · profiles that sync-profiles --credential-process wrote [${client}]`, async (context) => {
    const desk = await openDesk(client, context);
    await desk.signIn();
    const sync = await desk.ssox([
      ...["sync-profiles", "--region", "eu-west-1", "--include", "sandbox:ReadOnly*"],
      ...["--credential-process", "--json"],
    ]);
    const [profile] = JSON.parse(sync.stdout || sync.stderr).created;
    desk.calls();
    const { said, stderr } = await desk.run(["profile", profile]);
    expect(said, stderr).toEqual([{ arn: desk.arnOf("ReadOnlyAccess") }]);
    expect(desk.calls()).toEqual(USED);
  });

  for (const files of DEFAULTS) {
    for (const { mode, number } of MODES) {
      test(`${number} · exec in ${mode} mode is the named role, whatever [default] holds: ${files.default} [${client}]`, async (context) => {
        const desk = await openDesk(client, context, {}, files);
        await desk.signIn();
        const added = { ...POLLUTION, ...(mode === "server" && DEAD_PROXY) };
        const end = await desk.exec(["--mode", mode], ["identity"], added);
        expect(end.said, end.stderr).toEqual([{ arn: desk.arnOf("DeveloperAccess") }]);
        expect(end.code).toBe(0);
      });
    }
  }

  for (const { beside, name = "own", files } of OWN_KEYS) {
    test(`50, 52 · exec is the user whose keys a profile has: ${beside} [${client}]`, async (context) => {
      const keysOf = (lab: Lab) => lab.userKeys({ accountId: accountOf(lab), name: "bob" });
      const desk = await openDesk(client, context, {}, (lab) => ({
        default: "nothing",
        ...files(asSettings(keysOf(lab))),
      }));
      for (const mode of ["server", "env"]) {
        const flags = ["--profile", name, "--mode", mode, "--region", "eu-west-1"];
        const end = await desk.exec(flags, ["identity"], POLLUTION);
        const arn = `arn:aws:iam::${accountOf(desk.lab)}:user/bob`;
        expect(end.said, `${mode}: ${end.stderr}`).toEqual([{ arn }]);
      }
    });
  }

  test(`52 · exec hands on the settings of the credentials file that are no credentials [${client}]`, async (context) => {
    const desk = await openDesk(client, context, {}, (lab) => ({
      default: "nothing",
      config: `[services elsewhere]\nsts =\n  endpoint_url = ${lab.url}\n`,
      credentials: `[dev]\n${OTHER_KEYS}services = elsewhere\n`,
    }));
    await desk.signIn();
    // Nothing else leads to the lab's STS.
    const end = await desk.exec([], ["identity"], { AWS_ENDPOINT_URL_STS: undefined });
    expect(end.said, end.stderr).toEqual([{ arn: desk.arnOf("DeveloperAccess") }]);
  });

  test(`52 · a program under exec still reaches the profiles it names [${client}]`, async (context) => {
    const desk = await openDesk(client, context, {}, { default: "another role", sso: true });
    await desk.signIn();
    const end = await desk.exec([], ["profile", "default", "process", "dev"]);
    const [other, role] = [desk.arnOf("ReadOnlyAccess"), desk.arnOf("DeveloperAccess")];
    expect(end.said, end.stderr).toEqual([{ arn: other }, { arn: other }, { arn: role }]);
  });

  test(`44 · credential_process: the documented line [${client}]`, async (context) => {
    const desk = await openDesk(client, context);
    await desk.signIn();
    const { said, stderr } = await desk.run(["identity"], { AWS_PROFILE: "process" });
    expect(said, stderr).toEqual([{ arn: desk.arnOf("ReadOnlyAccess") }]);
    expect(desk.calls()).toEqual(USED);
  });

  test(`44 · credential_process: paths with a space, in double quotes [${client}]`, async (context) => {
    const desk = await openDesk(client, context);
    await desk.signIn();
    const { said, stderr } = await desk.run(["profile", "process-with-spaces"]);
    expect(said, stderr).toEqual([{ arn: desk.arnOf("ReadOnlyAccess") }]);
    expect(desk.calls()).toEqual(USED);
  });

  test(`47 · credential_process fails, and the client tells why [${client}]`, async (context) => {
    const desk = await openDesk(client, context);
    const { code, said, stderr } = await desk.run(["profile", "process"]);
    expect(code).toBe(1);
    expect(said).toEqual([{ error: expect.any(String) }]);
    const told = JSON.stringify(said) + stderr;
    expect(told).toContain(processFailure ?? "ssox login --session acme");
    if (processFailure !== undefined) {
      differs("keeps to itself what a failing process says", context);
      expect(told).not.toContain("ssox login");
    }
    expect(desk.calls()).toEqual([]);
  });
}

/** How long a job runs under credentials that live 60 seconds. */
const JOB_SECONDS = process.env["SSOX_SOAK"] ? 180 : 70;

describe("jobs that outlive their credentials", () => {
  const home = path.join(tmpdir(), `ssox-jobs-${randomUUID()}`);
  const jobs = new Map<string, Job>();
  const words = ["again", `${JOB_SECONDS}`, "3"];

  const start = async (
    name: string,
    client: CompiledClient,
    lifetimes: LabOptions["lifetimes"],
  ) => {
    const found = built.get(client);
    if (found === undefined || !("command" in found)) return;
    const lab = await startLab({ lifetimes: { roleCredentials: 60, ...lifetimes } }, systemClock);
    const desk = deskAt(path.join(home, `${name} ${client}`), lab, found.command);
    await desk.signIn();
    const end =
      name === "exec" ? await desk.exec([], words) : await desk.run(words, { AWS_PROFILE: "dev" });
    await lab.stop();
    jobs.set(`${name} ${client}`, { desk, end });
  };

  // All at once: one after the other they would take six times as long.
  beforeAll(
    async () => {
      const running = CLIENTS.flatMap(({ client }) => [
        start("exec", client, {}),
        start("alone", client, { accessToken: 60 }),
      ]);
      await Promise.all(running);
    },
    (JOB_SECONDS + 60) * 1000,
  );

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const expectRole = ({ desk, end }: Job) => {
    expect(end.code, end.stderr).toBe(0);
    expect(end.said.length).toBeGreaterThan(JOB_SECONDS / 6);
    for (const line of end.said) expect(line).toEqual({ arn: desk.arnOf("DeveloperAccess") });
  };

  for (const { client } of CLIENTS) {
    test(`54 · jobs under exec outlive their credentials, whatever [default] holds [${client}]`, (context) => {
      commandOf(client, context);
      const job = jobOf(jobs, `exec ${client}`);
      expectRole(job);
      const fetches = requestsOf(job.desk.lab, "GetRoleCredentials").length;
      expect(fetches).toBeGreaterThan(JOB_SECONDS / 60);
      // At two thirds of 60 seconds; nobody asks more often.
      expect(fetches).toBeLessThanOrEqual(JOB_SECONDS / 40 + 2);
    });

    test(`56 · jobs under a plain AWS_PROFILE outlive token and credentials [${client}]`, (context) => {
      commandOf(client, context);
      const job = jobOf(jobs, `alone ${client}`);
      expectRole(job);
      // One is the sign-in.
      expect(requestsOf(job.desk.lab, "CreateToken").length).toBeGreaterThan(1);
      expect(requestsOf(job.desk.lab, "GetRoleCredentials").length).toBeGreaterThan(1);
    });
  }
});

interface Job {
  readonly desk: Desk;
  readonly end: End;
}

function jobOf(jobs: ReadonlyMap<string, Job>, name: string): Job {
  const job = jobs.get(name);
  if (!job) throw new Error(`${name} did not run`);
  return job;
}

function minutesFromNow(minutes: number): string {
  return timestamp(Date.now() + minutes * 60_000);
}

interface WrittenRole {
  readonly accountId: string;
  readonly role: string;
  readonly profiles: readonly string[];
}

interface End {
  readonly code: number | null;
  /** The lines of JSON. */
  readonly said: readonly unknown[];
  readonly stderr: string;
}

interface Desk {
  readonly lab: Lab;
  /** Makes a sign-in, and a token file as the AWS CLI writes it; `changed` replaces members. */
  signIn(changed?: Readonly<Record<string, string>>): ReturnType<typeof signInAsAwsCli>;
  tokenFile(): Record<string, unknown>;
  /** The client by itself. */
  run(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<End>;
  /** The client as the role of the profile `dev`, or of another one that the flags name. */
  exec(
    flags: readonly string[],
    words: readonly string[],
    env?: Readonly<Record<string, string | undefined>>,
  ): Promise<End>;
  ssox(args: readonly string[]): ReturnType<typeof runSsox>;
  /** The operations that the lab was asked for since the last time. */
  calls(): readonly string[];
  arnOf(roleName: string): unknown;
}

function commandOf(client: CompiledClient, context: TestContext): readonly string[] {
  return commandOrSkip(
    client,
    built.get(client) ?? { missing: `${client} was not built` },
    context,
  );
}

async function openDesk(
  client: CompiledClient,
  context: TestContext,
  options: LabOptions = {},
  files: Files | ((lab: Lab) => Files) = KEYS,
): Promise<Desk> {
  const command = commandOf(client, context);
  const lab = await startTestLab(options);
  const home = mkdtempSync(path.join(tmpdir(), "ssox-desk-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return deskAt(home, lab, command, typeof files === "function" ? files(lab) : files);
}

function deskAt(
  home: string,
  lab: Lab,
  [program = "", ...first]: readonly string[],
  files: Files = KEYS,
): Desk {
  writeFiles(home, lab, files);
  const env = environmentFor(lab, home);
  const paths = resolvePaths(env);
  let told = 0;
  return {
    lab,
    async signIn(changed) {
      const made = await signInAsAwsCli(lab, { paths, clock: systemClock }, changed);
      told = lab.requests.length;
      return made;
    },
    tokenFile: () =>
      JSON.parse(readFileSync(path.join(paths.tokenCache, `${sha1("acme")}.json`), "utf8")),
    run: (words, added) => run(program, [...first, ...words], { ...env, ...added }),
    exec: (flags, words, added) =>
      run(node(), [SSOX, "exec", ...asDev(flags), "--", program, ...first, ...words], {
        ...env,
        ...added,
      }),
    ssox: (args) => runSsox(args, { env }),
    calls() {
      const since = lab.requests.slice(told);
      told = lab.requests.length;
      return since.filter(({ service }) => service !== "page").map(({ operation }) => operation);
    },
    arnOf: (roleName) =>
      expect.stringMatching(
        `^arn:aws:sts::${accountOf(lab)}:assumed-role/AWSReservedSSO_${roleName}_[0-9a-f]{16}/ada@example\\.com$`,
      ),
  };
}

const SSOX = path.join(repository, "bin", "ssox.js");

function asDev(flags: readonly string[]): readonly string[] {
  return flags.includes("--profile") ? flags : ["--profile", "dev", ...flags];
}

function accountOf(lab: Lab): string {
  return lab.organisation.accounts[0]?.id ?? "";
}

function writeFiles(home: string, lab: Lab, { config = "", credentials, sso }: Files): void {
  const folder = path.join(home, ".aws");
  mkdirSync(folder, { recursive: true });
  const accountId = accountOf(lab);
  const dev = { name: "dev", accountId, roleName: "DeveloperAccess" };
  const profiles = [
    dev,
    { name: "wrong", accountId, roleName: "NoSuchRole" },
    ...(sso ? [{ name: "default", accountId, roleName: "ReadOnlyAccess" }] : []),
  ];
  const spaced = path.join(home, "my tools");
  mkdirSync(spaced);
  symlinkSync(node(), path.join(spaced, "node"));
  symlinkSync(SSOX, path.join(spaced, "ssox.js"));
  const role = `--account ${accountId} --role ReadOnlyAccess --session acme`;
  writeFileSync(
    path.join(folder, "config"),
    `${config}
${awsConfigFor(lab, profiles)}
[profile process]
credential_process = ${node()} ${SSOX} credential-process ${role}
region = eu-west-1

[profile process-with-spaces]
credential_process = "${spaced}/node" "${spaced}/ssox.js" credential-process ${role}
region = eu-west-1
`,
  );
  if (credentials !== undefined) writeFileSync(path.join(folder, "credentials"), credentials);
}

/** Ends by itself, also where the test gave up. */
async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<End> {
  const timeout = (JOB_SECONDS + 45) * 1000;
  const [code, stdout, stderr] = await new Promise<[number | null, string, string]>((resolve) => {
    const child = execFile(
      program,
      args,
      { env, timeout, killSignal: "SIGKILL" },
      (_error, ...told) => resolve([child.exitCode, ...told]),
    );
  });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { code, said: lines.map((line): unknown => JSON.parse(line)), stderr };
}
