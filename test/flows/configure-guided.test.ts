import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { configureGuided, type GuideViews } from "../../src/flows/configure-guided.ts";
import { forbiddenBrowser } from "../helpers/browser.ts";
import { FakeClock } from "../helpers/clock.ts";
import {
  filesBelow,
  signInAsAwsCli,
  startRelay,
  type TestTerminalOptions,
  testContext,
} from "../helpers/context.ts";
import { requestsOf, startTestLab, type TestLabOptions } from "../helpers/lab.ts";

const ACCOUNTS = [
  { id: "111122223333", name: "sandbox", roles: [{ name: "Admin" }, { name: "ReadOnly" }] },
  { id: "444455556666", name: "Live Shop", roles: [{ name: "Admin" }] },
];
const SECTION = (startUrl: string, name = "d-1234567890") =>
  `[sso-session ${name}]\nsso_start_url = ${startUrl}\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n`;
const ENTER = "Enter";

type Answers = NonNullable<TestTerminalOptions["answers"]>;

/** @param config a text, or one that is made of the lab's start URL */
async function start(answers: Answers, config: string | ((startUrl: string) => string) = "") {
  return await startWith({}, answers, config);
}

async function startWith(
  options: TestLabOptions,
  answers: Answers,
  config: string | ((startUrl: string) => string) = "",
) {
  const clock = new FakeClock();
  const organisation = { users: [{ name: "ada" }], accounts: ACCOUNTS };
  const lab = await startTestLab({ clock, organisation, ...options });
  const relay = await startRelay(lab);
  const context = testContext({
    ...{ clock, lab: relay, browser: forbiddenBrowser({ available: false }) },
    terminal: { interactive: true, answers },
  });
  const { configFile } = context.paths;
  const before = typeof config === "string" ? config : config(lab.startUrl);
  mkdirSync(path.dirname(configFile), { recursive: true });
  if (before !== "") writeFileSync(configFile, before);
  const shown: string[] = [];
  const views: GuideViews = {
    showNames: ({ samples, crowded }) =>
      void shown.push(`${samples.map(({ name }) => name).join(" ")} (${crowded})`),
    showChanges: ({ plan }) => void shown.push(`would create ${plan.created.join(" ")}`),
    showWritten: ({ plan }) => void shown.push(`created ${plan.created.length}`),
  };
  return {
    ...{ clock, lab, relay, context, shown, before },
    text: () => readFileSync(configFile, "utf8"),
    run: (name?: string) => clock.run(configureGuided(name, views, context)),
  };
}

describe("from nothing", () => {
  it("Enter leads from the start URL to the first profiles", async () => {
    const answers = ["d-1234567890", "eu-west-1", ENTER, true, ENTER, ENTER, true];
    const { lab, context, shown, text, run } = await start(answers);
    expect(await run()).toMatchObject({
      session: { name: "d-1234567890", startUrl: lab.startUrl, region: "eu-west-1" },
      isNew: true,
      changed: ["sso_start_url", "sso_region", "sso_registration_scopes", "ssox_profile_region"],
      next: "ssox exec --profile sandbox.ReadOnly -- aws s3 ls",
    });
    expect(context.terminal.questions).toEqual([
      "Start URL (of the AWS access portal): ()",
      "Region of IAM Identity Center (such as eu-west-1): ()",
      "Name of the session: (d-1234567890)",
      "Sign in to d-1234567890 now?",
      "Template of the profile names: ({account_name}.{role_name})",
      "Region of the profiles (or none): (eu-west-1)",
      "Write these 3 profiles?",
    ]);
    expect(context.terminal.stderr).toContain(`That is ${lab.startUrl}\n`);
    expect(shown).toEqual([
      "sandbox.Admin sandbox.ReadOnly Live-Shop.Admin (0)",
      "would create Live-Shop.Admin sandbox.Admin sandbox.ReadOnly",
      "created 3",
    ]);
    expect(text()).toMatch(
      /^\[sso-session d-1234567890\]\n[\s\S]*ssox_profile_region = eu-west-1\n\n\[profile Live-Shop.Admin\]/,
    );
    // Two tell of the one sign-in: a look whether AWS knows the start URL, and the sign-in itself.
    expect(requestsOf(lab, "StartDeviceAuthorization")).toHaveLength(2);
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(1);
  });

  it("shows what each template makes, until Enter takes one", async () => {
    const templates = ["{role", "{role_name}", "{account_name|slug}.{role_name|lower}", ENTER];
    const answers = ["d-1234567890", "eu-west-1", "acme", true, ...templates, "", false];
    const { context, shown, text, run } = await start(answers);
    expect(await run()).toMatchObject({ next: "ssox sync-profiles --session acme" });
    expect(context.terminal.stderr).toContain("has a brace without its other half");
    expect(shown).toEqual([
      "sandbox.Admin sandbox.ReadOnly Live-Shop.Admin (0)",
      "Admin-111122223333 ReadOnly Admin-444455556666 (2)",
      "sandbox.admin sandbox.readonly live-shop.admin (0)",
      "would create live-shop.admin sandbox.admin sandbox.readonly",
    ]);
    expect(text()).toMatch(
      /^\[sso-session acme\][\s\S]*\nssox_profile_template = \{account_name\|slug\}\.\{role_name\|lower\}\n$/,
    );
  });

  it("who does not sign in gets the section, and no preview", async () => {
    const answers = ["d-1234567890", "eu-west-1", ENTER, false, ENTER, ENTER];
    const { lab, shown, text, run } = await start(answers);
    expect(await run()).toMatchObject({ next: "ssox sync-profiles --session d-1234567890" });
    expect(shown).toEqual([]);
    expect(text()).toBe(`${SECTION(lab.startUrl)}ssox_profile_region = eu-west-1\n`);
  });

  it("takes what old-form profiles say as its default", async () => {
    const old = (startUrl: string) =>
      `[profile old]\nsso_start_url = ${startUrl}#/\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Admin\n`;
    const answers = [ENTER, ENTER, "acme", false, ENTER, ""];
    const { lab, before, text, run } = await start(answers, old);
    await run();
    expect(text()).toBe(`${before}\n${SECTION(`${lab.startUrl}#/`, "acme")}`);
  });

  it("takes the region from a URL that names it", async () => {
    const startUrl = "https://ssoins-1.portal.eu-west-1.app.aws";
    const { context, text, run } = await startWith({ wrongRequests: true }, [
      startUrl,
      true,
      ENTER,
      false,
      ENTER,
      "",
    ]);
    await run();
    expect(context.terminal.stderr).toContain("Its region is eu-west-1, as the URL says.");
    expect(text()).toBe(SECTION(startUrl, "ssoins-1"));
  });
});

describe("what is wrong is told, and asked again", () => {
  it("a start URL and a region that make no sense", async () => {
    const wrong = ["my company", "ssoins-1", "http://sso.acme.example"];
    const answers = [...wrong, "d-1234567890", "frankfurt", "cn-north-1", "eu-west-1", "Ctrl-C"];
    const { context, run } = await start(answers);
    await expect(run()).rejects.toMatchObject({ exitStatus: 130 });
    const { stderr } = context.terminal;
    expect(stderr.match(/That is no start URL/g)).toHaveLength(3);
    expect(stderr).toContain(`"frankfurt" is no name of a region.`);
    expect(stderr).toContain(
      "d-1234567890.awsapps.com is not in aws-cn, the partition of cn-north-1.",
    );
  });

  it("a start URL that AWS does not know in that region", async () => {
    const answers = ["d-9999999999", "eu-west-1", false, "d-1234567890", ENTER, "Ctrl-C"];
    const { context, run } = await startWith({ wrongRequests: true }, answers);
    await expect(run()).rejects.toMatchObject({ exitStatus: 130 });
    expect(context.terminal.stderr).toContain(
      "AWS in eu-west-1 does not know https://d-9999999999.awsapps.com/start (",
    );
    expect(context.terminal.questions.slice(2)).toEqual([
      "Take them all the same?",
      "Start URL (of the AWS access portal): (https://d-9999999999.awsapps.com/start)",
      "Region of IAM Identity Center (such as eu-west-1): (eu-west-1)",
      "Name of the session: (d-1234567890)",
    ]);
  });

  it("a name that cannot be read, or that another session has", async () => {
    const section = SECTION("https://d-7777777777.awsapps.com/start");
    const answers = [
      ...["a new one", "d-1234567890", "eu-west-1"],
      ...["my corp", "d-1234567890", ENTER, false, ENTER, ""],
    ];
    const { context, lab, text, run } = await start(answers, section);
    await run();
    const { stderr } = context.terminal;
    expect(stderr).toContain("A name is made of letters");
    expect(stderr).toContain("There is a session d-1234567890 with another start URL.");
    expect(text()).toBe(`${section}\n${SECTION(lab.startUrl, "d-1234567890-2")}`);
  });

  it("a name and its next one, that other sessions have", async () => {
    const other = SECTION("https://d-7777777777.awsapps.com/start");
    const sections = other + other.replace("d-1234567890", "d-1234567890-2");
    const answers = ["a new one", "d-1234567890", "eu-west-1", ENTER, false, ENTER, ""];
    const { lab, text, run } = await start(answers, sections);
    await run();
    expect(text()).toBe(`${sections}\n${SECTION(lab.startUrl, "d-1234567890-3")}`);
  });

  it("a sign-in that fails: the section may be wanted all the same", async () => {
    const answers = ["d-1234567890", "eu-west-1", ENTER, true, true, ENTER, ""];
    const { lab, context, text, run } = await startWith({ approve: "deny" }, answers);
    await run();
    expect(context.terminal.questions[4]).toBe("Write the session d-1234567890 all the same?");
    expect(text()).toBe(SECTION(lab.startUrl));
  });

  it("a sign-in that fails, and no section", async () => {
    const answers = ["d-1234567890", "eu-west-1", ENTER, true, false];
    const { context, run } = await startWith({ approve: "deny" }, answers);
    await expect(run()).rejects.toMatchObject({
      code: "LoginDenied",
      // Why stands above the question.
      message: "The session d-1234567890 was not written.",
      hint: "run the command again and allow the request in the browser",
    });
    expect(context.terminal.stderr.match(/was refused/g)).toHaveLength(1);
    expect(() => readFileSync(context.paths.configFile)).toThrow("ENOENT");
  });
});

it("a network that is down costs the look at the service, and no more", async () => {
  const answers = ["d-1234567890", "eu-west-1", ENTER, false, ENTER, ""];
  const { lab, relay, context, text, run } = await start(answers);
  relay.relaying = async () => "cut";
  await run();
  expect(context.terminal.stderr).toContain("Whether AWS knows the start URL there is not known.");
  expect(text()).toBe(SECTION(lab.startUrl));
});

describe("a session that is there", () => {
  const written = (startUrl: string) =>
    `# mine\r\n${SECTION(`${startUrl}#/`, "acme").replaceAll("\n", "\r\n")}ssox_profile_region = us-east-1\r\nssox_exclude = *:Admin\r\n\r\n[default]\r\nregion = x`;

  it("is left as it is by Enter, Enter, Enter, whose file is not even written", async () => {
    const which = "amend acme (https://d-1234567890.awsapps.com/start#/)";
    const answers = [which, ENTER, ENTER, ENTER, ENTER, false];
    const { lab, context, shown, before, text, run } = await start(answers, written);
    const files = filesBelow(path.dirname(context.paths.configFile));
    await signInAsAwsCli(lab, context);
    expect(await run()).toMatchObject({ isNew: false, changed: [] });
    expect(filesBelow(path.dirname(context.paths.configFile))).toMatchObject({
      config: files["config"],
    });
    expect(text()).toBe(before);
    // The filter of the section counts.
    expect(shown).toEqual(["sandbox.ReadOnly (0)", "would create sandbox.ReadOnly"]);
  });

  it("gets only what is answered", async () => {
    const answers = [ENTER, ENTER, "{role_name}", ENTER, "", false];
    const { lab, context, before, text, run } = await start(answers, written);
    await signInAsAwsCli(lab, context);
    const changed = ["ssox_profile_template", "ssox_profile_region"];
    expect(await run("acme")).toMatchObject({ changed });
    expect(text()).toBe(
      before
        .replace("ssox_profile_region = us-east-1\r\n", "")
        .replace("*:Admin\r\n", "*:Admin\r\nssox_profile_template = {role_name}\r\n"),
    );
  });

  it("with another start URL wants another sign-in", async () => {
    const other = "https://d-9999999999.awsapps.com/start";
    const there = SECTION(other, "acme");
    const answers = ["d-1234567890", ENTER, true, ENTER, ENTER, false];
    const { lab, context, text, run } = await start(answers, there);
    await signInAsAwsCli(lab, context, { startUrl: other });
    await run("acme");
    expect(context.terminal.questions).toContain("Sign in to acme now?");
    expect(text()).toBe(SECTION(lab.startUrl, "acme"));
  });

  it("with another region than its token has wants another sign-in", async () => {
    const there = (startUrl: string) => SECTION(startUrl, "acme");
    const answers = [ENTER, "us-east-1", true, ENTER, ENTER, false];
    const { lab, context, text, run } = await start(answers, there);
    const { file } = await signInAsAwsCli(lab, context);
    await run("acme");
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ region: "us-east-1" });
    expect(text()).toContain("sso_region = us-east-1");
  });

  it("asks for a sign-in where the service no longer takes the token", async () => {
    const there = (startUrl: string) => SECTION(startUrl, "acme");
    const answers = [ENTER, ENTER, true, ENTER, ENTER, false];
    const { lab, context, shown, run } = await start(answers, there);
    await signInAsAwsCli(lab, context, { accessToken: "aoa-ended", refreshToken: undefined });
    await run("acme");
    expect(context.terminal.questions[2]).toBe("Sign in to acme now?");
    expect(shown).toHaveLength(2);
  });

  it("without a sign-in shows what was listed last", async () => {
    const there = (startUrl: string) => SECTION(startUrl, "acme");
    const answers = [ENTER, ENTER, ENTER, ENTER, false, ENTER, ENTER, false, ENTER, ENTER, true];
    const { lab, context, shown, run } = await start(answers, there);
    const { file } = await signInAsAwsCli(lab, context);
    expect(await run("acme")).toMatchObject({ changed: [] });
    rmSync(file);
    expect(await run("acme")).toMatchObject({ next: expect.stringContaining("ssox exec") });
    expect(shown.slice(2)).toEqual([shown[0], shown[1], "created 3"]);
    expect(requestsOf(lab, "ListAccounts")).toHaveLength(1);
  });

  it("tells that profiles which are there keep their names", async () => {
    const there = (startUrl: string) => SECTION(startUrl, "acme");
    const first = [ENTER, ENTER, ENTER, ENTER, true];
    const answers = [...first, ENTER, ENTER, "{role_name}", ENTER, ENTER];
    const { lab, context, run } = await start(answers, there);
    await signInAsAwsCli(lab, context);
    await run("acme");
    await run("acme");
    expect(context.terminal.stderr).toContain(
      "Profiles that are there keep their names (ssox sync-profiles --session acme --rename).",
    );
  });
});

it.each([0, 1, 2, 3, 4, 5, 6])("Ctrl-C at question %i leaves a file that is whole", async (at) => {
  const all = ["d-1234567890", "eu-west-1", ENTER, true, ENTER, ENTER];
  const { lab, context, run } = await start([...all.slice(0, at), "Ctrl-C"]);
  await expect(run()).rejects.toMatchObject({ exitStatus: 130 });
  const { configFile } = context.paths;
  const whole = at < 4 ? undefined : SECTION(lab.startUrl) + (at < 6 ? "" : REGION);
  expect(existsSync(configFile) ? readFileSync(configFile, "utf8") : undefined).toBe(whole);
});

const REGION = "ssox_profile_region = eu-west-1\n";
