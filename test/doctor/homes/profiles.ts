import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  ACCOUNT,
  ACME,
  good,
  type Home,
  keys,
  OLD_FORM,
  PROCESS,
  REGION,
  ROLE,
  START_URL,
} from "../home.ts";

const GATE = `role_arn = arn:aws:iam::${ACCOUNT}:role/Gate\n`;
const LINE = `credential-process --account ${ACCOUNT} --role DeveloperAccess --session acme`;

/** Roles that are assumed one after the other, from `dev` to a profile of the old form. */
function chain(roles: number): string {
  const ways = ["dev", ...names(roles)].map(
    (name, at) => `[profile ${name}]\n${GATE}source_profile = p${at + 1}\n${REGION}`,
  );
  return `${ways.join("")}[profile p${roles}]\n${OLD_FORM}${REGION}`;
}

/** `p1` and so on, the last left out. */
function names(many: number): readonly string[] {
  return Array.from({ length: many - 1 }, (_, at) => `p${at + 1}`);
}

/** What is wrong with profiles by themselves. */
export const PROFILES: readonly Home[] = [
  {
    title: "a role of IAM Identity Center and a process",
    config: good(PROCESS),
    findings: ["error TwoMechanisms dev"],
  },
  {
    title: "a role of IAM Identity Center and keys, in the config file",
    config: good(keys("CONFIG")),
    findings: ["error TwoMechanisms dev"],
  },
  {
    title: "keys and a process",
    config: `[profile dev]\n${keys("CONFIG")}${PROCESS}${REGION}`,
    findings: ["error TwoMechanisms dev"],
  },
  {
    title: "a role of IAM Identity Center and a role_arn",
    config: `${good(`${GATE}source_profile = base\n`)}[profile base]\n${keys("CONFIG")}${REGION}`,
    findings: ["error TwoMechanisms dev"],
    unwitnessed: "the keys of the source are no real ones",
  },
  {
    title: "keys in the credentials file for a role of IAM Identity Center",
    config: good(),
    credentials: `[dev]\n${keys("CREDENTIALS")}`,
    findings: ["error StaticKeysShadow dev"],
  },
  {
    title: "keys in the credentials file for a process",
    config: `[profile dev]\n${PROCESS}${REGION}`,
    credentials: `[dev]\n${keys("CREDENTIALS")}`,
    findings: ["error StaticKeysShadow dev"],
  },
  {
    title: "nothing is wrong with keys in the credentials file",
    config: `[profile dev]\n${REGION}`,
    credentials: `[dev]\n${keys("CREDENTIALS")}`,
    findings: [],
  },
  {
    title: "nothing is wrong with a process",
    config: `[profile dev]\n${PROCESS}${REGION}`,
    findings: [],
  },
  {
    title: "nothing is wrong with a chain of roles",
    config: `${good()}[profile gate]\n${GATE}source_profile = dev\n${REGION}`,
    profile: "gate",
    findings: [],
  },
  {
    title: "keys without their secret",
    config: `[profile dev]\naws_access_key_id = AKIACONFIG\n${REGION}`,
    findings: ["error ClientsDiffer dev"],
  },
  {
    title: "a chain that leads to a profile that is not there",
    config: `[profile dev]\n${GATE}source_profile = gone\n${REGION}`,
    findings: ["error ProfileBroken dev"],
  },
  {
    title: "a chain that leads back",
    config: `[profile dev]\n${GATE}source_profile = two\n${REGION}[profile two]\n${GATE}source_profile = dev\n${REGION}`,
    findings: ["error ProfileBroken dev", "error ProfileBroken two"],
  },
  {
    title: "nothing is wrong with a chain of a hundred roles",
    config: chain(100),
    tokens: { [START_URL]: {} },
    findings: [],
  },
  {
    title: "a chain of more roles than anybody needs",
    config: chain(101),
    tokens: { [START_URL]: {} },
    findings: ["error ProfileBroken dev"],
    unwitnessed: "which clients follow it is not predicted",
  },
  {
    title: "a circle of a hundred",
    config: chain(100).replace("source_profile = p100", "source_profile = dev"),
    tokens: { [START_URL]: {} },
    findings: [
      "error ProfileBroken dev",
      ...names(100).map((name) => `error ProfileBroken ${name}`),
    ],
  },
  {
    title: "nothing is wrong with credentials from an environment that is elsewhere",
    config: `[profile dev]\n${GATE}credential_source = Environment\n${REGION}[profile ecs]\n${GATE}credential_source = EcsContainer\n${REGION}[profile on]\n${GATE}source_profile = ecs\n${REGION}`,
    findings: [],
  },
  {
    title: "credentials from an environment that has none, for the profile in use",
    config: `[profile dev]\n${GATE}credential_source = Environment\n${REGION}`,
    env: { AWS_PROFILE: "dev" },
    findings: ["error ClientsDiffer dev"],
  },
  {
    title: "a source_profile by a slip",
    config: `${good()}[profile gate]\n${GATE}source_profile = devv\n${REGION}`,
    profile: "gate",
    findings: ["error ProfileBroken gate"],
  },
  {
    title: "a source_profile in quotes and capital letters",
    config: `${good()}[profile gate]\n${GATE}source_profile = "Dev"\n${REGION}`,
    profile: "gate",
    findings: ["error ProfileBroken gate"],
  },
  {
    title: "a credential_source in other letters",
    config: `[profile dev]\n${GATE}credential_source = EC2InstanceMetadata\n${REGION}`,
    findings: ["error ProfileBroken dev"],
  },
  {
    title: "ssox as the credential_process for a profile by a slip",
    config: `${good()}[profile gate]\ncredential_process = /bin/false/ssox credential-process --profile devv\n${REGION}`,
    asked: "gate",
    findings: ["error ProfileBroken gate", "error ProgramMissing gate"],
    unwitnessed: "there is no such program",
  },
  {
    title: "a role_arn with both sources",
    config: `${good()}[profile gate]\n${GATE}source_profile = dev\ncredential_source = Environment\n${REGION}`,
    profile: "gate",
    findings: ["error ProfileBroken gate"],
  },
  {
    title: "a role_arn without a source",
    config: `[profile dev]\n${GATE}${REGION}`,
    findings: ["error ProfileBroken dev"],
  },
  {
    title: "a credential_source that is none",
    config: `[profile dev]\n${GATE}credential_source = environment\n${REGION}`,
    findings: ["error ProfileBroken dev"],
  },
  {
    title: "a source profile with a role of IAM Identity Center that has no session",
    config: `[profile dev]\n${ROLE}${REGION}[profile gate]\n${GATE}source_profile = dev\n${REGION}`,
    profile: "gate",
    findings: ["error ClientsDiffer gate", "error SessionUndefined dev"],
  },
  {
    title: "no region anywhere",
    config: `${ACME}[profile dev]\n${ROLE}`,
    env: { AWS_REGION: "", AWS_DEFAULT_REGION: "" },
    findings: ["warning RegionMissing dev"],
  },
  {
    title: "a region for some clients",
    config: `${ACME}[profile dev]\n${ROLE}`,
    env: { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "" },
    findings: ["warning RegionMissing dev"],
  },
  {
    title: "two profiles without a region",
    config: `${ACME}[profile dev]\n${ROLE}[profile prod]\n${ROLE}`,
    env: { AWS_REGION: "", AWS_DEFAULT_REGION: "" },
    findings: ["warning RegionMissing"],
  },
  {
    title: "a node that was moved",
    config: `[profile dev]\ncredential_process = /nowhere/node /nowhere/ssox.js ${LINE}\n${REGION}ssox_managed = acme\n${ACME}`,
    findings: ["error NodeMoved dev"],
    unwitnessed: "what a process does is not predicted",
  },
  {
    title: "a process whose program is not there",
    config: `[profile dev]\ncredential_process = /nowhere/aws-sso -S "Default" process --arn arn:aws:iam::${ACCOUNT}:role/A\n${REGION}`,
    findings: ["error ProgramMissing dev"],
    unwitnessed: "what a process does is not predicted",
  },
  {
    title: "two processes whose program is on no PATH",
    config: `[profile dev]\ncredential_process = granted-of-nowhere credential-process --profile dev\n${REGION}[profile prod]\ncredential_process = "granted-of-nowhere" credential-process --profile prod\n${REGION}`,
    env: { PATH: "/bin:/usr/bin" },
    findings: ["warning ProgramMissing"],
    unwitnessed: "what a process does is not predicted",
  },
  {
    title: "a process whose program is on the PATH, or where only a client can tell",
    config: `[profile dev]\ncredential_process = sh -c true\n${REGION}[profile prod]\ncredential_process = bin/keys\n${REGION}`,
    env: { PATH: "/bin:/usr/bin" },
    findings: [],
    unwitnessed: "what a process does is not predicted",
  },
  {
    title: "--profile names one of two processes whose program is on no PATH",
    config: `[profile dev]\ncredential_process = granted-of-nowhere --profile dev\n${REGION}[profile prod]\ncredential_process = granted-of-nowhere --profile prod\n${REGION}`,
    asked: "prod",
    env: { PATH: "/bin:/usr/bin" },
    findings: ["warning ProgramMissing prod"],
    unwitnessed: "what a process does is not predicted",
  },
  {
    title: "a process that wants a shell",
    config: `[profile dev]\ncredential_process = cat $HOME/credentials.json\n${REGION}`,
    prepare: (home) =>
      writeFileSync(
        path.join(home, "credentials.json"),
        '{"Version":1,"AccessKeyId":"AKIAPROCESS","SecretAccessKey":"s"}',
      ),
    findings: ["error ProcessUnportable dev"],
    unwitnessed: "what a process does is not predicted",
  },
  {
    title: "a process in quotes at both ends",
    config: `[profile dev]\ncredential_process = "/bin/cat" "/my credentials"\n${REGION}`,
    findings: ["error ProcessUnportable dev"],
    unwitnessed: "what a process does is not predicted",
  },
  {
    title: "a process of ssox's that asks for its own profile",
    config: `[profile dev]\ncredential_process = /usr/bin/node /usr/lib/ssox.js credential-process --profile dev\n${REGION}`,
    findings: ["error ProfileBroken dev"],
    unwitnessed: "what a process does is not predicted",
  },
  {
    title: "--profile names one that is not there",
    config: good(),
    asked: "Dev",
    profile: "Dev",
    findings: ["error ProfileUnknown Dev"],
  },
  {
    title: "a role in quotes",
    config: good().replace("DeveloperAccess", '"DeveloperAccess"'),
    findings: ["error ReadDifferently dev"],
  },
  {
    title: "keys in two files, half in each",
    config: `[profile dev]\naws_secret_access_key = secret-of-CONFIG\n${REGION}`,
    credentials: "[dev]\naws_access_key_id = AKIACREDENTIALS\n",
    findings: ["error ClientsDiffer dev"],
  },
  {
    title:
      "half a pair of keys in the config file, and a section of that name in the credentials file",
    config: good("aws_secret_access_key = secret-of-CONFIG\n"),
    credentials: "[dev]\noutput = json\n",
    findings: [],
  },
  {
    title: "a credential_source without keys, and a process",
    config: `[profile dev]\n${GATE}credential_source = Environment\n${PROCESS}${REGION}`,
    findings: ["error TwoMechanisms dev"],
  },
  {
    title: "an availability zone as region",
    config: `${ACME}[profile dev]\n${ROLE}region = eu-west-1a\n`,
    findings: ["error RegionInvalid dev"],
  },
  {
    title: "a region in quotes, for two profiles",
    config: `${ACME}[profile dev]\n${ROLE}region = "eu-west-1"\n[profile prod]\n${ROLE}region = "eu-west-1"\n`,
    findings: ["error RegionInvalid"],
    unwitnessed: "no client of boto3 can be made",
  },
  {
    title: "nothing is wrong with regions that are none to AWS",
    config: `${ACME}[profile dev]\n${ROLE}region = aws-global\n[profile emulator]\n${keys("CONFIG")}region = anywhere\nendpoint_url = http://127.0.0.1:4566\n[profile local]\n${keys("CONFIG")}region = local\n[profile garage]\n${keys("CONFIG")}region = garage\n`,
    findings: [],
  },
  {
    title: "--profile names one by a slip",
    config: good(),
    asked: "dve",
    profile: "dve",
    findings: ["error ProfileUnknown dve"],
  },
  {
    title: "nothing is wrong with a profile of aws login",
    config: `[profile dev]\nlogin_session = arn:aws:iam::${ACCOUNT}:user/ada\n${REGION}`,
    findings: [],
    unwitnessed: "the lab knows nothing of aws login",
  },
  {
    title: "a place as region of a role",
    config: `${ACME}[profile dev]\n${ROLE}region = Ireland\n`,
    findings: ["error RegionInvalid dev"],
  },
  {
    title: "--profile names one of two with a region that is none",
    config: `${ACME}[profile dev]\n${ROLE}region = Ireland\n[profile prod]\n${ROLE}region = Ireland\n`,
    asked: "dev",
    findings: ["error RegionInvalid dev"],
  },
];
