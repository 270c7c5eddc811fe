import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { array, object, optional, parse, string } from "valibot";
import { beforeAll, expect, onTestFinished, type TestContext, test } from "vitest";
import { blindTo } from "../../src/domain/findings/tokens.ts";
import type { Family } from "../../src/domain/prediction/families.ts";
import { signature } from "../../src/domain/prediction/outcome.ts";
import { predict } from "../../src/domain/prediction/prediction.ts";
import { readDoctorFiles } from "../../src/flows/doctor/files.ts";
import type { Lab } from "../../src/lab/lab.ts";
import { systemClock } from "../../src/system/clock.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import { ACCOUNT, type Home, tokenText, writeHome } from "../doctor/home.ts";
import { HOMES } from "../doctor/homes.ts";
import { startConnectProxy } from "../helpers/connect-proxy.ts";
import { sha1, signInAsAwsCli } from "../helpers/context.ts";
import { environmentFor, startTestLab } from "../helpers/lab.ts";
import {
  BUILD_TIMEOUT,
  type BuiltClient,
  buildClient,
  type CompiledClient,
  commandOrSkip,
} from "../helpers/toolchains.ts";
import { type ClientName, differs, runWitness } from "../helpers/witness.ts";
import { clientFile, witnessOf } from "./desk.ts";

/*
 * What `ssox doctor` predicts of each kind of AWS client, in each home of the
 * corpus of test/doctor that has an answer: the real clients are asked.
 */

const WITNESSED = HOMES.filter(({ unwitnessed }) => unwitnessed === undefined);

/** Where an old version differs from what is predicted of its kind, by the home's title. */
const OLDER: Partial<Record<ClientName, Readonly<Record<string, string>>>> = {
  "boto3 (Debian)": { "nothing is wrong with a chain of roles": "failure" },
  "AWS CLI v2": { "nothing is wrong with a chain of roles": "failure" },
};

const built = new Map<CompiledClient, BuiltClient>();
const COMPILED = ["Go SDK v2", "Java SDK v2", "Rust aws-config"] as const;

beforeAll(async () => {
  for (const client of COMPILED) built.set(client, await buildClient(client));
}, COMPILED.length * BUILD_TIMEOUT);

for (const client of ["boto3", "boto3 (Debian)", "AWS CLI v1", "AWS CLI v2"] as const) {
  test(`doctor · predicts where credentials come from in every broken home [${client}]`, async (running) => {
    const { program, needsProxy } = witnessOf(client, running);
    const street = await openStreet(needsProxy);
    // The interpreter that has the AWS CLI's own botocore.
    const python =
      client === "AWS CLI v2" ? "/usr/bin/python3" : program.replace(/\/aws$/, "/python");
    const words = [
      clientFile("homes.py"),
      client.startsWith("boto3") ? "boto3" : "cli",
      street.list,
    ];
    const { stdout, stderr } = await runWitness(python, words, street.env);
    await compare(
      client,
      "python",
      parse(Answers, JSON.parse(stdout || JSON.stringify(stderr))),
      street,
      running,
    );
  });
}

test("doctor · predicts where credentials come from in every broken home [JS SDK v3]", async (running) => {
  const { program } = witnessOf("JS SDK v3", running);
  const street = await openStreet();
  const { stdout, stderr } = await runWitness(
    program,
    [clientFile("homes.mjs"), street.list],
    street.env,
  );
  await compare(
    "JS SDK v3",
    "javascript",
    parse(Answers, JSON.parse(stdout || JSON.stringify(stderr))),
    street,
    running,
  );
});

for (const [client, family] of [
  ["Go SDK v2", "go"],
  ["Rust aws-config", "rust"],
] as const) {
  test(`doctor · predicts where credentials come from in every broken home [${client}]`, async (running) => {
    const command = commandOf(client, running);
    const street = await openStreet();
    const answers: Answer[] = [];
    // They start in milliseconds.
    for (const { env } of street.homes) answers.push(...(await run([...command, "source"], env)));
    await compare(client, family, answers, street, running);
  });
}

test("doctor · predicts where credentials come from in every broken home [Java SDK v2]", async (running) => {
  const command = commandOf("Java SDK v2", running);
  const street = await openStreet();
  const answers: Answer[] = new Array(street.homes.length);
  const ask = async (indices: readonly number[], env: Readonly<Record<string, string>>) => {
    const words = indices.flatMap((index) => {
      const { env: own, home } = street.homes[index] ?? { env: street.env, home: undefined };
      return [
        own["AWS_CONFIG_FILE"] ?? "",
        own["AWS_SHARED_CREDENTIALS_FILE"] ?? "",
        home?.profile ?? "dev",
      ];
    });
    const found = await run([...command, "homes", ...words], env);
    for (const [at, index] of indices.entries())
      answers[index] = found[at] ?? { error: "no answer" };
  };
  // A Java program cannot change its environment: one for all homes that add nothing to it.
  const isPlain = ({ env }: Street["homes"][number]) => !("AWS_ACCESS_KEY_ID" in env);
  const [plain, others] = [true, false].map((wanted) =>
    street.homes.flatMap((home, index) => (isPlain(home) === wanted ? [index] : [])),
  );
  await ask(plain ?? [], street.env);
  for (const index of others ?? []) await ask([index], street.homes[index]?.env ?? {});
  await compare("Java SDK v2", "java", answers, street, running);
});

const Answer = object({
  key: optional(string()),
  secret: optional(string()),
  token: optional(string()),
  error: optional(string()),
});
const Answers = array(Answer);
type Answer = {
  key?: string | undefined;
  secret?: string | undefined;
  token?: string | undefined;
  error?: string | undefined;
};

/** All the homes, below one folder that is everybody's HOME: the tokens lie there. */
interface Street {
  readonly lab: Lab;
  readonly env: Readonly<Record<string, string>>;
  readonly homes: readonly {
    readonly home: Home;
    readonly env: Readonly<Record<string, string>>;
  }[];
  /** The homes as JSON. */
  readonly list: string;
}

const ORGANISATION = {
  users: [{ name: "ada@example.com" }],
  accounts: [
    {
      id: ACCOUNT,
      name: "sandbox",
      roles: [{ name: "DeveloperAccess" }, { name: "ReadOnlyAccess" }],
    },
  ],
};

async function openStreet(needsProxy = false): Promise<Street> {
  const lab = await startTestLab({ organisation: ORGANISATION, wrongRequests: true });
  const proxy = needsProxy ? await startConnectProxy(lab) : undefined;
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-street-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const region = { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-1" };
  const env = { ...environmentFor(lab, folder), ...region, ...proxy?.environment };
  const homes = WITNESSED.map((home, index) => {
    const place = `home-${index}`;
    writeHome(path.join(folder, place), home);
    const file = (variable: string, name: string) =>
      home.env?.[variable]?.replace("/.aws/", `/${place}/.aws/`) ??
      path.join(folder, place, ".aws", name);
    return {
      home,
      env: {
        ...env,
        ...home.env,
        ...region,
        AWS_PROFILE: home.profile ?? "dev",
        AWS_CONFIG_FILE: file("AWS_CONFIG_FILE", "config"),
        AWS_SHARED_CREDENTIALS_FILE: file("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
      },
    };
  });
  await writeTokens(lab, env);
  const list = path.join(folder, "homes.json");
  writeFileSync(list, JSON.stringify(homes.map((each) => ({ env: each.env }))));
  return { lab, env, homes, list };
}

/** One sign-in, whose token lies there for every session, changed as its home says. */
async function writeTokens(lab: Lab, env: Readonly<Record<string, string>>): Promise<void> {
  const paths = resolvePaths(env);
  mkdirSync(paths.tokenCache, { recursive: true });
  const { token } = await signInAsAwsCli(lab, { paths, clock: systemClock });
  for (const { tokens = {} } of WITNESSED) {
    for (const [session, changed] of Object.entries(tokens)) {
      if (session === "acme" || changed === "none") continue;
      const text = tokenText({ ...token, ...changed });
      writeFileSync(path.join(paths.tokenCache, `${sha1(session)}.json`), text);
    }
  }
}

async function compare(
  client: ClientName,
  family: Family,
  answers: readonly Answer[],
  { lab, homes }: Street,
  running: TestContext,
): Promise<void> {
  expect(answers).toHaveLength(homes.length);
  expect(homes.length).toBeGreaterThan(60);
  const older = OLDER[client] ?? {};
  const theirs: Record<string, string> = {};
  const ours: Record<string, string> = {};
  for (const [index, { home, env }] of homes.entries()) {
    const answer = answers[index] ?? {};
    theirs[home.title] = `${await taken(answer, lab)}`;
    ours[home.title] = older[home.title] ?? predicted(family, home, env);
    if (theirs[home.title] !== ours[home.title]) theirs[home.title] += ` (${answer.error})`;
  }
  if (Object.keys(older).length > 0)
    differs("assumes no role with a profile of an [sso-session]", running);
  expect(theirs).toEqual(ours);
  // It is not the same everywhere.
  expect(new Set(Object.values(theirs)).size).toBeGreaterThan(4);
}

function predicted(family: Family, home: Home, env: Readonly<Record<string, string>>): string {
  const { readings } = readDoctorFiles({ paths: resolvePaths(env), env });
  const outcome = predict(readings, env, home.profile ?? "dev")[family];
  const token = outcome.kind === "sso" ? home.tokens?.[outcome.token] : undefined;
  const time = token === "none" ? undefined : token?.["expiresAt"];
  if (time !== undefined && blindTo(time).includes(family)) return "failure";
  // A role that is not assigned is refused, whoever asks for it.
  const isAssigned =
    outcome.kind !== "sso" || ASSIGNED.has(`${outcome.accountId} ${outcome.roleName}`);
  return isAssigned ? signature(outcome).replace(/ < .*/, "") : "failure";
}

const ASSIGNED: ReadonlySet<string> = new Set(
  ["DeveloperAccess", "ReadOnlyAccess"].map((role) => `${ACCOUNT} ${role}`),
);

const MARKED: Readonly<Record<string, string>> = {
  AKIACONFIG: "keys config",
  AKIACREDENTIALS: "keys credentials",
  AKIAENVIRONMENT: "environment",
  AKIAPROCESS: "process",
};

/** Whose keys a client has, in the words of a prediction. */
async function taken({ key, secret = "", token = "" }: Answer, lab: Lab): Promise<string> {
  if (key === undefined) return "failure";
  const marked = MARKED[key];
  if (marked !== undefined) return marked;
  const credentials = { accessKeyId: key, secretAccessKey: secret, sessionToken: token };
  const sts = new STSClient({ region: "eu-west-1", endpoint: lab.url, credentials });
  const { Arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
  const [, account, role = ""] = /^arn:aws:sts::(\d+):assumed-role\/([^/]+)\//.exec(Arn) ?? [];
  const permissionSet = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role)?.[1];
  return permissionSet === undefined
    ? `role arn:aws:iam::${account}:role/${role}`
    : `sso ${account} ${permissionSet}`;
}

function commandOf(client: CompiledClient, running: TestContext): readonly string[] {
  const found = built.get(client) ?? { missing: `${client} was not built` };
  return commandOrSkip(client, found, running);
}

/** The lines of JSON that it prints. */
async function run(
  [program = "", ...words]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Answer[]> {
  const stdout = await new Promise<string>((resolve) => {
    execFile(program, words, { env, timeout: 120_000 }, (_error, out) => resolve(out));
  });
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => parse(Answer, JSON.parse(line)));
}
