import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { awsConfigFor } from "../helpers/lab.ts";
import { type ProgramEnd, runSsox } from "../helpers/program.ts";
import { type ClientName, repository, type Witness } from "../helpers/witness.ts";
import { check, type Desk, type DeskOptions, INSTALLED } from "./desk.ts";
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
          AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
          ...(mode === "server" && DEAD_PROXY),
        });
        expect(end).toMatchObject({ status: 0, stderr: "" });
        expect(JSON.parse(end.stdout)).toEqual([desk.arnOf("DeveloperAccess"), "eu-west-1"]);
      },
    );
  }
}

for (const { beside, name = "own", files } of OWN_KEYS) {
  check(
    `50, 52 · exec is the user whose keys a profile has: ${beside}`,
    INSTALLED,
    async (open, client) => {
      const desk = await open();
      const keys = desk.lab.userKeys({ accountId: desk.dev.accountId, name: "bob" });
      const { config = "", credentials = "" } = files(asSettings(keys));
      appendFileSync(path.join(desk.home, ".aws", "config"), config);
      writeFileSync(path.join(desk.home, ".aws", "credentials"), credentials);
      for (const mode of ["server", "env"]) {
        const flags = ["exec", "--profile", name, "--mode", mode, "--region", "eu-west-1", "--"];
        const end = await runSsox([...flags, ...programOf(client, desk.client)], {
          env: { ...desk.env(), ...POLLUTION },
          cwd: repository,
        });
        expect(JSON.parse(end.stdout || JSON.stringify(end.stderr))).toEqual([
          `arn:aws:iam::${desk.dev.accountId}:user/bob`,
          "eu-west-1",
        ]);
      }
    },
  );
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

for (const file of ["config", "credentials"] as const) {
  check(
    `52 · exec hands on the settings of the ${file} file that are no credentials`,
    ["boto3", "AWS CLI v1", "JS SDK v3"],
    async (open, client) => {
      const desk = await opened(open, ...settingsIn(file, "services = elsewhere\n"));
      // Only the profile's own `services` leads to the lab's STS.
      const env = { AWS_ENDPOINT_URL_STS: "" };
      const end = await exec(desk, [], programOf(client, desk.client), env);
      expect(JSON.parse(end.stdout || end.stderr)[0]).toEqual(desk.arnOf("DeveloperAccess"));
    },
  );
}

/** Of the profile `dev`; beside keys, which are not the role. */
function settingsIn(file: "config" | "credentials", settings: string): [Files, string] {
  const credentials = `[dev]\n${OTHER_KEYS}${settings}`;
  return file === "config"
    ? [{ default: "nothing" }, settings]
    : [{ default: "nothing", credentials }, ""];
}

const SETTINGS = `retry_mode = adaptive
max_attempts = 7
ca_bundle = /etc/ssl/certs/ca-certificates.crt
s3 =
  addressing_style = path
`;

/** Prints what each client finds of them in the profile that it was given. */
const SETTINGS_OF: Partial<Record<ClientName, readonly string[]>> = {
  boto3: [
    "-c",
    `import json, boto3
found = boto3.Session()._session.get_scoped_config()
print(json.dumps([found["retry_mode"], found["max_attempts"], found["ca_bundle"], found["s3"]["addressing_style"]]))`,
  ],
  "JS SDK v3": [
    "--input-type=module",
    "-e",
    `import { STSClient } from "@aws-sdk/client-sts";
const { retryMode, maxAttempts } = new STSClient({}).config;
console.log(JSON.stringify([await retryMode(), String(await maxAttempts())]));`,
  ],
};

const AWS_CLI_SETTINGS = `
for name in retry_mode max_attempts ca_bundle s3.addressing_style; do "$0" configure get $name; done |
  sed 's/.*/"&"/' | paste -s -d, - | sed 's/.*/[&]/'
`;

for (const file of ["config", "credentials"] as const) {
  check(
    `52 · exec hands on retries, ca_bundle and s3 of the profile in the ${file} file`,
    ["boto3", "AWS CLI v1", "AWS CLI v2", "JS SDK v3"],
    async (open, client) => {
      const desk = await opened(open, ...settingsIn(file, SETTINGS));
      const { program } = desk.client;
      const printing = SETTINGS_OF[client];
      const command = printing
        ? [program, ...printing]
        : ["/bin/sh", "-c", AWS_CLI_SETTINGS, program];
      const end = await exec(desk, [], command);
      const bundle = ["/etc/ssl/certs/ca-certificates.crt", "path"];
      const all = ["adaptive", "7", ...(client === "JS SDK v3" ? [] : bundle)];
      expect(JSON.parse(end.stdout || end.stderr)).toEqual(all);
    },
  );
}

check(
  "52 · what aws configure set writes under exec is refused, or kept and told of",
  ["AWS CLI v1", "AWS CLI v2"],
  async (open) => {
    const desk = await opened(open, { default: "nothing" });
    const file = path.join(desk.home, ".aws", "config");
    const before = readFileSync(file, "utf8");
    const set = ["configure", "set", "region", "us-west-2", "--profile", "other"];
    const end = await exec(desk, [], [desk.client.program, ...set]);
    expect(readFileSync(file, "utf8")).toBe(before);
    if (process.getuid?.() !== 0) {
      expect(end.status).not.toBe(0);
      expect(end.stderr).toMatch(/Permission denied: .*exec-\d+-[0-9a-f]+\.config/);
      return;
    }
    // No mode of a file stops root.
    const [, kept = ""] = /kept as (\S+)/.exec(end.stderr) ?? [];
    expect(readFileSync(kept, "utf8")).toContain("region = us-west-2");
    // Keys go into the user's own credentials file.
    const key = ["configure", "set", "aws_access_key_id", "AKIANEW", "--profile", "new"];
    const other = await exec(desk, [], [desk.client.program, ...key]);
    expect(other).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(path.join(desk.home, ".aws", "credentials"), "utf8")).toContain("AKIANEW");
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

check(
  "51 · an exec within an exec has the user's region where its profile has none",
  INSTALLED,
  async (open, client) => {
    const desk = await opened(open, { default: "nothing" });
    const { accountId, roleName } = desk.other;
    const keys = `sso_session = acme\nsso_account_id = ${accountId}\nsso_role_name = ${roleName}\n`;
    appendFileSync(path.join(desk.home, ".aws", "config"), `[profile far]\n${keys}`);
    const ssox = [process.execPath, path.join(repository, "bin", "ssox.js"), "exec"];
    const inner = [...ssox, "--profile", "far", "--", ...programOf(client, desk.client)];
    const own = { AWS_REGION: "eu-central-1", AWS_DEFAULT_REGION: "eu-central-1" };
    const end = await exec(desk, [], inner, own);
    expect(JSON.parse(end.stdout || end.stderr)).toEqual([desk.arnOf(roleName), "eu-central-1"]);
  },
);

/** A desk that is signed in, with those files. */
async function opened(
  open: (options?: DeskOptions) => Promise<Desk>,
  files: Files,
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
