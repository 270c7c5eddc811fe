import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import path from "node:path";

/** What its name begins with where it gives out the cached credentials. */
export const EXPORT = "aws configure export-credentials";

/**
 * The AWS CLI at the same jobs, where it is installed: version 2 gives out the
 * cached credentials; one that can be led to the lab asks STS who it is, with
 * `ssox` as `credential_process` and by itself.
 */
export function awsCliJobs({ env, folder, profile, credentialProcess, ssox }) {
  const jobs = [];
  const aws = awsClis(env);
  if (aws.v2) {
    const args = ["configure", "export-credentials", "--profile", profile];
    jobs.push({
      name: `${EXPORT} (${aws.v2.version})`,
      command: aws.v2.command,
      args,
      env,
    });
  }
  if (aws.any) {
    const config = path.join(folder, ".aws", "config");
    const lines = ["", "[profile via-ssox]", `credential_process = ${credentialProcess}`];
    appendFileSync(config, [...lines, "region = eu-west-1", ""].join("\n"));
    const identity = (name) => ["sts", "get-caller-identity", "--profile", name];
    const { command, version } = aws.any;
    jobs.push(
      {
        name: `aws sts get-caller-identity, ssox as credential_process (${version})`,
        command,
        args: identity("via-ssox"),
        env,
      },
      {
        name: `aws sts get-caller-identity, native SSO (${version})`,
        command,
        args: identity(profile),
        env,
      },
    );
  }
  // The credentials that version 2 finds are those that ssox left.
  return jobs.map((job) => ({ ...job, before: () => spawnSync(...warm(ssox, profile)) }));
}

function warm(ssox, profile) {
  const { command, args, env } = ssox("credential-process", "--profile", profile);
  return [command, args, { env }];
}

/** Version 2 knows `export-credentials`; before 2.13 it cannot be led to the lab. */
function awsClis(env) {
  const found = ["aws", "/usr/bin/aws", "/usr/local/bin/aws"].flatMap((command) => {
    const { status, stdout } = spawnSync(command, ["--version"], { env, encoding: "utf8" });
    const version = /^aws-cli\/(\d+)\.(\d+)\.\d+/.exec(stdout ?? "");
    if (status !== 0 || version === null) return [];
    const [name, major, minor] = version;
    return [{ command, version: name, major: Number(major), minor: Number(minor) }];
  });
  return {
    v2: found.find(({ major }) => major === 2),
    any: found.find(({ major, minor }) => (major === 2 ? minor >= 13 : minor >= 29)),
  };
}
