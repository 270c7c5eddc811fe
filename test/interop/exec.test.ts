import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, type TestContext, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { signInAsAwsCli, testContext } from "../helpers/context.ts";
import { awsConfigFor, environmentFor, startTestLab } from "../helpers/lab.ts";
import { runSsox } from "../helpers/program.ts";
import { findPython, repository, requireOrSkip } from "../helpers/witness.ts";

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

const CLIENTS = [
  {
    client: "boto3",
    command: (context: TestContext) => [
      requireOrSkip(findPython({ modules: ["boto3"] }), "a Python with boto3", context),
      "-c",
      BOTO3,
    ],
  },
  {
    client: "AWS SDK for JavaScript",
    command: () => [process.execPath, "--input-type=module", "-e", JAVASCRIPT, "--"],
  },
];

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

describe.each(CLIENTS)("$client", ({ command }) => {
  for (const mode of ["server", "env"]) {
    for (const files of DEFAULTS) {
      test(`is the named role in ${mode} mode, beside a [default] with ${files.default}`, async (context) => {
        const program = command(context);
        const desk = await openDesk(files);
        const end = await desk.exec(["--mode", mode], program, {
          ...POLLUTION,
          ...(mode === "server" && DEAD_PROXY),
        });
        expect(end).toMatchObject({ status: 0, stderr: "" });
        expect(JSON.parse(end.stdout)).toEqual([desk.arnOf("DeveloperAccess"), "eu-west-1"]);
      });
    }
  }

  test("still reaches a profile that the program names itself", async (context) => {
    const program = command(context);
    const desk = await openDesk({ default: "another role", sso: true });
    for (const name of ["other", "default"]) {
      const end = await desk.exec([], [...program, name]);
      // The region is the child's own all the same: variables go before profiles.
      expect(JSON.parse(end.stdout || end.stderr)).toEqual([
        desk.arnOf("ReadOnlyAccess"),
        "eu-west-1",
      ]);
    }
  });

  test("takes the settings of the named profile that are no credentials", async (context) => {
    const program = command(context);
    const desk = await openDesk({ default: "nothing" }, "services = elsewhere\n");
    const { AWS_ENDPOINT_URL_STS, ...env } = environmentFor(desk.lab, desk.home);
    expect(AWS_ENDPOINT_URL_STS).toBe(desk.lab.url);
    const end = await desk.exec([], program, {}, env);
    expect(JSON.parse(end.stdout || end.stderr)[0]).toEqual(desk.arnOf("DeveloperAccess"));
  });

  test("is the inner role when one exec runs within another", async (context) => {
    const program = command(context);
    const desk = await openDesk({ default: "keys", config: `[default]\n${OTHER_KEYS}` });
    const ssox = [process.execPath, path.join(repository, "bin", "ssox.js"), "exec"];
    for (const mode of ["server", "env"]) {
      const inner = [...ssox, "--profile", "other", "--mode", mode, "--", ...program];
      const end = await desk.exec([], inner);
      expect(JSON.parse(end.stdout || end.stderr)).toEqual([
        desk.arnOf("ReadOnlyAccess"),
        "us-east-2",
      ]);
    }
    const same = await desk.exec([], [...ssox, "--", ...program]);
    expect(JSON.parse(same.stdout || same.stderr)[0]).toEqual(desk.arnOf("DeveloperAccess"));
  });
});

interface Desk {
  readonly lab: Lab;
  readonly home: string;
  arnOf(role: string): unknown;
  /** Runs the program as the profile `dev`. */
  exec(
    flags: readonly string[],
    program: readonly string[],
    added?: Readonly<Record<string, string>>,
    env?: Readonly<Record<string, string>>,
  ): ReturnType<typeof runSsox>;
}

async function openDesk(files: (typeof DEFAULTS)[number], settings = ""): Promise<Desk> {
  const lab = await startTestLab();
  const [account] = lab.organisation.accounts;
  if (!account) throw new Error("the organisation has no account");
  const dev = { name: "dev", accountId: account.id, roleName: "DeveloperAccess" };
  const other = { ...dev, name: "other", roleName: "ReadOnlyAccess", region: "us-east-2" };
  const inUse = files.sso ? [{ ...other, name: "default" }, other, dev] : [other, dev];
  const config = `${files.config ?? ""}\n${awsConfigFor(lab, inUse)}${settings}
[services elsewhere]
sts =
  endpoint_url = ${lab.url}
`;
  const context = testContext({ lab, config });
  const { home } = context.paths;
  if (files.credentials !== undefined) {
    writeFileSync(path.join(home, ".aws", "credentials"), files.credentials);
  }
  await signInAsAwsCli(lab, context);
  return {
    lab,
    home,
    arnOf: (role) =>
      expect.stringMatching(
        `^arn:aws:sts::${account.id}:assumed-role/AWSReservedSSO_${role}_[0-9a-f]{16}/`,
      ),
    exec: (flags, program, added = {}, env = environmentFor(lab, home)) =>
      runSsox(["exec", "--profile", "dev", ...flags, "--", ...program], {
        env: { ...env, ...added },
        cwd: repository,
      }),
  };
}
