import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, type TestContext, test, vi } from "vitest";
import { openTab, type Tab } from "../helpers/chromium.ts";
import { startConnectProxy } from "../helpers/connect-proxy.ts";
import { homeEnvironment, temporaryHome } from "../helpers/context.ts";
import { awsConfigFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { ended, node, runSsox, spawnSsox } from "../helpers/program.ts";
import { headingOf } from "./keyboard.ts";

/*
 * ssox starts a browser, and Chromium goes where it was told, through a proxy
 * behind which the lab answers for AWS: portal and sign-in have AWS's own names.
 */

const ACCOUNT = "105992674944";

test("a shortcut link leads to the console of that account, role and page", async (context) => {
  const { env, lab, opened, tab } = await start(context);
  const words = ["console", "dev", "--service", "logs"];
  expect((await runSsox(words, { env })).status).toBe(0);
  const [url = ""] = await opened();
  // The portal's page leads on by itself.
  await tab.leaving(() => tab.goto(url));
  await expect.poll(() => headingOf(tab)).toBe("Console");
  const entries = await entriesOf(tab);
  expect(entries).toMatchObject({ Role: "ReadOnlyAccess", User: "ada@example.com" });
  expect(entries["Account"]).toContain(ACCOUNT);
  expect(entries["Destination"]).toBe(
    "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups",
  );
  expect(tab.complaints).toEqual([]);
  expect(requestsOf(lab, "GetRoleCredentials")).toEqual([]);
});

describe("a federated sign-in", () => {
  test.for([
    ["dev", "/ada@example.com"],
    ["chain", ":assumed-role/Gate/"],
  ] as const)("of %s leads to its console", async ([profile, arn], context) => {
    const { env, opened, tab } = await start(context);
    const login = await runSsox(["login", "--flow", "device", "--no-browser"], { env });
    expect(login.status, login.stderr).toBe(0);
    const child = spawnSsox(["console", profile, "--federation", "--service", "s3"], { env });
    let told = "";
    child.stderr.on("data", (chunk) => {
      told += chunk;
    });
    const [url = ""] = await opened();
    await tab.goto(url);
    await ended(child);
    expect(child.exitCode, told).toBe(0);
    expect(await headingOf(tab)).toBe("Console");
    const entries = await entriesOf(tab);
    expect(entries["Signed in as"]).toContain(arn);
    expect(entries["Destination"]).toBe(
      "https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1",
    );
    expect(tab.complaints).toEqual([]);
    expect(await tab.evaluate("document.referrer")).toBe("");
    expect(tab.requested.find((one) => one.includes("SigninToken="))).toMatch(
      /^https:\/\/eu-west-1\.signin\.aws\.amazon\.com\/federation\?Action=login&/,
    );
  });
});

/** What a page's list of terms says. */
async function entriesOf(tab: Tab): Promise<Record<string, string>> {
  const script = `JSON.stringify(Object.fromEntries(
    [...document.querySelectorAll("dt")].map((dt) => [dt.innerText, dt.nextElementSibling.innerText])))`;
  return JSON.parse(String(await tab.evaluate(script)));
}

async function start(context: TestContext) {
  const lab = await startTestLab();
  const proxy = await startConnectProxy(lab);
  const home = temporaryHome();
  const config = path.join(home, ".aws", "config");
  mkdirSync(path.dirname(config));
  const dev = { name: "dev", accountId: ACCOUNT, roleName: "ReadOnlyAccess" };
  writeFileSync(config, awsConfigFor(lab, [dev]));
  appendFileSync(
    config,
    `[profile chain]\nrole_arn = arn:aws:iam::${ACCOUNT}:role/Gate\nsource_profile = dev\nregion = eu-west-1\n`,
  );
  const record = path.join(home, "opened");
  const script = "fs.appendFileSync(process.argv[1], process.argv[2] + String.fromCharCode(10))";
  const BROWSER = `${node()} -e '${script}' ${record} %s`;
  const opened = async () =>
    await vi.waitFor(
      () => {
        expect(existsSync(record)).toBe(true);
        return readFileSync(record, "utf8").trim().split("\n");
      },
      { timeout: 30_000 },
    );
  const tab = await openTab(context, { proxy });
  return { lab, tab, opened, env: { ...homeEnvironment(home), ...proxy.environment, BROWSER } };
}
