import { chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { doctor, fix } from "../../src/flows/doctor/doctor.ts";
import { undoSync } from "../../src/flows/sync-profiles-undo.ts";
import { main } from "../../src/main.ts";
import { filesBelow, sha1, testContext } from "../helpers/context.ts";
import { root } from "../helpers/program.ts";
import { moveIn } from "./examined.ts";
import { ACCOUNT, good, type Home, keys, REGION, START_URL, writeHome } from "./home.ts";
import { HOMES } from "./homes.ts";

const LINE = `credential-process --account ${ACCOUNT} --role DeveloperAccess --session acme`;
const NOW = `/opt/ssox/bin/ssox.js ${LINE}`;

it.each<[what: string, home: Partial<Home>, before: string, after: string]>([
  [
    "equal keys of the session",
    {},
    good(`sso_start_url = ${START_URL}\nsso_region = eu-west-1\n# mine\n`),
    good("# mine\n"),
  ],
  [
    "a comment behind a repeated key",
    {},
    good("sso_region = eu-west-1 # as ever\n"),
    good("# as ever\n"),
  ],
  [
    "the case of keys",
    {},
    good("  # x\nOutPut\t=json\n").replace("  # x\n", ""),
    good("output\t=json\n"),
  ],
  [
    "a comment behind a value",
    {},
    good("output = json  ; mine\n"),
    good("; mine\noutput = json\n"),
  ],
  ["both in one line", {}, good("Output = json # mine\n"), good("# mine\noutput = json\n")],
  [
    "CRLF",
    {},
    good("Output = json # mine\n").replaceAll("\n", "\r\n"),
    good("# mine\noutput = json\n").replaceAll("\n", "\r\n"),
  ],
  ["no line end at the end", {}, good("Output = json"), good("output = json")],
  [
    "an IAM role's name",
    {},
    good().replace("DeveloperAccess", "AWSReservedSSO_Dev-Ops_0123456789abcdef"),
    good().replace("DeveloperAccess", "Dev-Ops"),
  ],
  [
    "a role's case",
    { isListed: true },
    good().replace("DeveloperAccess", "developeraccess"),
    good(),
  ],
  ...[
    ["ssox_login_flow = devise", "ssox_login_flow = device"],
    ["ssox_console_in = Tab # as ever", "# as ever\nssox_console_in = tab"],
  ].map(([slip, meant]): [string, Partial<Home>, string, string] => {
    const text = (line = "") => good().replace("sso_region", `${line}\nsso_region`);
    return [`a slip: ${slip}`, {}, text(slip), text(meant)];
  }),
  [
    "a session by a slip, in two profiles",
    {},
    `${good().replace("session = acme", "session = acmee")}[profile q]\nsso_session = amce\nsso_account_id = ${ACCOUNT}\n`,
    `${good()}[profile q]\nsso_session = acme\nsso_account_id = ${ACCOUNT}\n`,
  ],
  [
    "a source_profile in other letters",
    {},
    `${good()}[profile q]\nrole_arn = arn:aws:iam::1:role/R\nsource_profile = "DEV"\n`,
    `${good()}[profile q]\nrole_arn = arn:aws:iam::1:role/R\nsource_profile = dev\n`,
  ],
  [
    "a credential_source in other letters",
    {},
    "[profile q]\nrole_arn = arn:aws:iam::1:role/R\ncredential_source = ECSContainer\n",
    "[profile q]\nrole_arn = arn:aws:iam::1:role/R\ncredential_source = EcsContainer\n",
  ],
  [
    "a node that was moved",
    {},
    `${good()}[profile p]\ncredential_process = /nowhere/node /nowhere/ssox.js ${LINE}\n${REGION}`,
    `${good()}[profile p]\ncredential_process = ${process.execPath} ${NOW}\n${REGION}`,
  ],
])("mends %s, and --undo takes it back", async (_what, more, before, after) => {
  const context = moveIn({ title: "", findings: [], ...more, config: before });
  const { configFile } = context.paths;
  const { fixed } = await fix({ profile: undefined }, async () => true, context);
  expect(readFileSync(configFile, "utf8")).toBe(after);
  expect(fixed.length).toBeGreaterThan(0);
  await undoSync({ dryRun: false }, context);
  expect(readFileSync(configFile, "utf8")).toBe(before);
});

it.each<[what: string, config: string]>([
  [
    "a key of the user's that is a secret",
    `${good()}[profile p]\nAWS_Secret_Access_Key = secret-of-CONFIG\naws_access_key_id = AKIACONFIG\n${REGION}`,
  ],
  ["another value than the session's", good("sso_region = us-east-1\n")],
  [
    "a source_profile that may be a slip",
    `${good()}[profile q]\nrole_arn = arn:aws:iam::1:role/R\nsource_profile = devv\n`,
  ],
  ["a file that the AWS CLI rejects", good("Output = json\nregion = x\n")],
  ["a comment in a command line", `[profile p]\ncredential_process = /bin/echo a # b\n${REGION}`],
  ["what would take a key from the next profile", good("Output = json\n  [profile q]\n")],
])("leaves %s", async (_what, config) => {
  const context = moveIn({ title: "", findings: [], config });
  const before = filesBelow(context.paths.home);
  await fix({ profile: undefined }, async () => true, context);
  expect(readFileSync(context.paths.configFile, "utf8")).toBe(config);
  expect(filesBelow(context.paths.home)).toEqual(before);
});

it.each(HOMES)("makes nothing worse where $title", async (home) => {
  const context = moveIn(home);
  const { configFile, credentialsFile } = context.paths;
  const read = (file: string) =>
    existsSync(file) && statSync(file).isFile() ? readFileSync(file) : undefined;
  const [config, credentials] = [read(configFile), read(credentialsFile)];
  const options = { profile: home.asked };
  const before = codesOf(await doctor(options, context));
  const { fixed, ...after } = await fix(options, async () => true, context);
  for (const code of codesOf(after)) expect(before).toContain(code);
  expect(codesOf(after).length).toBeLessThanOrEqual(before.length);
  expect(read(credentialsFile)).toEqual(credentials);
  if (fixed.length === 0) expect(read(configFile)).toEqual(config);
  const again = await fix(options, async () => true, context);
  expect(again.fixed).toEqual([]);
});

function codesOf({ findings }: Awaited<ReturnType<typeof doctor>>): readonly string[] {
  return findings.map(({ code }) => code);
}

it("asks first, shows what it does, and writes nothing when the answer is no", async () => {
  for (const answer of [false, true]) {
    const context = testContext({ terminal: { interactive: true, answers: [answer] } });
    const token = path.join(context.paths.tokenCache, `${sha1("acme")}.json`);
    writeHome(context.paths.home, { title: "", config: good("Output = json\n"), findings: [] });
    chmodSync(token, 0o644);
    expect(await main(["doctor", "--fix"], root, context)).toBe(0);
    const { stdout, questions } = context.terminal;
    expect(questions).toEqual(["Do this?"]);
    expect(stdout).toContain("-Output = json\n+output = json\n");
    expect(stdout).toContain(`chmod 600 ${token}\n`);
    const text = readFileSync(context.paths.configFile, "utf8");
    expect(text).toBe(good(answer ? "output = json\n" : "Output = json\n"));
    expect(statSync(token).mode & 0o777).toBe(answer ? 0o600 : 0o644);
    expect(stdout).toContain(answer ? "Mended: KeyCase, ModeTooOpen." : "2 warnings.");
  }
});

it("needs --yes without a terminal, and keeps stdout one document with --json", async () => {
  const context = testContext();
  writeHome(context.paths.home, { title: "", config: good("Output = json\n"), findings: [] });
  expect(await main(["doctor", "--fix"], root, context)).toBe(2);
  expect(context.terminal.stderr).toContain("→ ssox doctor --fix --yes");
  const printed = context.terminal.stdout.length;
  expect(await main(["doctor", "--fix", "--yes", "--json"], root, context)).toBe(0);
  expect(JSON.parse(context.terminal.stdout.slice(printed))).toMatchObject({
    findings: [],
    fixed: [{ code: "KeyCase", severity: "warning", profile: "dev" }],
  });
  expect(context.terminal.stderr).toContain("+output = json");
  expect(readFileSync(context.paths.configFile, "utf8")).toBe(good("output = json\n"));
});

it("shows no secret that stands near what it mends", async () => {
  const context = testContext();
  const config = `${good("Output = json\n")}[profile p]\n${keys("CONFIG")}${REGION}`;
  writeHome(context.paths.home, { title: "", config, findings: [] });
  await main(["doctor", "--fix", "--yes"], root, context);
  expect(context.terminal.stdout + context.terminal.stderr).not.toContain("secret-of");
  expect(readFileSync(context.paths.configFile, "utf8")).toContain("secret-of-CONFIG");
});
