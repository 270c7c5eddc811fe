import { expect } from "vitest";
import { awsConfigFor } from "../helpers/lab.ts";
import { check, clientFile, type Desk, INSTALLED } from "./desk.ts";

/*
 * What is no role of IAM Identity Center itself reaches every client as well.
 */

const opened = (open: Parameters<Parameters<typeof check>[2]>[0]) =>
  open({
    config: (lab, profiles) => {
      const [account] = lab.organisation.accounts;
      return `${awsConfigFor(lab, profiles)}
[profile deploy]
role_arn = arn:aws:iam::${account?.id}:role/Deployer
source_profile = gate
role_session_name = ada
[profile gate]
role_arn = arn:aws:iam::${account?.id}:role/Gate
source_profile = dev
[profile keys]
region = eu-west-1
aws_access_key_id = AKIAUNKNOWN
aws_secret_access_key = secret
`;
    },
  });

check("exec is a chain of roles", INSTALLED, async (open, client) => {
  const desk = await opened(open);
  await desk.signIn();
  for (const mode of ["server", "env"]) {
    const { said, stderr } = await within(desk, client, "deploy", mode);
    expect(said, stderr).toMatch(/:assumed-role\/Deployer\/ada$/);
  }
});

/** STS answers that it does not know them: they have come as far as that, without a session token. */
check("exec is keys of a file", INSTALLED, async (open, client) => {
  const desk = await opened(open);
  for (const mode of ["server", "env"]) {
    const { said, stderr } = await within(desk, client, "keys", mode);
    expect(said + stderr).toMatch(/InvalidClientTokenId|security token .* is invalid/);
  }
  expect(desk.lab.requests.map(({ error }) => error)).toContain("InvalidClientTokenId");
});

async function within(desk: Desk, client: string, profile: string, mode: string) {
  const { program } = desk.client;
  const file = (name: string) => [program, clientFile(name)];
  const aws = [program, "sts", "get-caller-identity", "--query", "Arn", "--output", "json"];
  const command =
    client === "JS SDK v3"
      ? file("caller-identity.mjs")
      : client.startsWith("boto3")
        ? file("caller-identity.py")
        : aws;
  const words = ["exec", "--profile", profile, "--mode", mode, "--region", "eu-west-1", "--"];
  const { stdout, stderr } = await desk.ssox([...words, ...command], desk.proxy?.environment);
  return { said: stdout.trim() === "" ? "" : String(JSON.parse(stdout)), stderr };
}
