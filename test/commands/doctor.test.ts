import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { SsoxError } from "../../src/errors.ts";
import { roleCredentials } from "../../src/flows/role-credentials.ts";
import { main } from "../../src/main.ts";
import { fingerprintOf } from "../../src/system/files/fingerprint.ts";
import { good, keys, ROLE, tokenText, writeHome } from "../doctor/home.ts";
import { filesBelow, sha1, signInAsAwsCli, startScene, testContext } from "../helpers/context.ts";
import { awsConfigFor } from "../helpers/lab.ts";
import { root } from "../helpers/program.ts";

it("says in one line that nothing is wrong, asks nobody, and writes nothing", async () => {
  const context = testContext();
  writeHome(context.paths.home, { title: "", config: good(), findings: [] });
  const before = filesBelow(context.paths.home);
  expect(await main(["doctor"], root, context)).toBe(0);
  expect(context.terminal.stdout).toBe("No problems found (1 session, 1 profile).\n");
  expect(context.terminal.stderr).toBe("");
  expect(filesBelow(context.paths.home)).toEqual(before);
});

it("prints one document with --json, and ends with 7 for an error", async () => {
  const context = testContext();
  writeHome(context.paths.home, { title: "", config: good(keys("CONFIG")), findings: [] });
  expect(await main(["doctor", "--json"], root, context)).toBe(7);
  const { configFile } = context.paths;
  expect(JSON.parse(context.terminal.stdout)).toEqual({
    findings: [
      {
        code: "TwoMechanisms",
        severity: "error",
        profile: "dev",
        message: `${configFile}, line 5: the profile "dev" has a role of IAM Identity Center and keys. AWS CLI, boto3, Java and Rust: role DeveloperAccess in 111122223333; JavaScript and Go: keys in the config file.`,
        fix: `take keys out of the profile, below ${configFile}, line 5`,
      },
    ],
  });
  expect(context.terminal.stderr).toBe("");
});

it("shows with --profile what each client takes, and nothing of other profiles", async () => {
  const context = testContext();
  const other = `[profile other]\nsso_session = nowhere\n${ROLE.replace("sso_session = acme\n", "")}`;
  writeHome(context.paths.home, { title: "", config: good(keys("CONFIG")) + other, findings: [] });
  expect(await main(["doctor", "--profile", "dev"], root, context)).toBe(7);
  const { stdout } = context.terminal;
  expect(stdout.split("\n").slice(0, 6)).toEqual([
    "CLIENT          TAKES",
    "AWS CLI, boto3  role DeveloperAccess in 111122223333",
    "JavaScript      keys in the config file",
    "Go              keys in the config file",
    "Java            role DeveloperAccess in 111122223333",
    "Rust            role DeveloperAccess in 111122223333",
  ]);
  expect(stdout).toContain("error TwoMechanisms\n  ");
  expect(stdout).toMatch(/\n {2}→ take keys out .*\n\n1 error\.\n$/);
  expect(stdout).not.toContain("nowhere");
  const printed = stdout.length;
  expect(await main(["doctor", "--profile", "dev", "--json"], root, context)).toBe(7);
  const { clients } = JSON.parse(context.terminal.stdout.slice(printed));
  expect(clients[1]).toEqual({ client: "javascript", kind: "keys", file: "config" });
});

it("an empty --profile is a profile that is not there", async () => {
  const context = testContext();
  writeHome(context.paths.home, { title: "", config: good(), findings: [] });
  expect(await main(["doctor", "--profile", ""], root, context)).toBe(7);
  expect(context.terminal.stdout).toContain('--profile names the profile "", which is in no file.');
});

it("counts what has one cause, instead of showing thousands", async () => {
  const context = testContext();
  const many = Array.from(
    { length: 3000 },
    (_, index) => `[profile p${index}]\n${ROLE}region = eu-west-1\nOutput = json\n`,
  );
  writeHome(context.paths.home, { title: "", config: good() + many.join(""), findings: [] });
  expect(await main(["doctor"], root, context)).toBe(0);
  const { stdout } = context.terminal;
  expect(stdout).toContain("… and 2995 more: warning KeyCase (--json shows all)");
  expect(stdout.split("\n").length).toBeLessThan(25);
});

it("shows control characters of names, and obeys none", async () => {
  const context = testContext();
  const config = good().replace("sso_session = acme", "sso_session = a\u001b[31m\u202eb");
  writeHome(context.paths.home, { title: "", config, findings: [] });
  expect(await main(["doctor"], root, context)).toBe(7);
  for (const char of ["\u001b", "\u202e"]) expect(context.terminal.stdout).not.toContain(char);
  expect(context.terminal.stdout).toContain("a\\x1b[31m\\u202eb");
});

it("tells of one session whose keychain fails, and of the others all the same", async () => {
  const fail = async () => {
    throw new SsoxError("KeychainUnavailable", "The keychain does not answer.", {
      hint: "unlock it",
    });
  };
  const keychain = { get: fail, set: fail, remove: fail, prove: fail };
  const context = testContext({ keychain });
  const bad =
    "[sso-session kept]\nsso_start_url = https://d-1.awsapps.com/start\nsso_region = eu-west-1\nssox_store = keychain\n";
  const home = { title: "", config: bad + good(), tokens: { acme: "none" as const }, findings: [] };
  writeHome(context.paths.home, home);
  expect(await main(["doctor", "--json"], root, context)).toBe(7);
  const { findings } = JSON.parse(context.terminal.stdout);
  expect(findings).toMatchObject([
    {
      code: "StoreUnusable",
      session: "kept",
      message: "The keychain does not answer.",
      fix: "unlock it",
    },
    { code: "SignInNeeded", session: "acme" },
  ]);
});

it.each([
  ["asks ssox", "credential_process = /usr/bin/node /opt/ssox.js credential-process LINE"],
  [
    "asks ssox for no session by name",
    "credential_process = /usr/bin/node /opt/ssox.js credential-process --account 111122223333 --role DeveloperAccess",
  ],
  [
    "goes on from another profile's role",
    "source_profile = dev\nrole_arn = arn:aws:iam::111122223333:role/Deploy",
  ],
])("says of a profile that %s that nobody is signed in", async (_what, settings) => {
  const context = testContext();
  const line = "--account 111122223333 --role DeveloperAccess --session acme";
  const config = `${good()}\n[profile mine]\nregion = eu-west-1\n${settings.replace("LINE", line)}\n`;
  const home = { title: "", config, tokens: { acme: "none" as const }, findings: [] };
  writeHome(context.paths.home, home);
  await main(["doctor", "--profile", "mine", "--json"], root, context);
  expect(JSON.parse(context.terminal.stdout).findings).toContainEqual(
    expect.objectContaining({ code: "SignInNeeded", session: "acme" }),
  );
});

it("works where there is no home folder", async () => {
  const { paths: _, ...rest } = testContext();
  const homeless = {
    ...rest,
    get paths(): never {
      throw new SsoxError("WriteFailed", "There is no home folder: HOME is not set.", {
        hint: "export HOME=/path/to/your/home",
      });
    },
  };
  for (const words of [
    ["doctor", "--json"],
    ["doctor", "--fix", "--yes", "--json"],
  ]) {
    const printed = rest.terminal.stdout.length;
    // Not by spreading, which would look for the paths.
    const context = Object.create(null, Object.getOwnPropertyDescriptors(homeless));
    expect(await main(words, root, context)).toBe(7);
    expect(JSON.parse(rest.terminal.stdout.slice(printed))).toMatchObject({
      findings: [{ code: "HomeMissing", severity: "error", fix: "export HOME=/path/to/your/home" }],
    });
  }
});

it("breaks what it tells to the width of the terminal, and never what is to be copied", async () => {
  const context = testContext({ terminal: { columns: 60 } });
  writeHome(context.paths.home, { title: "", config: good(keys("CONFIG")), findings: [] });
  await main(["doctor"], root, context);
  const lines = context.terminal.stdout.split("\n");
  const told = lines.filter((line) => !line.startsWith("  →"));
  expect(told.length).toBeGreaterThan(5);
  for (const line of told) expect(line.length).toBeLessThanOrEqual(60);
  expect(lines.filter((line) => line.startsWith("  →"))).toHaveLength(1);
});

it("takes what exec puts into the environment for what it is", async () => {
  const env = {
    ...{ SSOX_PROFILE: "dev", SSOX_ROLE: "DeveloperAccess" },
    ...{ AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret-of-ENVIRONMENT" },
  };
  const context = testContext({ env });
  writeHome(context.paths.home, { title: "", config: good("Output = json\n"), findings: [] });
  expect(await main(["doctor", "--json"], root, context)).toBe(0);
  expect(JSON.parse(context.terminal.stdout).findings).toMatchObject([
    { code: "KeyCase", severity: "warning" },
    { code: "EnvironmentWins", severity: "info" },
  ]);
});

it("tells of role credentials that were fetched under another sign-in", async () => {
  const profiles = [{ name: "dev", accountId: "", roleName: "DeveloperAccess" }];
  const { lab, clock, context, session } = await startScene();
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  writeFileSync(
    context.paths.configFile,
    awsConfigFor(
      lab,
      profiles.map((each) => ({ ...each, accountId })),
    ),
  );
  await signInAsAwsCli(lab, context);
  const target = { session, accountId, roleName: "DeveloperAccess" };
  await roleCredentials(target, { maySignIn: "never" }, context);
  expect(await main(["doctor", "--json"], root, context)).toBe(0);
  expect(context.terminal.stdout).not.toContain("RoleCacheOfOther");
  // Somebody else signs in, by another program, and ssox uses that token.
  await clock.advance(1000);
  await signInAsAwsCli(lab, context);
  await roleCredentials({ ...target, roleName: "ReadOnlyAccess" }, { maySignIn: "never" }, context);
  const printed = context.terminal.stdout.length;
  expect(await main(["doctor", "--json"], root, context)).toBe(0);
  const { findings } = JSON.parse(context.terminal.stdout.slice(printed));
  expect(findings).toContainEqual(
    expect.objectContaining({ code: "RoleCacheOfOther", severity: "warning", session: "acme" }),
  );
});

it("tells of a token that the service refused, and of the clock", async () => {
  const { lab, context } = await startScene();
  await signInAsAwsCli(lab, context);
  const file = path.join(context.paths.tokenCache, `${sha1("acme")}.json`);
  const marks = path.join(context.paths.state, "sessions");
  mkdirSync(marks, { recursive: true });
  const startedAt = context.clock.now() - context.clock.uptime();
  const mark = {
    tokenFile: fingerprintOf(file),
    signInId: "x",
    rejected: true,
    skew: { ahead: 600_000, startedAt },
  };
  writeFileSync(path.join(marks, `${sha1("acme")}.json`), JSON.stringify(mark));
  expect(await main(["doctor", "--json"], root, context)).toBe(7);
  expect(JSON.parse(context.terminal.stdout).findings).toMatchObject([
    { code: "TokenRefused", severity: "error", session: "acme" },
    {
      code: "ClockSkew",
      severity: "warning",
      message: "This machine's clock is 10 min behind AWS's.",
    },
    { code: "EndpointOverride", severity: "info" },
    { code: "EndpointOverride", severity: "info" },
  ]);
});

it("quotes what it shows to be copied", async () => {
  const context = testContext();
  const config = good().replaceAll("acme", "my;acme").replace("[profile dev]", "[profile d$v]");
  const home = { title: "", config, tokens: { "my;acme": "none" as const }, findings: [] };
  writeHome(context.paths.home, home);
  await main(["doctor", "--json"], root, context);
  const { findings } = JSON.parse(context.terminal.stdout);
  const login = findings.find(({ code }: { code: string }) => code === "SignInNeeded");
  expect(login.fix).toBe("ssox login --session 'my;acme'");
  expect(readFileSync(context.paths.configFile, "utf8")).toBe(config);
  expect(tokenText()).toContain("accessToken");
});
