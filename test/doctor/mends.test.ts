import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { doctor, fix } from "../../src/flows/doctor/doctor.ts";
import { testContext } from "../helpers/context.ts";
import { asOrdinaryUser } from "../helpers/ordinary-user.ts";
import { moveIn } from "./examined.ts";
import { ACME, good, type Home, ROLE, START_URL, writeHome } from "./home.ts";
import { HOMES } from "./homes.ts";

function homeOf(title: string): Home {
  const home = HOMES.find((each) => each.title === title);
  if (home === undefined) throw new Error(`there is no home ${title}`);
  return home;
}

test.each([
  "a name in quotes",
  "a header with a capital letter",
  "a header with a hyphen",
  "a header with a dot",
  "a header with a colon",
  "a session's header with an underscore",
  "a session's header with capital letters",
  "a session by its name alone",
  "a session without its prefix that nobody names",
  "a session's header that begins with session",
  "a hyphen in place of an underscore",
  "a letter too few",
  "half of a key",
  "the region of a session under the name of a profile's",
])("%s: what doctor says to write is all that it takes", async (title) => {
  const context = moveIn(homeOf(title));
  const { configFile } = context.paths;
  const { findings } = await doctor({ profile: undefined }, context);
  const lines = readFileSync(configFile, "utf8").split("\n");
  for (const { fix: mend } of findings) {
    const [, words = "", line = ""] = /^write (.+) in line (\d+) of /.exec(mend) ?? [];
    const old = lines[Number(line) - 1] ?? "";
    lines[Number(line) - 1] = words.startsWith("[") ? words : old.replace(/^\S+/, words);
  }
  writeFileSync(configFile, lines.join("\n"));
  const after = await doctor({ profile: undefined }, context);
  expect(after.findings.filter(({ code }) => code !== "SignInNeeded")).toEqual([]);
});

test.each([
  ["a file in UTF-16, as PowerShell writes it", /^save \S+ as UTF-8, without a byte order mark$/],
  ["a byte order mark", /^save \S+ as UTF-8, without a byte order mark$/],
  ["a session with a space, in quotes", /, and sso_session = My-SSO in its profiles$/],
  ["a session that is named in quotes", "aws configure set sso_session acme --profile dev"],
  ["a session that is not there", "aws configure set sso_session acme --profile dev"],
  ["a role in quotes", /^take the quotes off in \S+, line 8$/],
  ["an availability zone as region", "aws configure set region eu-west-1 --profile dev"],
  ["a region with a carriage return in the environment", "export AWS_REGION=eu-west-1"],
  [
    "an account id that a spreadsheet has rounded",
    "aws configure set sso_account_id ACCOUNT --profile dev",
  ],
  ["AWS_PROFILE with the carriage return of a file from Windows", "export AWS_PROFILE=dev"],
  ["AWS_DEFAULT_PROFILE alone names one that is not there", "unset AWS_DEFAULT_PROFILE"],
  ["--profile names one by a slip", "ssox doctor --profile dev"],
  ["a source_profile by a slip", "aws configure set source_profile dev --profile gate"],
  [
    "a source_profile in quotes and capital letters",
    "aws configure set source_profile dev --profile gate",
  ],
  [
    "a credential_source in other letters",
    "aws configure set credential_source Ec2InstanceMetadata --profile dev",
  ],
  [
    "ssox as the credential_process for a profile by a slip",
    "write --profile dev in its credential_process",
  ],
  ["a session by a slip, in two profiles", "ssox doctor --fix"],
  ["a store by a slip", "ssox configure --session acme --store keychain"],
  ["an endpoint of the profile", "remove the key, unless you mean it"],
  ["an endpoint of this machine", "unset the variable, unless you mean it"],
  ["the ARN of a permission set", "ssox roles --session acme --account 111122223333"],
  ["scopes without commas between them", /^put commas between the sso_registration_scopes below /],
])("%s is mended by %s", async (title, mend) => {
  const home = homeOf(title);
  const { findings } = await doctor({ profile: home.asked }, moveIn(home));
  expect(findings[0]?.fix).toMatch(mend);
});

test.each([
  [
    "nothing tells its region",
    `[sso-session acme]\nsso_start_url = ${START_URL}\n`,
    START_URL,
    "REGION",
  ],
  [
    "its start URL does",
    "[sso-session acme]\nsso_start_url = https://ssoins-1234567890abcdef.portal.eu-central-1.app.aws\n",
    "https://ssoins-1234567890abcdef.portal.eu-central-1.app.aws",
    "eu-central-1",
  ],
  [
    "another session of its portal does",
    `[sso-session acme]\nsso_start_url = ${START_URL}\n[sso-session other]\nsso_start_url = ${START_URL}/#/\nsso_region = eu-west-3\n`,
    START_URL,
    "eu-west-3",
  ],
  [
    "a session of another portal does not",
    `[sso-session acme]\nsso_start_url = ${START_URL}\n[sso-session other]\nsso_start_url = https://d-0000000000.awsapps.com/start\nsso_region = eu-west-3\n`,
    START_URL,
    "REGION",
  ],
  [
    "a profile of it has both",
    `[sso-session acme]\n[profile dev]\nsso_session = acme\nsso_start_url = ${START_URL}\nsso_region = eu-west-3\n`,
    START_URL,
    "eu-west-3",
  ],
  [
    "its own is there, and its start URL is not",
    "[sso-session acme]\nsso_region = eu-west-3\n",
    "URL",
    "eu-west-3",
  ],
])("a session that is not whole: %s", async (_what, config, startUrl, region) => {
  const home = { title: "", config, findings: [] };
  const { findings } = await doctor({ profile: undefined }, moveIn(home));
  const told = findings.filter(({ code }) => code === "SessionIncomplete");
  expect(told).toMatchObject([
    { fix: `ssox login --session acme --start-url ${startUrl} --sso-region ${region}` },
  ]);
});

test("a name that begins like another session's may be another portal's", async () => {
  const config = good().replace("sso_session = acme", "sso_session = acme-prod");
  const { findings } = await doctor(
    { profile: undefined },
    moveIn({ title: "", config, findings: [] }),
  );
  expect(findings[0]?.fix).toBe(
    "ssox login --session acme-prod --start-url URL --sso-region REGION",
  );
});

test("--fix writes what a path ends with where that is assigned, and else leaves it", async () => {
  const home = homeOf("a path that ends with the role");
  const context = moveIn(home);
  await fix({ profile: undefined }, async () => true, context);
  expect(readFileSync(context.paths.configFile, "utf8")).toBe(good());
  for (const { isListed: _, ...unlisted } of [home, homeOf("the ARN of a permission set")]) {
    const other = moveIn(unlisted);
    await fix({ profile: undefined }, async () => true, other);
    expect(readFileSync(other.paths.configFile, "utf8")).toBe(unlisted.config);
  }
});

test("a config file that AWS_CONFIG_FILE names and that is not there", async () => {
  const context = testContext({ env: { AWS_CONFIG_FILE: "/nowhere/config" } });
  writeHome(context.paths.home, { title: "", config: good(), credentials: "", findings: [] });
  const { findings } = await doctor({ profile: undefined }, context);
  expect(findings).toMatchObject([
    { code: "FileMissing", severity: "warning", fix: "unset AWS_CONFIG_FILE" },
  ]);
});

test("a config file by a path that is not absolute", async () => {
  const context = testContext({ env: { AWS_CONFIG_FILE: "conf/none" } });
  const { configFile } = context.paths;
  const examined = async () => (await doctor({ profile: undefined }, context)).findings;
  expect(await examined()).toMatchObject([
    { code: "FileMissing", severity: "warning", message: expect.stringContaining(' "conf/none" ') },
  ]);
  writeHome(context.paths.home, { title: "", config: good(), credentials: "", findings: [] });
  const there = {
    ...context,
    paths: { ...context.paths, configFile: `${context.paths.home}/.aws/config` },
  };
  const { findings } = await doctor({ profile: undefined }, there);
  expect(findings).toMatchObject([{ fix: `export AWS_CONFIG_FILE=${there.paths.configFile}` }]);
  expect(configFile).toBe(path.resolve("conf/none"));
});

test("a file that its owner has no right to", async () => {
  const context = testContext();
  const { home, configFile } = context.paths;
  writeHome(home, { title: "", config: ACME + ROLE, findings: [] });
  chmodSync(configFile, 0);
  const { findings } = await asOrdinaryUser(home, () => doctor({ profile: undefined }, context));
  expect(findings[0]?.fix).toBe(`chmod u+rwX ${configFile}`);
});

test("a folder in a token's place is put away, for a sign-in fails at it", async () => {
  const home = homeOf("a folder in the token file's place");
  const { findings } = await doctor({ profile: undefined }, moveIn(home));
  expect(findings[0]?.fix).toMatch(/^mv (\S+\.json) \1\.old$/);
});
