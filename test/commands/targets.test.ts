import { appendFileSync } from "node:fs";
import { expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { signInAsAwsCli, startScene, timestamp } from "../helpers/context.ts";
import { root } from "../helpers/program.ts";

const ACCOUNT = "111111111111";
const CONFIG = `
[profile deploy]
role_arn = arn:aws:iam::${ACCOUNT}:role/Deployer
source_profile = dev
role_session_name = ada
region = us-east-2
[profile keys]
aws_access_key_id = AKIA1
aws_secret_access_key = s1
[profile around]
credential_process = ssox credential-process --profile around
[profile other]
credential_process = /no/ssox credential-process --account ${ACCOUNT} --role DeveloperAccess
[profile circle]
role_arn = arn:aws:iam::${ACCOUNT}:role/Deployer
source_profile = circle
`;

it("whoami tells whose a chain of roles is", async () => {
  const { ssox, clock, terminal } = await start();
  expect(await ssox("whoami", "--profile", "deploy", "--json")).toBe(0);
  expect(JSON.parse(terminal.stdout)).toEqual({
    accountId: ACCOUNT,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Deployer/ada`,
    userId: expect.stringContaining(":ada"),
    role: "Deployer",
    session: "acme",
    profile: "deploy",
    expiresAt: timestamp(clock.now() + 3_600_000),
  });
});

it("credential-process gives what there is, and leaves out the rest", async () => {
  const { ssox, terminal } = await start();
  expect(await ssox("credential-process", "--profile", "keys")).toBe(0);
  expect(JSON.parse(terminal.stdout)).toEqual({
    Version: 1,
    AccessKeyId: "AKIA1",
    SecretAccessKey: "s1",
  });
  expect(terminal.stderr).toBe("");
});

it("credential-process serves a chain, and a profile that calls ssox for a role", async () => {
  for (const profile of ["deploy", "other"]) {
    const { ssox, terminal } = await start();
    expect(await ssox("credential-process", "--profile", profile)).toBe(0);
    expect(JSON.parse(terminal.stdout)).toMatchObject({
      AccountId: ACCOUNT,
      Expiration: expect.stringMatching(/Z$/),
    });
  }
});

it.each([
  ["around", 6, /ConfigInvalid: .*around → around.* → use --account and --role/],
  ["circle", 6, /ConfigInvalid: .*circle → circle/],
])("credential-process refuses %s with %i", async (profile, status, told) => {
  const { ssox, terminal } = await start();
  expect(await ssox("credential-process", "--profile", profile)).toBe(status);
  expect(terminal.stdout).toBe("");
  expect(terminal.stderr).toMatch(told);
});

it("env gives a chain's keys and the region of its profile", async () => {
  const { ssox, terminal } = await start();
  expect(await ssox("env", "--profile", "deploy", "--format", "json")).toBe(0);
  expect(JSON.parse(terminal.stdout)).toMatchObject({
    AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
    AWS_REGION: "us-east-2",
  });
});

it("a terminal is offered every profile that has credentials", async () => {
  const { ssox, terminal } = await start({ interactive: true, answers: ["keys"] });
  expect(await ssox("env", "--format", "dotenv")).toBe(0);
  expect(terminal.stdout).toBe("AWS_ACCESS_KEY_ID=AKIA1\nAWS_SECRET_ACCESS_KEY=s1\n");
});

async function start(terminal: { interactive?: boolean; answers?: string[] } = {}) {
  const accounts = [{ id: ACCOUNT, roles: [{ name: "DeveloperAccess" }] }];
  const { lab, clock, context } = await startScene({
    lab: { organisation: { users: [{ name: "ada" }], accounts } },
    profiles: [{ name: "dev", accountId: ACCOUNT, roleName: "DeveloperAccess" }],
    terminal,
  });
  appendFileSync(context.paths.configFile, CONFIG);
  await signInAsAwsCli(lab, context);
  const ssox = (...argv: string[]) => main(argv, root, context);
  return { clock, ssox, terminal: context.terminal };
}
