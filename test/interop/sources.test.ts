import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { readAwsProfiles } from "../../src/aws/profiles.ts";
import { type ProfileTable, planCredentials } from "../../src/domain/credential-source.ts";
import { awsConfigFor } from "../helpers/lab.ts";
import { runWitness } from "../helpers/witness.ts";
import { check, clientFile } from "./desk.ts";

/*
 * Which of several credentials in one profile count: for ssox those that count
 * for botocore, in every combination of settings and of the two files.
 */

const PRINTED = '{"Version":1,"AccessKeyId":"AKIAPROCESS","SecretAccessKey":"s"}';
const KEYS = "aws_access_key_id = AKIA1\naws_secret_access_key = s";

/** Lines of the config file, or of the credentials file. */
const SETTINGS: readonly (readonly ["config" | "credentials", string])[] = [
  ["config", "role_arn = arn:aws:iam::111122223333:role/R"],
  ["config", "source_profile = base"],
  ["config", "web_identity_token_file = /nowhere"],
  ["config", "sso_session = acme\nsso_account_id = 111122223333\nsso_role_name = Dev"],
  ["config", `credential_process = /bin/echo '${PRINTED}'`],
  ["config", KEYS],
  ["credentials", KEYS],
  ["credentials", `credential_process = /bin/echo '${PRINTED}'`],
];

const CHAINS = `
[profile base]
${KEYS}
[profile self]
role_arn = arn:aws:iam::111122223333:role/R
source_profile = self
${KEYS}
[profile circle]
role_arn = arn:aws:iam::111122223333:role/R
source_profile = circle
[profile one]
role_arn = arn:aws:iam::111122223333:role/R
source_profile = two
[profile two]
role_arn = arn:aws:iam::111122223333:role/R
source_profile = one
[profile both]
role_arn = arn:aws:iam::111122223333:role/R
source_profile = base
credential_source = Environment
[profile named]
role_arn = arn:aws:iam::111122223333:role/R
credential_source = Environment
[profile unnamed]
role_arn = arn:aws:iam::111122223333:role/R
credential_source = environment
[profile lost]
role_arn = arn:aws:iam::111122223333:role/R
source_profile = gone
[profile empty]
region = eu-west-1
`;

function combinations(): { config: string; credentials: string } {
  const files = { config: CHAINS, credentials: "" };
  for (let chosen = 0; chosen < 2 ** SETTINGS.length; chosen += 1) {
    const lines = { config: `[profile p${chosen}]\n`, credentials: `[p${chosen}]\n` };
    for (const [index, [file, text]] of SETTINGS.entries()) {
      if (chosen & (1 << index)) lines[file] += `${text}\n`;
    }
    files.config += lines.config;
    files.credentials += lines.credentials;
  }
  return files;
}

/** By the names of botocore's providers. */
function planned(table: ProfileTable, name: string): string | undefined {
  try {
    const { source, roles } = planCredentials(table, name);
    if (roles.length > 0) return "assume-role";
    if (source.kind === "web-identity") return "assume-role-with-web-identity";
    if (source.kind === "process") return "custom-process";
    if (source.kind !== "keys") return source.kind;
    const inCredentials = table.get(name)?.credentials["aws_access_key_id"];
    return inCredentials ? "shared-credentials-file" : "config-file";
  } catch {
    return undefined;
  }
}

check(
  "of several credentials in one profile those count that count for botocore",
  ["boto3", "boto3 (Debian)"],
  async (open) => {
    const { config, credentials } = combinations();
    const desk = await open({ config: (lab) => `${awsConfigFor(lab)}${config}` });
    const folder = path.join(desk.home, ".aws");
    writeFileSync(path.join(folder, "credentials"), credentials);
    const keys = { AWS_ACCESS_KEY_ID: "AKIAENV", AWS_SECRET_ACCESS_KEY: "s" };
    const env = { ...desk.env(), ...keys };
    const { stdout, stderr } = await runWitness(
      desk.client.program,
      [clientFile("sources.py")],
      env,
    );
    const theirs: Record<string, string | null> = JSON.parse(stdout || stderr);
    const { table } = readAwsProfiles({
      configFile: path.join(folder, "config"),
      credentialsFile: path.join(folder, "credentials"),
    });
    const names = Object.keys(theirs);
    expect(names.length).toBeGreaterThan(2 ** SETTINGS.length);
    const ours = Object.fromEntries(names.map((name) => [name, planned(table, name)]));
    const wanted = names.map((name) => {
      const method = theirs[name] ?? "";
      return [name, /Error$/.test(method) || method === "" ? undefined : method];
    });
    expect(ours).toEqual(Object.fromEntries(wanted));
  },
);
