import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { Config } from "@oclif/core";
import { expect, test } from "vitest";
import { contextOfRun } from "../../src/commands/base.ts";
import SyncProfiles from "../../src/commands/sync-profiles.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { signInAsAwsCli, type TestContextOptions, testContext } from "../helpers/context.ts";
import { shellWords } from "../helpers/hints.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { repository, requireOrSkip } from "../helpers/witness.ts";

/** A user who is signed in, and the command at their hands. */
async function desk(options: Pick<TestContextOptions, "terminal"> & { lab?: LabOptions } = {}) {
  const lab = await startTestLab(options.lab);
  const { terminal = {} } = options;
  const context = testContext({ lab, config: awsConfigFor(lab), terminal });
  await signInAsAwsCli(lab, context);
  const config = await Config.load({ root: repository });
  const { configFile } = context.paths;
  const roles = lab.organisation.accounts.flatMap(({ roles }) => roles);
  return {
    count: roles.length,
    lab,
    context,
    configFile,
    text: () => readFileSync(configFile, "utf8"),
    async run(...args: string[]) {
      const before = [context.terminal.stdout.length, context.terminal.stderr.length];
      await contextOfRun.run(context, () => SyncProfiles.run(args, config));
      return {
        stdout: context.terminal.stdout.slice(before[0]),
        stderr: context.terminal.stderr.slice(before[1]),
      };
    },
  };
}

test("writes a profile for every role, says so on stdout, and then finds nothing to do", async () => {
  const { run, count, text } = await desk();
  expect(await run()).toEqual({
    stdout: `${count} created, 0 updated, 0 unchanged\n`,
    stderr: "",
  });
  expect(text().match(/^\[profile /gm)).toHaveLength(count);
  expect((await run()).stdout).toBe(`0 created, 0 updated, ${count} unchanged\n`);
});

test("--json is one document of names", async () => {
  const { run, configFile, count, text } = await desk();
  const { stdout } = await run("--json", "--dry-run");
  const planned = JSON.parse(stdout);
  expect(Object.keys(planned)).toEqual([
    "created",
    "updated",
    "unchanged",
    "renamed",
    "pruned",
    "stale",
    "conflicts",
  ]);
  expect(planned.created).toHaveLength(count);
  const taken: string = planned.created[0];
  writeFileSync(
    configFile,
    `${text()}\n[profile ${taken}]\nregion = x\n\n[profile gone]\nsso_session = acme\n` +
      "sso_account_id = 999999999999\nsso_role_name = R\nssox_managed = acme\n",
  );
  const result = await run("--json");
  expect(JSON.parse(result.stdout)).toEqual({
    created: planned.created.slice(1),
    updated: [],
    unchanged: [],
    renamed: [],
    pruned: [],
    stale: ["gone"],
    conflicts: [taken],
  });
  expect(result.stderr).toContain(`conflict: ${taken} (`);
  expect(result.stderr).toMatch(/\n {2}→ ssox sync-profiles --session acme --template /);
  expect(result.stderr).toContain("stale: gone ");
});

test("what mends a conflict names the session, where there are several", async () => {
  const { run, context, count, lab, configFile, text } = await desk();
  await run("--session", "acme");
  writeFileSync(configFile, text() + awsConfigFor(lab, [], "two"));
  await signInAsAwsCli(lab, context, {}, "two");
  const { stderr } = await run("--session", "two");
  const [, hint = ""] = /→ ssox sync-profiles (.*)/.exec(stderr) ?? [];
  const { stdout } = await run(...(shellWords(hint) ?? []));
  expect(stdout).toBe(`${count} created, 0 updated, 0 unchanged\n`);
});

test("--dry-run prints a diff that patch applies, and writes nothing", async (context) => {
  const found = spawnSync("patch", ["--version"]).status === 0;
  requireOrSkip(found || undefined, "patch", context);
  const { run, configFile, text } = await desk();
  // The last line without its end, CRLF and trailing blanks: what a diff easily spoils.
  writeFileSync(configFile, `${text().replaceAll("\n", "\r\n")}# x\r\n\t\r\n# end`);
  const before = text();
  const { stdout, stderr } = await run("--dry-run");
  expect(text()).toBe(before);
  expect(stderr).toMatch(/^Nothing was written; this would be \d+ created/);
  const { status, stderr: said } = spawnSync("patch", ["--binary", configFile], { input: stdout });
  expect(status, String(said)).toBe(0);
  const patched = text();
  writeFileSync(configFile, before);
  await run();
  expect(text()).toBe(patched);
});

const KEYS = "[profile keys]\naws_access_key_id = AKIA\naws_secret_access_key = THE-KEY\n";

test("a diff shows no key that stands beside what changes, and patch applies it", async (context) => {
  const found = spawnSync("patch", ["--version"]).status === 0;
  requireOrSkip(found || undefined, "patch", context);
  const { run, configFile, text } = await desk();
  writeFileSync(configFile, `${text()}\n${KEYS}`);
  const { stdout } = await run("--dry-run");
  expect(stdout).toContain("+[profile ");
  expect(stdout).not.toContain("THE-KEY");
  const { status, stderr: said } = spawnSync("patch", ["--binary", configFile], { input: stdout });
  expect(status, String(said)).toBe(0);
  expect(text()).toContain(KEYS);
});

test("a diff shows no key in a line that itself changes", async () => {
  const { run, configFile, text } = await desk();
  writeFileSync(configFile, `${text()}\n${KEYS.trimEnd()}`);
  const { stdout } = await run("--dry-run");
  expect(stdout).toContain("+aws_secret_access_key = …");
  expect(stdout).not.toContain("THE-KEY");
});

test("a diff shows no key that goes on in the last line, which changes", async () => {
  const { run, configFile, text } = await desk();
  writeFileSync(configFile, `${text()}\n${KEYS.trimEnd()}\n\n\t# mine\n\tTHE-REST`);
  const { stdout } = await run("--dry-run");
  expect(stdout).toContain("+\t…\n");
  expect(stdout).not.toContain("THE-");
});

test("a profile with keys of the user's does not go, and no diff shows them", async () => {
  const { run, configFile, text } = await desk();
  await run();
  writeFileSync(
    configFile,
    text().replace("\nssox_managed", "\naws_secret_access_key = THE-KEY$&"),
  );
  const { stdout, stderr } = await run("--remove", "--dry-run");
  expect(stdout).toContain("-[profile ");
  expect(stdout).not.toContain("aws_secret_access_key");
  expect(stderr).toContain("1 conflict");
});

test("a diff for a terminal shows control characters, and no carriage returns", async () => {
  const { run, configFile, text } = await desk({ terminal: { interactive: true } });
  writeFileSync(configFile, `${text()}# \u001b[31m\r\n`);
  const { stdout } = await run("--dry-run");
  expect(stdout).toContain("# \\x1b[31m\n");
  expect(stdout).not.toContain("\u001b");
  expect(stdout).not.toContain("\r");
});

test("--dry-run without a change has nothing on stdout", async () => {
  const { run } = await desk();
  await run();
  expect((await run("--dry-run")).stdout).toBe("");
});

test("the flags choose roles, names and region", async () => {
  const { run, text } = await desk();
  await run(
    "--include",
    "*:Dev*",
    "--include",
    "*:Read*",
    "--exclude",
    "*:ReadOnly*",
    "--template",
    "{session}-{account_id}-{role_name|lower}",
    "--region",
    "eu-central-1",
  );
  const headers = text().match(/^\[profile .*/gm) ?? [];
  expect(headers.length).toBeGreaterThan(0);
  for (const header of headers) expect(header).toMatch(/^\[profile acme-\d{12}-dev\w+\]$/);
  expect(text().match(/^region = eu-central-1$/gm)).toHaveLength(headers.length);
});

test("hostile names of accounts reach neither the file nor the terminal", async () => {
  const hostile = madeUpOrganisation({ accounts: 60, roles: 11, hostileNames: true });
  const { run, text } = await desk({ lab: { organisation: hostile } });
  const { stdout, stderr } = await run();
  expect(stdout).toMatch(/^\d+ created, 0 updated, 0 unchanged\n$/);
  expect(stderr).toBe("");
  for (const line of text().split("\n")) {
    expect(line).toMatch(/^(\[(profile|sso-session) [\w./@-]+\]|[a-z_]+ = [\w+=,.@:/-]+|)$/);
  }
});

test.each([
  ["no region is named", ["--region", ""], {}, true],
  ["one is given", ["--region", "eu-west-1"], {}, false],
  ["the environment has one", [], { AWS_DEFAULT_REGION: "eu-west-1" }, false],
  ["nothing is written", ["--dry-run"], {}, false],
])("says at a terminal that new profiles have no region: %s", async (_, args, env, isSaid) => {
  const { context, run } = await desk({ terminal: { interactive: true } });
  Object.assign(context.env, env);
  const { stderr } = await run(...args);
  expect(stderr.includes("The new profiles have no region")).toBe(isSaid);
  expect((await run(...args)).stderr).not.toContain("The new profiles");
});
