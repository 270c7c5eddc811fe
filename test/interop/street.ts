import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { array, object, optional, parse, string } from "valibot";
import { expect, onTestFinished, type TestContext } from "vitest";
import { blindTo } from "../../src/domain/findings/tokens.ts";
import type { Family } from "../../src/domain/prediction/families.ts";
import { signature } from "../../src/domain/prediction/outcome.ts";
import { predict } from "../../src/domain/prediction/prediction.ts";
import { readDoctorFiles } from "../../src/flows/doctor/files.ts";
import type { Lab } from "../../src/lab/lab.ts";
import { systemClock } from "../../src/system/clock.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import { ACCOUNT, type Home, tokenText, writeHome } from "../doctor/home.ts";
import { startConnectProxy } from "../helpers/connect-proxy.ts";
import { sha1, signInAsAwsCli } from "../helpers/context.ts";
import { environmentFor, startTestLab } from "../helpers/lab.ts";
import { type BuiltClient, type CompiledClient, commandOrSkip } from "../helpers/toolchains.ts";
import { type ClientName, requireOrSkip, runWitness } from "../helpers/witness.ts";
import { clientFile, witnessOf } from "./desk.ts";

/** Many homes, below one folder that is everybody's HOME: the tokens lie there. */
export interface Street {
  readonly lab: Lab;
  readonly env: Environment;
  readonly homes: readonly StreetHome[];
}

interface StreetHome {
  readonly home: Home;
  /** Of a client that is to use this home's files, with its profile chosen. */
  readonly env: Environment;
}

type Environment = Readonly<Record<string, string>>;

const Answer = object({
  key: optional(string()),
  secret: optional(string()),
  token: optional(string()),
  error: optional(string()),
});
const Answers = array(Answer);

/** The keys that a client came by, or why it came by none. */
export interface Answer {
  readonly key?: string | undefined;
  readonly secret?: string | undefined;
  readonly token?: string | undefined;
  readonly error?: string | undefined;
}

const ROLES = ["DeveloperAccess", "ReadOnlyAccess"];
const ORGANISATION = {
  users: [{ name: "ada@example.com" }],
  accounts: [{ id: ACCOUNT, name: "sandbox", roles: ROLES.map((name) => ({ name })) }],
};

/** @param needsProxy the client knows no AWS_ENDPOINT_URL_* */
async function openStreet(homes: readonly Home[], needsProxy: boolean): Promise<Street> {
  const lab = await startTestLab({ organisation: ORGANISATION, wrongRequests: true });
  const proxy = needsProxy ? await startConnectProxy(lab) : undefined;
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-street-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const region = { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-1" };
  const env = { ...environmentFor(lab, folder), ...region, ...proxy?.environment };
  const placed = homes.map((home, index) => {
    const place = `home-${index}`;
    writeHome(path.join(folder, place), home);
    const file = (variable: string, name: string) =>
      home.env?.[variable]?.replace("/.aws/", `/${place}/.aws/`) ??
      path.join(folder, place, ".aws", name);
    const files = {
      AWS_CONFIG_FILE: file("AWS_CONFIG_FILE", "config"),
      AWS_SHARED_CREDENTIALS_FILE: file("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    };
    const AWS_PROFILE = home.profile ?? "dev";
    return { home, env: { ...env, ...home.env, ...region, AWS_PROFILE, ...files } };
  });
  await writeTokens(lab, homes, env);
  return { lab, env, homes: placed };
}

/** One sign-in, whose token lies there for every session, changed as its home says. */
async function writeTokens(lab: Lab, homes: readonly Home[], env: Environment): Promise<void> {
  const paths = resolvePaths(env);
  mkdirSync(paths.tokenCache, { recursive: true });
  const { token } = await signInAsAwsCli(lab, { paths, clock: systemClock });
  for (const { tokens = {} } of homes) {
    for (const [session, changed] of Object.entries(tokens)) {
      if (session === "acme" || changed === "none") continue;
      const text = tokenText({ ...token, ...changed });
      writeFileSync(path.join(paths.tokenCache, `${sha1(session)}.json`), text);
    }
  }
}

/** Which rules of prediction are a client's. */
function familyOf(client: ClientName): Family {
  if (client === "JS SDK v3") return "javascript";
  if (client === "Go SDK v2") return "go";
  if (client === "Java SDK v2") return "java";
  return client === "Rust aws-config" ? "rust" : "python";
}

/** Asks the client in every home, with as few processes as it takes. */
export async function askEverywhere(
  client: ClientName,
  homes: readonly Home[],
  built: ReadonlyMap<CompiledClient, BuiltClient>,
  running: TestContext,
): Promise<{ readonly street: Street; readonly answers: readonly Answer[] }> {
  if (client === "Go SDK v2" || client === "Rust aws-config" || client === "Java SDK v2") {
    const found = built.get(client) ?? { missing: `${client} was not built` };
    const command = commandOrSkip(client, found, running);
    const street = await openStreet(homes, false);
    const ask = client === "Java SDK v2" ? askJava : askOneByOne;
    return { street, answers: await ask(command, street) };
  }
  const { program, needsProxy } = witnessOf(client, running);
  const street = await openStreet(homes, needsProxy);
  const list = path.join(street.env["HOME"] ?? "", "homes.json");
  writeFileSync(list, JSON.stringify(street.homes.map(({ env }) => ({ env }))));
  const [interpreter, ...words] = commandFor(client, program, running);
  const { stdout, stderr } = await runWitness(interpreter, [...words, list], street.env);
  return { street, answers: parse(Answers, JSON.parse(stdout || JSON.stringify(stderr))) };
}

function commandFor(
  client: ClientName,
  program: string,
  running: TestContext,
): [string, ...string[]] {
  if (client === "JS SDK v3") return [program, clientFile("homes.mjs")];
  if (client.startsWith("boto3")) return [program, clientFile("homes.py"), "boto3"];
  // The interpreter that has the AWS CLI's own botocore.
  const debian = program === "/usr/bin/aws" ? "/usr/bin/python3" : undefined;
  const python =
    client === "AWS CLI v2"
      ? requireOrSkip(debian, "a Python that has the AWS CLI v2", running)
      : program.replace(/aws$/, "python");
  return [python, clientFile("homes.py"), "cli"];
}

/** These start in milliseconds. */
async function askOneByOne(command: readonly string[], { homes }: Street): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const { env } of homes) {
    const [answer] = await run([...command, "source"], env);
    answers.push(answer ?? { error: "no answer" });
  }
  return answers;
}

/** A Java program cannot change its environment: one for all homes that add nothing to it. */
async function askJava(command: readonly string[], { homes, env }: Street): Promise<Answer[]> {
  const answers: Answer[] = homes.map(() => ({ error: "no answer" }));
  const ask = async (indices: readonly number[], of: Environment) => {
    const words = indices.flatMap((index) => {
      const own = homes[index]?.env ?? {};
      return FILES_AND_PROFILE.map((name) => own[name] ?? "");
    });
    const found = await run([...command, "homes", ...words], of);
    for (const [at, index] of indices.entries()) answers[index] = found[at] ?? answers[index] ?? {};
  };
  const isApart = ({ home }: StreetHome) => {
    return Object.keys(home.env ?? {}).some((name) => !FILES_AND_PROFILE.includes(name));
  };
  const indices = homes.map((_, index) => index);
  await ask(
    indices.filter((index) => !homes.some((each, at) => at === index && isApart(each))),
    env,
  );
  for (const [index, each] of homes.entries()) if (isApart(each)) await ask([index], each.env);
  return answers;
}

/** What that program is told by words. */
const FILES_AND_PROFILE = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE"];

/** The lines of JSON that it prints. */
async function run([program = "", ...words]: readonly string[], env: Environment) {
  const stdout = await new Promise<string>((resolve) => {
    execFile(program, words, { env, timeout: 120_000, maxBuffer: 64_000_000 }, (_error, out) =>
      resolve(out),
    );
  });
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line): Answer => parse(Answer, JSON.parse(line)));
}

/** What `ssox doctor` predicts, in the words of {@link taken}. */
export function predicted(client: ClientName, { home, env }: StreetHome): string {
  const family = familyOf(client);
  const { readings } = readDoctorFiles({ paths: resolvePaths(env), env });
  const outcome = predict(readings, env, home.profile ?? "dev")[family];
  if (outcome.kind === "sso") {
    const token = home.tokens?.[outcome.token];
    const time = token === "none" ? undefined : token?.["expiresAt"];
    if (time !== undefined && blindTo(time).includes(family)) return "failure";
    // A role that is not assigned is refused, whoever asks for it.
    if (outcome.accountId !== ACCOUNT || !ROLES.includes(outcome.roleName)) return "failure";
  }
  return signature(outcome).replace(/ < .*/, "");
}

const MARKED: readonly (readonly [prefix: string, words: string])[] = [
  ["AKIACONFIG", "keys config"],
  ["AKIACREDENTIALS", "keys credentials"],
  ["AKIAENVIRONMENT", "environment"],
  ["AKIAPROCESS", "process"],
];

/** Whose keys a client has, in the words of a prediction. */
export async function taken({ key, secret = "", token = "" }: Answer, lab: Lab): Promise<string> {
  if (key === undefined) return "failure";
  const marked = MARKED.find(([prefix]) => key.startsWith(prefix));
  if (marked) return marked[1];
  const credentials = { accessKeyId: key, secretAccessKey: secret, sessionToken: token };
  const sts = new STSClient({ region: "eu-west-1", endpoint: lab.url, credentials });
  const { Arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
  const [, account, role = ""] = /^arn:aws:sts::(\d+):assumed-role\/([^/]+)\//.exec(Arn) ?? [];
  expect(account, Arn).toBe(ACCOUNT);
  const permissionSet = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role)?.[1];
  return permissionSet === undefined
    ? `role arn:aws:iam::${account}:role/${role}`
    : `sso ${account} ${permissionSet}`;
}
