import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, inject, type TestContext as Running, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import { type ConnectProxy, startConnectProxy } from "../helpers/connect-proxy.ts";
import { type AwsCliSignIn, sha1, signInAsAwsCli, testContext } from "../helpers/context.ts";
import {
  awsConfigFor,
  environmentFor,
  requestsOf,
  startTestLab,
  type TestProfile,
} from "../helpers/lab.ts";
import { type ProgramEnd, runSsox } from "../helpers/program.ts";
import {
  type ClientName,
  repository,
  requireOrSkip,
  runWitness,
  tookPart,
  type Witness,
  type WitnessEnd,
} from "../helpers/witness.ts";

/** A user's machine with one AWS client, and a lab: all of it ends with the test. */
export interface Desk {
  readonly lab: Lab;
  readonly home: string;
  readonly client: Witness;
  /** Undefined for a client that needs none. */
  readonly proxy: ConnectProxy | undefined;
  /** The profiles `dev` and `other`: two roles of one account. */
  readonly dev: TestProfile;
  readonly other: TestProfile;
  /** Of the client, with that profile chosen. */
  env(profile?: string): Record<string, string>;
  ssox(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ProgramEnd>;
  /** Runs the client itself. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<WitnessEnd>;
  /** What STS tells the client under that profile. */
  callerIdentity(profile?: string, env?: Readonly<Record<string, string>>): Promise<Caller>;
  /** What a client calls a role of the account of `dev`. */
  arnOf(roleName: string, user?: string): unknown;
  /** A sign-in that no ssox made; `changed` replaces members of the token file. */
  signIn(changed?: Readonly<Record<string, string | undefined>>): Promise<AwsCliSignIn>;
  tokenFile(cachedUnder?: string): string;
  token(): Record<string, unknown>;
  /** The names of the operations from that request on. */
  operations(from?: number): string[];
  refreshes(): Lab["requests"];
}

export interface Caller {
  readonly code: number | null;
  /** The ARN, or what the client said instead. */
  readonly said: string;
  readonly stderr: string;
}

export interface DeskOptions {
  readonly lab?: LabOptions;
  /** The config file; one session `acme` with the profiles `dev` and `other` by default. */
  readonly config?: (lab: Lab, profiles: readonly TestProfile[]) => string;
}

/** One test for each client, under names of which the table is made. */
export function check(
  title: string,
  clients: readonly ClientName[],
  body: (
    open: (options?: DeskOptions) => Promise<Desk>,
    client: ClientName,
    running: Running,
  ) => Promise<void>,
): void {
  for (const client of clients) {
    test(`${title} [${client}]`, async (running) => {
      const witness = witnessOf(client, running);
      await body((options) => openDesk(client, witness, options), client, running);
    });
  }
}

/** The clients that run as they are installed. */
export const INSTALLED = [
  "boto3",
  "boto3 (Debian)",
  "AWS CLI v1",
  "AWS CLI v2",
  "JS SDK v3",
] as const satisfies readonly ClientName[];

/** Skips the test when the client is missing. */
export function witnessOf(client: ClientName, running: Running): Witness {
  const witness = requireOrSkip(inject("witnesses")[client], client, running);
  tookPart(client, witness.version, running);
  return witness;
}

/** The command line that prints the caller's ARN as JSON. */
function callerIdentity(client: ClientName, { program }: Witness): string[] {
  if (client === "JS SDK v3") return [program, clientFile("caller-identity.mjs")];
  if (client.startsWith("boto3")) return [program, clientFile("caller-identity.py")];
  return [program, "sts", "get-caller-identity", "--query", "Arn", "--output", "json"];
}

export function clientFile(name: string): string {
  return path.join(repository, "test", "interop", "clients", name);
}

/** For BROWSER: a user who approves. */
export const BROWSER = `${process.execPath} ${clientFile("browser.mjs")}`;

/** Opens a desk for that client. */
export async function openDesk(
  name: ClientName,
  client: Witness,
  { lab: labOptions = {}, config = awsConfigFor }: DeskOptions = {},
): Promise<Desk> {
  const lab = await startTestLab(labOptions);
  const proxy = client.needsProxy ? await startConnectProxy(lab) : undefined;
  const [account] = lab.organisation.accounts;
  if (!account) throw new Error("the organisation has no account");
  const dev = { name: "dev", accountId: account.id, roleName: "DeveloperAccess" };
  const other = { ...dev, name: "other", roleName: "ReadOnlyAccess", region: "us-east-2" };
  const context = testContext({ lab, config: config(lab, [dev, other]) });
  const { home } = context.paths;
  const env = (profile?: string): Record<string, string> => ({
    ...environmentFor(lab, home),
    ...proxy?.environment,
    ...(profile !== undefined && { AWS_PROFILE: profile }),
  });
  const tokenFile = (cachedUnder = "acme") =>
    path.join(home, ".aws", "sso", "cache", `${sha1(cachedUnder)}.json`);
  mkdirSync(path.dirname(tokenFile()), { recursive: true, mode: 0o700 });
  return {
    lab,
    home,
    client,
    proxy,
    dev,
    other,
    env,
    tokenFile,
    ssox: (args, added = {}) => runSsox(args, { env: { ...environmentFor(lab, home), ...added } }),
    run: (args, added = {}) => runWitness(client.program, args, { ...env(), ...added }),
    async callerIdentity(profile, added = {}) {
      const [program = "", ...args] = callerIdentity(name, client);
      const { code, stdout, stderr } = await runWitness(program, args, {
        ...env(profile),
        ...added,
      });
      return { code, said: stdout.trim() === "" ? "" : JSON.parse(stdout), stderr };
    },
    arnOf: (role, user = "ada@example.com") =>
      expect.stringMatching(
        `^arn:aws:sts::${account.id}:assumed-role/AWSReservedSSO_${role}_[0-9a-f]{16}/${user}$`,
      ),
    signIn: (changed = {}) => signInAsAwsCli(lab, context, changed),
    token: () => JSON.parse(readFileSync(tokenFile(), "utf8")),
    operations: (from = 0) => lab.requests.slice(from).map(({ operation }) => operation),
    refreshes: () =>
      requestsOf(lab, "CreateToken").filter(({ grantType }) => grantType === "refresh_token"),
  };
}

/** A time so many minutes from now, as AWS clients write it. */
export function minutesFromNow(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString().replace(/\.\d+Z$/, "Z");
}
