import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { main } from "../../src/main.ts";
import {
  filesBelow,
  sha1,
  signInAsAwsCli,
  type TestTerminalOptions,
  testContext,
} from "../helpers/context.ts";
import { startTestLab } from "../helpers/lab.ts";
import { root } from "../helpers/program.ts";

const PORTAL = "https://d-1234567890.awsapps.com/start";
const ACME = `[sso-session acme]\nsso_start_url = ${PORTAL}\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n`;

/** A user without a network, and the command at their hands. */
function desk(config = "", terminal: TestTerminalOptions = {}) {
  const context = testContext({ terminal, lab: { url: "http://127.0.0.1:9" } });
  const { configFile } = context.paths;
  mkdirSync(path.dirname(configFile));
  if (config !== "") writeFileSync(configFile, config);
  return {
    context,
    configFile,
    text: () => (existsSync(configFile) ? readFileSync(configFile, "utf8") : ""),
    async run(...words: string[]) {
      const before = [context.terminal.stdout.length, context.terminal.stderr.length];
      const status = await main(["configure", ...words], root, context);
      return {
        status,
        stdout: context.terminal.stdout.slice(before[0]),
        stderr: context.terminal.stderr.slice(before[1]),
      };
    },
  };
}

const NEW = ["--session", "acme", "--start-url", PORTAL, "--sso-region", "eu-west-1"];

describe("configure by flags", () => {
  it("writes the section, and says what comes next", async () => {
    const { run, configFile, text } = desk();
    expect(await run(...NEW)).toEqual({
      status: 0,
      stdout: `Wrote the session acme into ${configFile}: sso_start_url, sso_region, sso_registration_scopes.\n`,
      stderr: "Next: ssox login --session acme\n",
    });
    expect(text()).toBe(ACME);
  });

  it("breaks the line that tells of the section between words", async () => {
    const { run } = desk("", { columns: 40 });
    const { stdout } = await run(...NEW);
    expect(stdout).toContain("\nsso_start_url, sso_region,\nsso_registration_scopes.\n");
  });

  it("prints one document", async () => {
    const { run } = desk();
    const document = { session: "acme", startUrl: PORTAL, region: "eu-west-1" };
    const changed = ["sso_start_url", "sso_region", "sso_registration_scopes"];
    expect(JSON.parse((await run(...NEW, "--json")).stdout)).toEqual({
      ...document,
      created: true,
      changed,
    });
    const more = ["--template", "{role_name}", "--json"];
    expect(JSON.parse((await run(...more)).stdout)).toEqual({
      ...document,
      created: false,
      changed: ["ssox_profile_template"],
    });
    expect(JSON.parse((await run(...more)).stdout)).toMatchObject({ changed: [] });
  });

  it("changes what is given, and not one byte else", async () => {
    const before = `# mine\r\n${ACME.replaceAll("\n", "\r\n")}  # end\r\nssox_exclude = *:Admin\r\nssox_include = a:b\r\n[default]\r\nregion = x`;
    const { run, text } = desk(before);
    const words = [
      "--region",
      "eu-west-2",
      "--exclude",
      "",
      "--include",
      "c:*",
      "--include",
      "d:e",
    ];
    expect(await run(...words, "--store", "keychain", "--flow", "device")).toMatchObject({
      status: 0,
      // The order of the keys in the file.
      stdout: expect.stringContaining(
        "ssox_include, ssox_profile_region, ssox_store, ssox_login_flow, ssox_exclude.\n",
      ),
      stderr: "Next: ssox login --session acme\n",
    });
    expect(text()).toBe(
      before
        .replace("ssox_exclude = *:Admin\r\n", "")
        .replace(
          "ssox_include = a:b\r\n",
          "ssox_include = c:*,d:e\r\nssox_profile_region = eu-west-2\r\nssox_store = keychain\r\nssox_login_flow = device\r\n",
        ),
    );
  });

  it("does not touch a file in which nothing changes", async () => {
    const { run, configFile } = desk(ACME);
    const before = filesBelow(path.dirname(configFile));
    expect(await run(...NEW)).toMatchObject({
      status: 0,
      stdout: "The session acme is as it was.\n",
    });
    expect(filesBelow(path.dirname(configFile))).toEqual(before);
  });

  it("amends the session that has that start URL, however it is typed", async () => {
    const { run, text } = desk(ACME.replace("/start", "/start#/"));
    expect(await run("--start-url", "d-1234567890", "--sso-region", "eu-central-1")).toMatchObject({
      status: 0,
    });
    expect(text()).toBe(
      ACME.replace("/start", "/start#/").replace("= eu-west-1", "= eu-central-1"),
    );
  });

  it("writes a region of another partition than the start URL's, and says so", async () => {
    const { run, text } = desk();
    const { status, stderr } = await run(...NEW.slice(0, -1), "cn-north-1");
    expect(status).toBe(0);
    expect(stderr).toContain(
      "d-1234567890.awsapps.com is not in aws-cn, the partition of cn-north-1.\n",
    );
    expect(text()).toContain("sso_region = cn-north-1\n");
  });

  it("says what a start URL is taken as, and finds the region in it", async () => {
    const { run, text } = desk();
    const typed = "ssoins-1.portal.eu-central-1.app.aws/#/";
    const end = await run("--start-url", typed);
    expect(end).toMatchObject({ status: 0, stderr: expect.stringContaining("is taken as https") });
    expect(text()).toContain("[sso-session ssoins-1]");
    expect(text()).toContain("sso_region = eu-central-1");
  });

  it("--dry-run shows the diff, and writes nothing", async () => {
    const { run, text } = desk(ACME);
    const end = await run("--template", "{role_name}", "--dry-run");
    expect(end).toMatchObject({ status: 0, stderr: "Nothing was written.\n" });
    expect(end.stdout).toContain("\n+ssox_profile_template = {role_name}\n");
    expect(text()).toBe(ACME);
  });

  it.each<[string[], string, string]>([
    [[], "", "--start-url https://d-1234567890.awsapps.com/start"],
    [["--no-input"], "", "--start-url https://d-1234567890.awsapps.com/start"],
    [["--session", "beta"], ACME, "--start-url https://d-1234567890.awsapps.com/start"],
    [["--session", "beta"], "[sso-session beta]\n", "--start-url https://"],
    [["--start-url", PORTAL], "", "--sso-region eu-west-1"],
    [["--start-url", "my company"], "", "--start-url https://"],
    [["--start-url", "https://a:b@d-1.awsapps.com/start"], "", "--start-url https://"],
    [["--start-url", "d-1234567890", "--sso-region", "frankfurt"], "", "--sso-region eu-west-1"],
    [["--session", "a b", ...NEW.slice(2)], "", "choose a name for the sso-session"],
    [["--template", "{role"], ACME, "--template '{account_name}.{role_name}'"],
    [["--region", "frankfurt"], ACME, "--region eu-west-1"],
    [["--include", "all"], ACME, "write it like 'sandbox-*:*'"],
    [["--template", "a\u001b[31m{role_name}"], ACME, "choose another value"],
    [["--region", "eu-west-1"], ACME + ACME.replace("acme", "beta"), "--session acme"],
    [NEW.slice(2), ACME + ACME.replace("acme", "beta"), "--session acme"],
    [
      NEW.slice(2),
      ACME.replace("acme", "d-1234567890").replace("d-1234567890.", "d-2."),
      "--session d-1234567890-2",
    ],
    [
      NEW.slice(2),
      ["d-1234567890", "d-1234567890-2"]
        .map((name) => ACME.replace("acme", name).replace("d-1234567890.", "d-2."))
        .join(""),
      "--session d-1234567890-3",
    ],
  ])("%j with %j ends with 2, and a flag that mends it", async (words, config, hint) => {
    const { run, text } = desk(config);
    const { status, stdout, stderr } = await run(...words, "--json");
    expect(status).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({ code: "Usage" });
    expect(JSON.parse(stdout).error.hint).toContain(hint);
    expect(stderr).not.toContain("\u001b");
    expect(text()).toBe(config);
  });

  it("offers the start URL of old-form profiles in its hint", async () => {
    const old =
      "[profile a]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = R\n";
    const { stderr } = await desk(old).run("--no-input");
    expect(stderr).toContain("→ --start-url https://acme.awsapps.com/start\n");
  });

  it("at a terminal asks for what the flags lack", async () => {
    const answers = ["eu-central-1"];
    const { context, run, text } = desk("", { interactive: true, answers });
    expect(await run("--start-url", "d-1234567890")).toMatchObject({ status: 0 });
    expect(context.terminal.questions).toHaveLength(1);
    expect(text()).toContain("sso_region = eu-central-1");
  });

  it("a token of another region, or of the start URL before, wants another sign-in", async () => {
    const lab = await startTestLab();
    const { context, run } = desk(ACME);
    await signInAsAwsCli(lab, context);
    const next = async (...words: string[]) => (await run(...words)).stderr;
    expect(await next("--region", "eu-west-1")).toBe("Next: ssox sync-profiles --session acme\n");
    expect(await next("--sso-region", "us-east-1")).toBe(
      "Next: ssox login --session acme --force\n",
    );
    expect(await next("--session", "acme", "--start-url", "d-0000000000")).toContain(
      "Next: ssox login --session acme\n",
    );
  });
});

it("a token that cannot be read is for the next command to tell", async () => {
  const { context, run } = desk();
  mkdirSync(path.join(context.paths.tokenCache, `${sha1("acme")}.json`), { recursive: true });
  expect(await run(...NEW)).toMatchObject({
    status: 0,
    stderr: "Next: ssox login --session acme\n",
  });
});

describe("the guided set-up", () => {
  it("keeps stdout for its result, and shows hostile names harmlessly", async () => {
    const organisation = {
      users: [{ name: "ada" }],
      accounts: [{ id: "111122223333", name: "a\u001b[2Jb\u202e", roles: [{ name: "Admin" }] }],
    };
    const lab = await startTestLab({ organisation });
    const answers = ["Enter", "Enter", "Enter", "Enter", true];
    const context = testContext({ lab, config: ACME, terminal: { interactive: true, answers } });
    await signInAsAwsCli(lab, context);
    const words = ["configure", "--session", "acme", "--json"];
    expect(await main(words, root, context)).toBe(0);
    expect(JSON.parse(context.terminal.stdout)).toMatchObject({ session: "acme", changed: [] });
    const { stderr } = context.terminal;
    for (const control of ["\u001b", "\u202e"]) expect(stderr).not.toContain(control);
    expect(stderr).toContain("a\\x1b[2Jb\\u202e");
    expect(stderr).toContain("+[profile a-2Jb.Admin]");
    expect(stderr).toContain("Profiles that would be written: 1 created, 0 updated, 0 unchanged.");
    expect(stderr).toContain("Profiles: 1 created, 0 updated, 0 unchanged.");
  });

  it("a default is shown harmlessly, and Enter leaves it as it is", async () => {
    const config = `${ACME}ssox_profile_template = {role_name}\u202e\n`;
    const answers = ["Enter", "Enter", false, "Enter", "Enter"];
    const { context, run, text } = desk(config, { interactive: true, answers });
    expect(await run("--session", "acme")).toMatchObject({
      status: 0,
      stdout: "The session acme is as it was.\n",
    });
    expect(context.terminal.questions[3]).toBe(
      "Template of the profile names: ({role_name}\\u202e)",
    );
    expect(text()).toBe(config);
  });

  it("does not begin where nobody can answer", async () => {
    for (const words of [["--no-input"], []]) {
      const terminal = { interactive: words.length > 0, noInput: words.length > 0 };
      const { context, run } = desk("", terminal);
      expect(await run(...words)).toMatchObject({ status: 2 });
      expect(context.terminal.questions).toEqual([]);
    }
  });
});
