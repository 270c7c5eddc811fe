import { expect, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { signInAsAwsCli, testContext } from "../helpers/context.ts";
import { awsConfigFor, environmentFor, startTestLab, type TestProfile } from "../helpers/lab.ts";
import { runSsox } from "../helpers/program.ts";
import { repository } from "../helpers/witness.ts";
import { check, INSTALLED } from "./desk.ts";

/*
 * `aws configure export-credentials --format …` as AWS CLI 2.36.7 has it: it
 * quotes no more than this, and ends its times with `+00:00`. Neither 2.9.19 nor
 * AWS CLI v1 has the command, so that the formats stand here.
 */
const FORMATS = [
  { format: "sh", theirs: "env", line: "export NAME=VALUE" },
  { format: "dotenv", theirs: "env-no-export", line: "NAME=VALUE" },
  { format: "powershell", theirs: "powershell", line: '$Env:NAME="VALUE"' },
  { format: "cmd", theirs: "windows-cmd", line: "set NAME=VALUE" },
  { format: "fish", theirs: "fish", line: 'set -gx NAME "VALUE"' },
];

test.for(FORMATS)(
  "57 · env --format $format is export-credentials --format $theirs, but for quotes",
  async ({ format, line }) => {
    const lab = await startTestLab();
    const accountId = lab.organisation.accounts[0]?.id ?? "";
    const dev = { name: "dev", accountId, roleName: "DeveloperAccess" };
    const context = testContext({ lab, config: awsConfigFor(lab, [dev]) });
    await signInAsAwsCli(lab, context);
    const env = environmentFor(lab, context.paths.home);
    const ssox = (...args: string[]) => runSsox([...args, "--profile", "dev"], { env });
    const credentials = JSON.parse((await ssox("credential-process")).stdout);

    const { stdout } = await ssox("env", "--format", format);

    const said = stdout.trim().split("\n").map(withoutQuotes);
    const wanted = [
      ["AWS_ACCESS_KEY_ID", credentials.AccessKeyId],
      ["AWS_SECRET_ACCESS_KEY", credentials.SecretAccessKey],
      ["AWS_SESSION_TOKEN", credentials.SessionToken],
      ["AWS_CREDENTIAL_EXPIRATION", credentials.Expiration],
    ].map(([name, value]) => withoutQuotes(line.replace("NAME", name).replace("VALUE", value)));
    const first = said.indexOf(wanted[0] ?? "");
    expect(said.slice(first, first + wanted.length)).toEqual(wanted);
  },
);

const SSOX = `${process.execPath} ${repository}/bin/ssox.js`;

check(
  "50 · env within exec: the client is the other role, and with --unset none of exec's",
  INSTALLED,
  async (open) => {
    const config = (lab: Lab, [dev, other]: readonly TestProfile[]) => {
      const profiles = [dev, other].filter((one) => one !== undefined);
      return awsConfigFor(lab, [...profiles, ...profiles.slice(0, 1).map(asDefault)]);
    };
    const desk = await open({ config });
    await desk.signIn();
    const within = async (words: string) => {
      const line = `eval "$(${SSOX} env ${words})"; env`;
      const args = ["exec", "--profile", "other", "--", "sh", "-c", line];
      const { stdout } = await desk.ssox(args);
      const variables = stdout
        .trim()
        .split("\n")
        .map((each) => {
          return [each.replace(/=.*/, ""), each.replace(/^\w+=/, "")];
        });
      // The lab itself is found another way by old clients.
      return { ...Object.fromEntries(variables), ...desk.env() };
    };
    const { said, stderr } = await desk.callerIdentity(undefined, await within("--profile dev"));
    expect(said, stderr).toEqual(desk.arnOf("DeveloperAccess"));
    const none = await desk.callerIdentity(undefined, await within("--unset"));
    expect(none.said, none.stderr).toEqual(desk.arnOf("DeveloperAccess"));
  },
);

function asDefault(profile: TestProfile): TestProfile {
  return { ...profile, name: "default" };
}

function withoutQuotes(line: string): string {
  return line.replaceAll(/['"]|;$/g, "").replace(" = ", "=");
}
