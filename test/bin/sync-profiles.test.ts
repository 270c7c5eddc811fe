import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { keepInventory } from "../../src/state/inventory-cache.ts";
import { systemClock } from "../../src/system/clock.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import { homeEnvironment, temporaryHome } from "../helpers/context.ts";
import { runSsox } from "../helpers/program.ts";

const START_URL = "https://acme.awsapps.com/start";

function start() {
  const env = homeEnvironment(temporaryHome());
  const paths = resolvePaths(env);
  mkdirSync(path.dirname(paths.configFile));
  const acme = `[sso-session acme]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n`;
  writeFileSync(paths.configFile, acme);
  const account = { id: "111111111111", name: "sandbox", email: undefined, roles: ["Dev"] };
  const session = { name: "acme", startUrl: START_URL };
  const inventory = { accounts: [account] };
  const kept = { inventory, listedAt: systemClock.now(), failed: [], signIn: undefined };
  keepInventory(paths.cache, session, kept);
  const run = (...words: string[]) => runSsox(["sync-profiles", ...words], { env });
  return { env, file: paths.configFile, run };
}

it("--check ends with 7 for drift, and with 0 once it is written", async () => {
  const { run } = start();
  expect(await run("--cached", "--check")).toMatchObject({ status: 7, stderr: "" });
  const end = await run("--cached", "--check", "--json");
  expect([end.status, JSON.parse(end.stdout).created]).toEqual([7, ["sandbox.Dev"]]);
  expect(await run("--cached")).toMatchObject({ status: 0, stderr: "" });
  expect(await run("--cached", "--check")).toMatchObject({ status: 0, stderr: "" });
});

it("--undo ends with 6 where an edit would be lost, with 2 where nothing is left to take back", async () => {
  const { file, run } = start();
  await run("--cached");
  const written = readFileSync(file, "utf8");
  writeFileSync(file, `${written}output = json\n`);
  const end = await run("--undo", "--json");
  expect([end.status, JSON.parse(end.stdout).error.code]).toEqual([6, "ConfigInvalid"]);
  writeFileSync(file, written);
  expect(await run("--undo")).toMatchObject({ status: 0, stderr: "" });
  expect(await run("--undo")).toMatchObject({ status: 2, stdout: "" });
});

it("a diff has colours where they are forced, and none in a pipe", async () => {
  const { env, run } = start();
  expect((await run("--cached", "--dry-run")).stdout).not.toContain("\u001b[");
  const forced = { env: { ...env, FORCE_COLOR: "1" } };
  const { stdout } = await runSsox(["sync-profiles", "--cached", "--dry-run"], forced);
  expect(stdout).toContain("\u001b[32m+[profile sandbox.Dev]\u001b[39m");
});
