import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { awsConfigFor } from "../helpers/lab.ts";
import { type ProgramEnd, runSsox } from "../helpers/program.ts";
import { type ClientName, repository, type Witness } from "../helpers/witness.ts";
import { check, type Desk, type DeskOptions, INSTALLED } from "./desk.ts";

/*
 * Whatever else could give a program credentials, what runs under `ssox exec`
 * is the role that was named; and what the program itself names still works.
 */

/** Prints the caller's ARN and the region; takes a profile to name, or none. */
const BOTO3 = `
import json, sys, boto3
session = boto3.Session(profile_name=sys.argv[1] if len(sys.argv) > 1 else None)
arn = session.client("sts", region_name="eu-west-1").get_caller_identity()["Arn"]
print(json.dumps([arn, session.region_name]))
`;

const JAVASCRIPT = `
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
const [profile] = process.argv.slice(1);
const credentials = fromNodeProviderChain(profile ? { profile } : {});
const sts = new STSClient({ credentials, ...(profile && { profile }) });
const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
console.log(JSON.stringify([Arn, await sts.config.region()]));
`;

/** The AWS CLI tells the region in a table of its own. */
const AWS_CLI = `
aws=$1; shift
arn=$("$aws" sts get-caller-identity --query Arn --output json \${1:+--profile "$1"}) || exit
region=$("$aws" configure list \${1:+--profile "$1"} | awk '$1 == "region" { print $2 }')
printf '[%s, "%s"]' "$arn" "$region"
`;

/** The command line of the client; a profile to name may be added. */
function programOf(client: ClientName, { program }: Witness): string[] {
  if (client === "JS SDK v3") {
    return [program, "--input-type=module", "-e", JAVASCRIPT, "--"];
  }
  if (client.startsWith("boto3")) return [program, "-c", BOTO3];
  return ["/bin/sh", "-c", AWS_CLI, "sh", program];
}

const OTHER_KEYS = "aws_access_key_id = AKIAOTHER\naws_secret_access_key = other\n";

/** What a `[default]` may hold, in the config file and in the credentials file. */
const DEFAULTS: readonly { default: string; config?: string; credentials?: string; sso?: true }[] =
  [
    { default: "nothing" },
    { default: "a region", config: "[default]\nregion = us-east-1\n" },
    { default: "another role", sso: true },
    { default: "keys in the config file", config: `[default]\n${OTHER_KEYS}` },
    { default: "keys in the credentials file", credentials: `[default]\n${OTHER_KEYS}` },
    {
      default: "keys in both files, under another role",
      config: `[default]\n${OTHER_KEYS}`,
      credentials: `[default]\n${OTHER_KEYS}[dev]\n${OTHER_KEYS}`,
    },
    { default: "a process", config: "[default]\ncredential_process = /bin/false\n" },
    {
      default: "a role of other keys",
      config: `[default]\nrole_arn = arn:aws:iam::999999999999:role/x\nsource_profile = keys\n`,
      credentials: `[keys]\n${OTHER_KEYS}`,
    },
  ];

/** Every variable from which some AWS client would take another identity. */
const POLLUTION = {
  AWS_ACCESS_KEY_ID: "AKIAOTHER",
  AWS_SECRET_ACCESS_KEY: "other",
  AWS_SESSION_TOKEN: "other",
  AWS_SECURITY_TOKEN: "other",
  AWS_ACCESS_KEY: "AKIAOTHER",
  AWS_SECRET_KEY: "other",
  SECRET_ACCESS_KEY: "other",
  AWS_CREDENTIAL_EXPIRATION: "2001-01-01T00:00:00Z",
  AWS_CREDENTIAL_SCOPE: "other",
  AWS_ACCOUNT_ID: "999999999999",
  AWS_PROFILE: "other",
  AWS_DEFAULT_PROFILE: "missing",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/nonexistent",
  AWS_ROLE_ARN: "arn:aws:iam::999999999999:role/other",
  AWS_ROLE_SESSION_NAME: "other",
  AWS_CREDENTIAL_FILE: "/nonexistent",
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/other",
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:9/other",
  AWS_CONTAINER_AUTHORIZATION_TOKEN: "other",
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/nonexistent",
  _AWS_CLI_PROFILE_CHAIN: "other",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

/** A proxy that nobody listens at: the endpoint is asked without it. */
const DEAD_PROXY = { HTTP_PROXY: "http://127.0.0.1:9", NO_PROXY: "localhost" };

for (const { mode, numbers } of [
  { mode: "env", numbers: "50, 51" },
  { mode: "server", numbers: "51, 52" },
]) {
  for (const files of DEFAULTS) {
    check(
      `${numbers} · exec in ${mode} mode is the named role, whatever [default] holds: ${files.default}`,
      INSTALLED,
      async (open, client) => {
        const desk = await opened(open, files);
        const end = await exec(desk, ["--mode", mode], programOf(client, desk.client), {
          ...POLLUTION,
          ...(mode === "server" && DEAD_PROXY),
        });
        expect(end).toMatchObject({ status: 0, stderr: "" });
        expect(JSON.parse(end.stdout)).toEqual([desk.arnOf("DeveloperAccess"), "eu-west-1"]);
      },
    );
  }
}

check(
  "52 · a program under exec still reaches the profiles it names",
  INSTALLED,
  async (open, client) => {
    const desk = await opened(open, { default: "another role", sso: true });
    for (const name of ["other", "default"]) {
      const end = await exec(desk, [], [...programOf(client, desk.client), name]);
      // The region is the child's own all the same: variables go before profiles.
      expect(JSON.parse(end.stdout || end.stderr)).toEqual([
        desk.arnOf("ReadOnlyAccess"),
        "eu-west-1",
      ]);
    }
  },
);

check(
  "52 · exec hands on the profile's settings that are no credentials",
  ["boto3", "AWS CLI v1", "JS SDK v3"],
  async (open, client) => {
    const desk = await opened(open, { default: "nothing" }, "services = elsewhere\n");
    // Only the profile's own `services` leads to the lab's STS.
    const env = { AWS_ENDPOINT_URL_STS: "" };
    const end = await exec(desk, [], programOf(client, desk.client), env);
    expect(JSON.parse(end.stdout || end.stderr)[0]).toEqual(desk.arnOf("DeveloperAccess"));
  },
);

check("52 · an exec within an exec is the inner role", INSTALLED, async (open, client) => {
  const desk = await opened(open, { default: "keys", config: `[default]\n${OTHER_KEYS}` });
  const program = programOf(client, desk.client);
  const ssox = [process.execPath, path.join(repository, "bin", "ssox.js"), "exec"];
  for (const mode of ["server", "env"]) {
    const inner = [...ssox, "--profile", "other", "--mode", mode, "--", ...program];
    const end = await exec(desk, [], inner);
    expect(JSON.parse(end.stdout || end.stderr)).toEqual([
      desk.arnOf("ReadOnlyAccess"),
      "us-east-2",
    ]);
  }
  const same = await exec(desk, [], [...ssox, "--", ...program]);
  expect(JSON.parse(same.stdout || same.stderr)[0]).toEqual(desk.arnOf("DeveloperAccess"));
});

/** A desk that is signed in, with those files. */
async function opened(
  open: (options?: DeskOptions) => Promise<Desk>,
  files: (typeof DEFAULTS)[number],
  settings = "",
): Promise<Desk> {
  const desk = await open({
    config: (lab, [dev, other]) => {
      if (!dev || !other) throw new Error("a desk has two profiles");
      const inUse = files.sso ? [{ ...other, name: "default" }, other, dev] : [other, dev];
      return `${files.config ?? ""}\n${awsConfigFor(lab, inUse)}${settings}
[services elsewhere]
sts =
  endpoint_url = ${lab.url}
`;
    },
  });
  if (files.credentials !== undefined) {
    writeFileSync(path.join(desk.home, ".aws", "credentials"), files.credentials);
  }
  await desk.signIn();
  return desk;
}

/** Runs the program as the profile `dev`. */
async function exec(
  desk: Desk,
  flags: readonly string[],
  program: readonly string[],
  added: Readonly<Record<string, string>> = {},
): Promise<ProgramEnd> {
  return await runSsox(["exec", "--profile", "dev", ...flags, "--", ...program], {
    env: { ...desk.env(), ...added },
    cwd: repository,
  });
}
