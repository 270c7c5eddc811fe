import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, type TestContext, test, vi } from "vitest";
import { homeEnvironment, temporaryHome } from "../helpers/context.ts";
import { firefoxHome } from "../helpers/firefox.ts";
import { awsConfigFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { runSsox } from "../helpers/program.ts";

/*
 * ssox starts a real Firefox, in which an extension of the tests stands for
 * "Open external links in a container".
 */

const ACCOUNT = "105992674944";
const HOSTILE = "a&url=https://evil.example%20%41+;ü$(id)<b>☃";
const CONTAINER = expect.stringMatching(/^firefox-container-\d+$/);
const PATIENCE = { timeout: 60_000, interval: 100 };

test("each console has a container of its own, by one start of Firefox", async (context) => {
  const { env, seen } = await start(context);
  const words = ["console", "dev", HOSTILE, "--in", "firefox-container"];
  const { status, stderr } = await runSsox(words, { env });
  expect(status, stderr).toBe(0);
  await vi.waitFor(() => expect(seen).toHaveLength(2), PATIENCE);
  const url = `https://d-1234567890.awsapps.com/start/#/console?account_id=${ACCOUNT}&role_name=ReadOnlyAccess`;
  expect(seen).toContainEqual({ name: "dev", url, store: CONTAINER });
  expect(seen).toContainEqual({ name: HOSTILE, url, store: CONTAINER });
  const [first, second] = seen;
  expect(first).not.toMatchObject({ store: second && "store" in second && second.store });
});

test("a federated console opens in its container, by way of this machine", async (context) => {
  const { env, lab, seen } = await start(context);
  const login = await runSsox(["login", "--flow", "device", "--no-browser"], { env });
  expect(login.status, login.stderr).toBe(0);
  const words = ["console", HOSTILE, "--in", "firefox-container", "--federation"];
  const { status, stderr } = await runSsox(words, { env, timeout: 60_000 });
  expect(status, stderr).toBe(0);
  await vi.waitFor(() => expect(seen).toHaveLength(2), PATIENCE);
  const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
  expect(seen).toContainEqual({ name: HOSTILE, url, store: CONTAINER });
  expect(seen).toContainEqual({
    title: expect.stringContaining("Console"),
    text: expect.stringContaining("/ada@example.com"),
  });
  expect(requestsOf(lab, "FederatedLogin")).toHaveLength(1);
});

test("several federated consoles open, each in its container, where Firefox was closed", async (context) => {
  const { env, lab, seen } = await start(context);
  const login = await runSsox(["login", "--flow", "device", "--no-browser"], { env });
  expect(login.status, login.stderr).toBe(0);
  const words = ["console", "dev", HOSTILE, "third", "--in", "firefox-container", "--federation"];
  const { status, stderr } = await runSsox(words, { env, timeout: 60_000 });
  expect(status, stderr).toBe(0);
  await vi.waitFor(() => expect(seen).toHaveLength(6), PATIENCE);
  const links = seen.filter((one) => "name" in one);
  expect(links.map(({ name }) => name).sort()).toEqual([HOSTILE, "dev", "third"]);
  expect(new Set(links.map(({ store }) => store)).size).toBe(3);
  expect(requestsOf(lab, "FederatedLogin")).toHaveLength(3);
});

test("a sign-in by browser ends with a page that says so", async (context) => {
  const { env, seen } = await start(context);
  const withBrowser = { ...env, BROWSER: "firefox-esr" };
  const login = await runSsox(["login"], { env: withBrowser, timeout: 60_000 });
  expect(login.status, login.stderr).toBe(0);
  await vi.waitFor(() => expect(seen).toHaveLength(1), PATIENCE);
  const text = "Signed in\n\nYou are signed in to acme. You can close this tab.";
  expect(seen).toEqual([{ title: "Signed in · ssox", text }]);
});

async function start(context: TestContext) {
  const home = temporaryHome();
  const { environment, seen } = await firefoxHome(home, context);
  const lab = await startTestLab();
  const role = { accountId: ACCOUNT, roleName: "ReadOnlyAccess" };
  const config = path.join(home, ".aws", "config");
  mkdirSync(path.dirname(config));
  const names = ["dev", HOSTILE, "third"];
  writeFileSync(
    config,
    awsConfigFor(
      lab,
      names.map((name) => ({ ...role, name })),
    ),
  );
  return { lab, seen, env: { ...homeEnvironment(home, lab), ...environment } };
}
