import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { Config } from "@oclif/core";
import { describe, expect, test } from "vitest";
import { contextOfRun } from "../../src/commands/base.ts";
import SyncProfiles from "../../src/commands/sync-profiles.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import { signInAsAwsCli, type TestTerminalOptions, testContext } from "../helpers/context.ts";
import { awsConfigFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { asOrdinaryUser } from "../helpers/ordinary-user.ts";
import { repository } from "../helpers/witness.ts";

const ONE = "111111111111";
const TWO = "222222222222";
const ORGANISATION = {
  accounts: [
    { id: ONE, name: "sandbox", roles: ["Admin", "Dev", "Ops", "ReadOnly"].map(named) },
    { id: TWO, name: "prod", roles: ["Admin", "ReadOnly"].map(named) },
  ],
  users: [{ name: "ada@example.com" }],
};

function named(name: string) {
  return { name };
}

interface DeskOptions extends LabOptions {
  readonly terminal?: TestTerminalOptions;
  readonly config?: (acme: string) => string;
}

/** A user who is signed in to acme, and the command at their hands. */
async function desk({ terminal = {}, config = (acme) => acme, ...rest }: DeskOptions = {}) {
  const lab = await startTestLab({ organisation: ORGANISATION, ...rest });
  const context = testContext({ lab, config: config(awsConfigFor(lab)), terminal });
  await signInAsAwsCli(lab, context);
  const oclif = await Config.load({ root: repository });
  const { configFile } = context.paths;
  const run = async (...args: string[]) => {
    const { stdout, stderr } = context.terminal;
    const status = await contextOfRun.run(context, () => SyncProfiles.run(args, oclif));
    return {
      status,
      stdout: context.terminal.stdout.slice(stdout.length),
      stderr: context.terminal.stderr.slice(stderr.length),
    };
  };
  return {
    lab,
    context,
    configFile,
    run,
    text: () => readFileSync(configFile, "utf8"),
    write: (text: string) => writeFileSync(configFile, text),
    async json(...args: string[]) {
      const { stdout, ...end } = await run(...args, "--json");
      return { ...end, ...JSON.parse(stdout) };
    },
  };
}

const NAMES = [
  "prod.Admin",
  "prod.ReadOnly",
  ...["Admin", "Dev", "Ops", "ReadOnly"].map((role) => `sandbox.${role}`),
];

describe("--prune", () => {
  test("removes what is no longer assigned, and a plain sync only tells", async () => {
    const { lab, run, json, text } = await desk();
    await run();
    lab.unassign({ accountId: TWO, roleName: "ReadOnly" });
    expect(await json()).toMatchObject({ status: 0, stale: ["prod.ReadOnly"], pruned: [] });
    expect(text()).toContain("[profile prod.ReadOnly]");
    expect(await json("--prune", "--dry-run")).toMatchObject({ pruned: ["prod.ReadOnly"] });
    expect(text()).toContain("[profile prod.ReadOnly]");
    expect(await json("--prune")).toMatchObject({ pruned: ["prod.ReadOnly"], stale: [] });
    expect(text()).not.toContain("prod.ReadOnly");
    expect(text()).toContain("[profile prod.Admin]");
  });

  test("leaves a profile that this machine never listed: another one's may be", async () => {
    const theirs = `\n[profile theirs]\nsso_session = acme\nsso_account_id = 333333333333\nsso_role_name = Admin\nssox_managed = acme\n`;
    const { run, json } = await desk({ config: (acme) => acme + theirs });
    await run();
    expect(await json("--prune")).toMatchObject({ pruned: [], stale: ["theirs"] });
  });

  test("without a terminal more than a quarter needs --yes", async () => {
    const { lab, run, json, text } = await desk();
    await run();
    for (const roleName of ["Admin", "ReadOnly"]) lab.unassign({ accountId: TWO, roleName });
    const before = text();
    await expect(run("--prune")).rejects.toMatchObject({
      code: "Usage",
      message: "--prune would remove 2 of 6 profiles.",
    });
    expect(text()).toBe(before);
    expect(await json("--prune", "--yes")).toMatchObject({
      pruned: ["prod.Admin", "prod.ReadOnly"],
    });
  });

  test("at a terminal it asks, and no keeps them all", async () => {
    const terminal = { interactive: true, answers: [false, true] };
    const { lab, context, run, text } = await desk({ terminal });
    await run();
    for (const roleName of ["Admin", "ReadOnly"]) lab.unassign({ accountId: TWO, roleName });
    expect((await run("--prune")).stdout).toMatch(/2 stale\n$/);
    expect(text()).toContain("[profile prod.Admin]");
    expect((await run("--prune")).stdout).toMatch(/2 pruned\n$/);
    expect(text()).not.toContain("[profile prod.Admin]");
    expect(context.terminal.questions).toEqual(Array(2).fill("Remove 2 of 6 profiles?"));
  });

  test("never prunes when an account could not be listed, and ends with 8", async () => {
    const { lab, run, json, text } = await desk();
    await run();
    lab.unassign({ accountId: ONE, roleName: "Dev" });
    lab.fault({ operation: "ListAccountRoles", kind: "status", status: 403 });
    const end = await json("--prune", "--yes");
    expect(end).toMatchObject({ status: 8, pruned: [] });
    expect(end.failed).toHaveLength(1);
    expect(end.stderr).toContain("Nothing was pruned");
    expect(text()).toContain("[profile sandbox.Dev]");
  });

  test("and --cached do not go together", async () => {
    const { run } = await desk();
    await expect(run("--prune", "--cached")).rejects.toThrow(/--cached/);
  });
});

describe("--cached", () => {
  test("works offline, from what was listed last", async () => {
    const { lab, run, json } = await desk();
    await run();
    const count = lab.requests.length;
    expect(await json("--cached")).toMatchObject({ status: 0, created: [], unchanged: NAMES });
    expect(lab.requests).toHaveLength(count);
  });

  test("refuses what was listed under another sign-in, unless nobody is signed in", async () => {
    const { lab, context, run, json } = await desk();
    await run();
    await signInAsAwsCli(lab, context);
    await expect(run("--cached")).rejects.toMatchObject({
      code: "Usage",
      message: "What is kept of acme was listed under another sign-in.",
      hint: "leave out --cached",
    });
    rmSync(context.paths.tokenCache, { recursive: true });
    expect(await json("--cached")).toMatchObject({ status: 0, unchanged: NAMES });
  });

  test("says that nothing was listed yet", async () => {
    const { run } = await desk();
    await expect(run("--cached")).rejects.toMatchObject({
      code: "Usage",
      hint: "leave out --cached",
    });
  });
});

describe("--check", () => {
  test("ends with 7 for what would change, and writes nothing", async () => {
    const { lab, run, text } = await desk();
    const before = text();
    expect(await run("--check")).toMatchObject({ status: 7 });
    expect(text()).toBe(before);
    await run();
    expect(await run("--check")).toMatchObject({ status: 0 });
    expect(await run("--check", "--region", "eu-west-1")).toMatchObject({ status: 7 });
    expect(await run("--check", "--rename", "--template", "{role_name}")).toMatchObject({
      status: 7,
    });
    lab.unassign({ accountId: TWO, roleName: "Admin" });
    expect(await run("--check")).toMatchObject({ status: 7 });
  });

  test("conflicts are no drift", async () => {
    const mine = "\n[profile prod.Admin]\nregion = us-east-1\n";
    const { run, json } = await desk({ config: (acme) => acme + mine });
    expect(await json()).toMatchObject({ status: 0, conflicts: ["prod.Admin"] });
    expect(await run("--check")).toMatchObject({ status: 0 });
  });

  test("tells the lines that AWS clients read in different ways", async () => {
    const { run, configFile } = await desk({
      config: (acme) => `${acme}\n[profile x]\nRegion = a\n`,
    });
    expect((await run("--dry-run")).stderr).toContain(
      `${configFile}, line 7: the SDKs for JavaScript`,
    );
    expect((await run()).stderr).toBe("");
  });
});

describe("--adopt", () => {
  test("takes over a profile by its own name, with all that stands in it", async () => {
    const mine = `\n[profile mine]\n# the usual one\nsso_session = acme\nsso_account_id = ${ONE}\nsso_role_name = Dev\noutput = json\n`;
    const { json, text } = await desk({ config: (acme) => acme + mine });
    const include = ["--include", "*:Dev"];
    expect(await json(...include, "--dry-run")).toMatchObject({ created: ["sandbox.Dev"] });
    expect(await json(...include, "--adopt")).toMatchObject({ created: [], updated: ["mine"] });
    expect(text()).toContain(`${mine}ssox_managed = acme\n`);
    expect(await json(...include)).toMatchObject({ created: [], unchanged: ["mine"] });
  });

  test("brings one of the old form to the session, and --undo takes that back", async () => {
    const { config, before } = await oldForm();
    const { json, run, text } = config;
    expect(await json("--include", "*:Dev", "--adopt")).toMatchObject({ updated: ["mine"] });
    expect(text()).toMatch(/\n\[profile mine\]\n# the usual one\nsso_account_id = \d+\n/);
    const [, mine = ""] = text().split("[profile mine]\n");
    expect(mine.split("\n").toSorted()).toEqual([
      ...["", "# the usual one", "output = json", `sso_account_id = ${ONE}`],
      ...["sso_role_name = Dev", "sso_session = acme", "ssox_managed = acme"],
    ]);
    await run("--undo");
    expect(text()).toBe(before);
  });

  async function oldForm() {
    const config = await desk({
      config: (acme) => {
        const keys = acme.match(/^sso_(?:start_url|region) = .*\n/gm)?.join("") ?? "";
        return `${acme}\n[profile mine]\n# the usual one\n${keys}sso_account_id = ${ONE}\nsso_role_name = Dev\noutput = json\n`;
      },
    });
    return { config, before: config.text() };
  }
});

test("--rename gives the names of today, which otherwise stay", async () => {
  const { run, json, text } = await desk();
  await run("--template", "{role_name}-{account_id}");
  expect(await json()).toMatchObject({ renamed: [], created: [] });
  const { renamed } = await json("--rename");
  expect(renamed).toHaveLength(6);
  expect(renamed[0]).toEqual({ from: `Admin-${ONE}`, to: "sandbox.Admin" });
  expect(
    text()
      .match(/(?<=\[profile ).*(?=\])/g)
      ?.toSorted(),
  ).toEqual(NAMES);
  expect(await json("--rename")).toMatchObject({ renamed: [], unchanged: NAMES });
});

describe("what other profiles need", () => {
  const keys = `sso_session = acme\nsso_account_id = ${TWO}\nsso_role_name = Admin\n`;
  const mine = `\n[profile sb]\n${keys}\n[default]\n${keys.replace("Admin", "ReadOnly")}output = table\n`;
  const chained = "[chained]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = sb\n";

  test("neither gets another name nor goes, and the reason is told: no failure", async () => {
    const { lab, context, run, json, text } = await desk({ config: (acme) => acme + mine });
    writeFileSync(context.paths.credentialsFile, chained);
    await run("--adopt", "--include", "prod:*");
    const adopted = text();
    const kept = { status: 0, conflicts: ["default", "sb"] };
    const renamed = await json("--rename", "--include", "prod:*");
    expect(renamed).toMatchObject({ ...kept, renamed: [], unchanged: ["default", "sb"] });
    expect(renamed.stderr).toContain(`sb (${TWO} Admin): source_profile of the profile chained`);
    expect(await run("--rename", "--include", "prod:*", "--check")).toMatchObject({ status: 0 });
    for (const roleName of ["Admin", "ReadOnly"]) lab.unassign({ accountId: TWO, roleName });
    const pruned = await json("--prune", "--yes", "--include", "prod:*");
    expect(pruned).toMatchObject({ ...kept, pruned: [], stale: ["default", "sb"] });
    expect(await json("--remove")).toMatchObject({ ...kept, pruned: [] });
    expect(text()).toBe(adopted);
    rmSync(context.paths.credentialsFile);
    expect(await json("--remove")).toMatchObject({ pruned: ["sb"], conflicts: ["default"] });
  });
});

describe("--credential-process", () => {
  const LINE = `credential_process = ${process.execPath} /opt/ssox/bin/ssox.js credential-process --account ${ONE} --role Dev --session acme\n`;

  test("writes profiles that ask ssox, which a plain sync leaves, and the other way takes back", async () => {
    const { run, json, text } = await desk();
    const only = ["--include", "sandbox:Dev"];
    await run(...only);
    const plain = text();
    expect(await json(...only, "--credential-process")).toMatchObject({ updated: ["sandbox.Dev"] });
    expect(text()).toContain(LINE);
    expect(text()).not.toContain("sso_account_id");
    expect(await json(...only)).toMatchObject({ unchanged: ["sandbox.Dev"] });
    await run(...only, "--no-credential-process");
    expect(text().split("\n").toSorted()).toEqual(plain.split("\n").toSorted());
  });

  test("is mended by the next sync when node moved", async () => {
    const { run, json, text, write } = await desk();
    await run("--include", "sandbox:Dev", "--credential-process");
    write(text().replace(process.execPath, "/gone/node"));
    expect(await json("--include", "sandbox:Dev")).toMatchObject({ updated: ["sandbox.Dev"] });
    expect(text()).toContain(LINE);
  });

  test("is what a session gets whose secrets lie in the keychain", async () => {
    const { run, text } = await desk({ config: (acme) => `${acme}ssox_store = keychain\n` });
    await run("--include", "sandbox:Dev", "--cached").catch(() => {});
    expect(text()).not.toContain("sso_account_id");
  });
});

describe("--remove", () => {
  test("takes out all of them, offline, and nothing else", async () => {
    const { lab, run, json, text } = await desk();
    const before = text();
    await run();
    const count = lab.requests.length;
    expect(await json("--remove", "--dry-run")).toMatchObject({ pruned: NAMES });
    expect(await json("--remove")).toMatchObject({ status: 0, pruned: NAMES, created: [] });
    expect(text()).toBe(before);
    expect(lab.requests).toHaveLength(count);
    expect(await json("--remove")).toMatchObject({ pruned: [] });
  });

  test("also those of a session whose section is gone", async () => {
    const old = "\n[profile a]\nssox_managed = old\n";
    const { run, json, text } = await desk({ config: (acme) => acme + old });
    const before = text();
    await expect(run("--remove", "--session", "odl")).rejects.toMatchObject({
      code: "UnknownSession",
    });
    expect(await json("--remove")).toMatchObject({ pruned: [] });
    expect(await json("--remove", "--session", "old")).toMatchObject({ pruned: ["a"] });
    expect(`${text()}${old}`).toBe(before);
  });

  test.each(["--prune", "--adopt", "--undo", "--check"])("does not go with %s", async (flag) => {
    const { run } = await desk();
    await expect(run("--remove", flag)).rejects.toThrow(flag);
  });
});

describe("--all", () => {
  const BETA = (acme: string) => `${acme}\n${acme.replaceAll("acme", "beta")}`;
  const template = ["--template", "{session}.{account_name}.{role_name}"];

  test("writes the profiles of every session at once, and takes them back at once", async () => {
    const { lab, context, json, run, text } = await desk({ config: BETA });
    await signInAsAwsCli(lab, context, {}, "beta");
    const before = text();
    const { created } = await json("--all", ...template);
    expect(created).toEqual(
      ["acme", "beta"].flatMap((name) => NAMES.map((each) => `${name}.${each}`)),
    );
    expect(await json("--all", ...template)).toMatchObject({ status: 0, unchanged: created });
    await run("--undo");
    expect(text()).toBe(before);
  });

  test("two sessions that want one name: the second has the conflict", async () => {
    const { lab, context, json } = await desk({ config: BETA });
    await signInAsAwsCli(lab, context, {}, "beta");
    expect(await json("--all")).toMatchObject({ status: 0, created: NAMES, conflicts: NAMES });
  });

  test("one that fails does not keep the other from being written: 8", async () => {
    const { json, text } = await desk({ config: BETA });
    const end = await json("--all", ...template);
    expect(end).toMatchObject({ status: 8, created: NAMES.map((name) => `acme.${name}`) });
    expect(end.failed).toEqual([
      { session: "beta", code: "LoginRequired", message: expect.stringContaining("beta") },
    ]);
    expect(text()).toContain("[profile acme.prod.Admin]");
  });

  test("an account that fails is told with its session", async () => {
    const { lab, context, json } = await desk({ config: BETA });
    await signInAsAwsCli(lab, context, {}, "beta");
    lab.fault({ operation: "ListAccountRoles", kind: "status", status: 403 });
    const { failed, status } = await json("--all", ...template);
    expect(status).toBe(8);
    expect(failed).toEqual([
      {
        session: "acme",
        accountId: expect.stringMatching(/^\d{12}$/),
        code: "AccessDenied",
        message: expect.any(String),
      },
    ]);
  });

  test("without any session, it says how to make one", async () => {
    const { run } = await desk({ config: () => "[default]\nregion = eu-west-1\n" });
    const failure = {
      code: "UnknownSession",
      hint: "ssox login --start-url URL --sso-region REGION",
    };
    await expect(run()).rejects.toMatchObject(failure);
    await expect(run("--all")).rejects.toMatchObject(failure);
  });

  test("when all fail, the first one tells why", async () => {
    const { context, run } = await desk({ config: BETA });
    rmSync(context.paths.tokenCache, { recursive: true });
    await expect(run("--all")).rejects.toMatchObject({ code: "LoginRequired" });
  });
});

/** What is kept for `--undo`, one text. */
function patchesOf(state: string): string {
  const folder = path.join(state, "undo");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const patches = files.filter((name) => name.endsWith(".json"));
  return patches.map((name) => readFileSync(path.join(folder, name), "utf8")).join("\n");
}

/** Where the patches of the one config file lie. */
function patchFiles(state: string) {
  const [name = ""] = readdirSync(path.join(state, "undo"));
  const folder = path.join(state, "undo", name);
  return { folder, names: () => readdirSync(folder).toSorted() };
}

describe("--undo", () => {
  test("takes back one sync after the other, byte for byte", async () => {
    const { run, text } = await desk({ config: (acme) => `# mine\r\n${acme}# the end` });
    const texts = [text()];
    await run("--include", "sandbox:*");
    texts.push(text());
    await run("--region", "eu-west-1");
    texts.push(text());
    await run("--credential-process", "--rename", "--template", "{role_name}");
    texts.push(text());
    await run("--remove");
    expect(new Set(texts).size).toBe(4);
    for (const expected of texts.toReversed()) {
      expect(await run("--undo")).toMatchObject({ status: 0 });
      expect(text()).toBe(expected);
    }
    await expect(run("--undo")).rejects.toMatchObject({ code: "Usage" });
  });

  test("keeps what was edited since, and what it takes back is told", async () => {
    const { json, text, write } = await desk();
    const before = text();
    await json();
    const mine = "\n[profile mine]\nregion = us-east-1\n";
    write(
      `# hello\n${text().replace("\n[profile sandbox.Dev]", `${mine}\n[profile sandbox.Dev]`)}# bye\n`,
    );
    expect(await json("--undo")).toMatchObject({ pruned: NAMES, created: [] });
    expect(text()).toBe(`# hello\n${before}${mine}# bye\n`);
  });

  test("is refused where an edit would go with it, names it, and nothing is written", async () => {
    const { run, text, write } = await desk();
    await run();
    write(text().replace("sso_role_name = Dev\n", "sso_role_name = Dev\noutput = json\n"));
    const edited = text();
    await expect(run("--undo")).rejects.toMatchObject({
      code: "ConfigInvalid",
      exitStatus: 6,
      message: expect.stringContaining('"sandbox.Dev"'),
    });
    expect(text()).toBe(edited);
  });

  test("a key behind those of ssox is an edit as well", async () => {
    const { run, text, write } = await desk();
    await run();
    write(`${text()}output = json\n`);
    await expect(run("--undo")).rejects.toThrow('"sandbox.ReadOnly"');
  });

  test("a file that botocore rejects is refused with its line", async () => {
    const { run, text, write } = await desk();
    await run();
    write(`words\n${text()}`);
    await expect(run("--undo")).rejects.toThrow("line 1");
  });

  test("--dry-run shows it", async () => {
    const { run, text } = await desk();
    await run();
    const before = text();
    expect((await run("--undo", "--dry-run")).stdout).toContain("-[profile sandbox.Dev]");
    expect(text()).toBe(before);
  });

  test("--dry-run takes no patch away, one that is passed over included", async () => {
    const { context, run, text, write } = await desk();
    const before = text();
    await run("--include", "sandbox:*");
    const written = text();
    await run();
    write(written);
    const { names } = patchFiles(context.paths.state);
    const shown = await run("--undo", "--dry-run");
    expect(shown.stdout).toContain("-[profile sandbox.Dev]");
    expect(names()).toEqual(["000001.json", "000002.json"]);
    await run("--undo");
    expect(text()).toBe(before);
    expect(names()).toEqual([]);
  });

  test.each([
    ["is cut", (whole: string) => whole.slice(0, 50)],
    ["is empty", () => ""],
    ["lacks a part", (whole: string) => whole.replace('"lines"', '"limes"')],
  ])("one that %s is named, and no older sync is taken back in its place", async (_, damage) => {
    const { context, run, text } = await desk();
    await run("--include", "sandbox:*");
    const older = text();
    await run();
    const written = text();
    const { folder, names } = patchFiles(context.paths.state);
    const last = path.join(folder, "000002.json");
    writeFileSync(last, damage(readFileSync(last, "utf8")));
    for (const args of [[], ["--dry-run"]]) {
      await expect(run("--undo", ...args)).rejects.toMatchObject({
        code: "CacheInvalid",
        exitStatus: 6,
        message: expect.stringContaining(last),
        hint: expect.stringContaining(`rm ${last}`),
      });
    }
    expect([text(), names()]).toEqual([written, ["000001.json", "000002.json"]]);
    // As the hint says: what the last sync wrote stays, as an edit that nobody takes back.
    rmSync(last);
    await run("--undo");
    expect(text()).toBe(written.replace(older.slice(older.indexOf("\n[profile")), ""));
  });

  test("after a sync that could not be kept no older one is taken back, and that is told", async () => {
    const key = "[profile keys]\naws_secret_access_key = wJalrXUtnFEMIEXAMPLEKEY\n";
    const { context, run, text, write } = await desk({ config: (acme) => key + acme });
    await run("--include", "sandbox:*");
    const { names } = patchFiles(context.paths.state);
    expect(names()).toHaveLength(1);
    // Where lines end in a lone CR, the key stands in what would be kept.
    write(text().replaceAll("\n", "\r"));
    const { status, stderr } = await run("--region", "eu-west-1");
    expect(status).toBe(0);
    expect(stderr).toContain("--undo will not take this back, nor any sync before it");
    expect(names()).toEqual([]);
    const written = text();
    await expect(run("--undo")).rejects.toMatchObject({ code: "Usage" });
    expect(text()).toBe(written);
  });

  test("a sync that can neither be kept nor make older ones void is refused", async () => {
    const { context, run, text } = await desk();
    await run("--include", "sandbox:*");
    const written = text();
    const { folder, names } = patchFiles(context.paths.state);
    await asOrdinaryUser(context.paths.home, async () => {
      chmodSync(folder, 0o500);
      const code = "WriteFailed";
      await expect(run()).rejects.toMatchObject({ code, message: expect.stringContaining(folder) });
      chmodSync(folder, 0o700);
    });
    expect([text(), names()]).toEqual([written, ["000001.json"]]);
    expect(readdirSync(path.dirname(context.paths.configFile))).not.toContain("config.lock");
  });

  test.each([
    "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key = wJalrXUtnFEMIEXAMPLEKEY",
    "aws_secret_access_key = wJalr\n  XUtnFEMIEXAMPLEKEY",
    "AWS_Session_Token: wJalrXUtnFEMIEXAMPLEKEY",
    "credential_process = /bin/vault --token wJalrXUtnFEMIEXAMPLEKEY",
  ])("no patch holds your own %j: that profile stays, as a conflict", async (line) => {
    const { lab, context, run, json, text, write } = await desk();
    await run();
    write(text().replace("[profile prod.Admin]\n", `[profile prod.Admin]\n${line}\n`));
    lab.unassign({ accountId: TWO, roleName: "Admin" });
    const conflict = { conflicts: ["prod.Admin"], stderr: expect.stringContaining("ssox_managed") };
    const pruned = await json("--prune");
    expect(pruned).toMatchObject({ ...conflict, status: 0, pruned: [], stale: ["prod.Admin"] });
    await json("--credential-process", "--rename", "--template", "{role_name}", "--yes");
    const removed = await json("--remove", "--all");
    expect(removed).toMatchObject({
      ...conflict,
      pruned: expect.not.arrayContaining(["prod.Admin"]),
    });
    expect(text()).toContain(`[profile prod.Admin]\n${line}\n`);
    expect(patchesOf(context.paths.state)).not.toMatch(/wJalr|AKIA/);
  });

  test("another program's credential_process in a profile of ssox is not replaced", async () => {
    const line = "credential_process = /bin/vault --token wJalrXUtnFEMIEXAMPLEKEY\n";
    const { context, run, json, text, write } = await desk();
    await run();
    write(text().replace("[profile prod.Admin]\n", `[profile prod.Admin]\n${line}`));
    const end = await json("--credential-process");
    expect(end).toMatchObject({ conflicts: ["prod.Admin"], unchanged: ["prod.Admin"] });
    expect(end.updated).toHaveLength(5);
    expect(text()).toContain(`[profile prod.Admin]\n${line}`);
    expect(patchesOf(context.paths.state)).not.toContain("wJalr");
  });

  test("the last line of the file, without an end, is in no patch when it holds a key", async () => {
    const key = "\n[profile keys]\naws_secret_access_key = wJalrXUtnFEMIEXAMPLEKEY";
    const { context, run, text } = await desk({ config: (acme) => acme + key });
    const before = text();
    await run();
    expect(text()).toContain("[profile sandbox.Dev]");
    expect(patchesOf(context.paths.state)).not.toContain("wJalr");
    await run("--undo");
    expect(text()).toBe(before);
  });

  test("where lines end in a lone CR, nothing is kept rather than a key", async () => {
    const key = "[profile keys]\naws_secret_access_key = wJalrXUtnFEMIEXAMPLEKEY\n";
    const ids = `sso_session = acme\nsso_account_id = ${ONE}\nsso_role_name = Dev\n`;
    const own = `[profile dev]\n${ids}region = us-east-1\nssox_managed = acme\n`;
    const { context, run, text } = await desk({
      config: (acme) => (key + own + acme).replaceAll("\n", "\r"),
    });
    const { stderr } = await run("--region", "eu-west-1");
    expect(stderr).toContain("--undo will not take this back");
    expect(text()).toContain(key.replaceAll("\n", "\r"));
    expect(text()).toContain("region = eu-west-1\r");
    expect(existsSync(path.join(context.paths.state, "undo"))).toBe(false);
  });

  test("ten are kept, each for the user alone, and none holds what the user wrote", async () => {
    const key = "aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY\n";
    const { context, run } = await desk({ config: (acme) => `${acme}\n[profile keys]\n${key}` });
    for (let round = 1; round <= 12; round += 1) await run("--region", `eu-west-${round}`);
    const folder = path.join(context.paths.state, "undo");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => path.join(folder, name))
      .filter((file) => statSync(file).isFile());
    expect(files).toHaveLength(10);
    for (const file of files) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, "utf8")).not.toContain("wJalr");
    }
    for (let round = 1; round <= 10; round += 1) await run("--undo");
    await expect(run("--undo")).rejects.toMatchObject({ code: "Usage" });
  });

  test("a state folder that takes nothing is told, and the profiles are written", async () => {
    const { context, run, text } = await desk();
    writeFileSync(path.join(context.paths.home, "state"), "in the way");
    const { status, stderr } = await run();
    expect(status).toBe(0);
    expect(stderr).toContain("--undo will not take this back");
    expect(text()).toContain("[profile sandbox.Dev]");
  });

  test("what a sync kept that was ended before it wrote is passed over", async () => {
    const { context, run, text, write } = await desk();
    const before = text();
    await run("--include", "sandbox:*");
    const written = text();
    await run();
    write(written);
    await run("--undo");
    expect(text()).toBe(before);
    expect(existsSync(path.join(context.paths.state, "undo"))).toBe(true);
  });
});

test("a name that the credentials file has is a conflict", async () => {
  const { context, json } = await desk();
  writeFileSync(
    context.paths.credentialsFile,
    "[sandbox.Dev]\naws_access_key_id = AKIA\n[default]\n",
  );
  const { created, conflicts, stderr } = await json();
  expect(conflicts).toEqual(["sandbox.Dev"]);
  expect(created).toHaveLength(5);
  expect(stderr).toContain("the credentials file has a profile of that name");
});

test("sync-profiles lists at the service, each time", async () => {
  const { lab, run } = await desk();
  await run();
  await run();
  expect(requestsOf(lab, "ListAccounts")).toHaveLength(2);
});
