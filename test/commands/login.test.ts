import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { userBrowser } from "../helpers/browser.ts";
import { startScene, timestamp } from "../helpers/context.ts";
import { root } from "../helpers/program.ts";

it("prints what it did as one document", async () => {
  const { lab, clock, context } = await startScene({ browser: userBrowser() });
  const document = {
    session: "acme",
    startUrl: lab.startUrl,
    region: "eu-west-1",
    expiresAt: timestamp(clock.now() + 3_600_000),
  };
  expect(await main(["login", "--json"], root, context)).toBe(0);
  expect(JSON.parse(context.terminal.stdout)).toEqual({ ...document, signedIn: true });
  const first = context.terminal.stdout.length;
  expect(await main(["login", "--json"], root, context)).toBe(0);
  expect(JSON.parse(context.terminal.stdout.slice(first))).toEqual({
    ...document,
    signedIn: false,
  });
});

it("tells people in one line", async () => {
  const { context } = await startScene({ browser: userBrowser() });
  expect(await main(["login"], root, context)).toBe(0);
  expect(context.terminal.stdout).toMatch(
    /^Signed in to acme \(token until .+, renewed as needed\)\.\n$/,
  );
  expect(await main(["login"], root, context)).toBe(0);
  expect(context.terminal.stdout).toMatch(/\nAlready signed in to acme .+\n$/);
});

it("ends with 3 when the user refuses", async () => {
  const { context } = await startScene({ browser: userBrowser(), lab: { approve: "deny" } });
  expect(await main(["login", "--json"], root, context)).toBe(3);
  expect(JSON.parse(context.terminal.stdout)).toMatchObject({ error: { code: "LoginDenied" } });
});

it("hands its flags on", async () => {
  const { clock, context } = await startScene({ lab: { approve: "never" } });
  const words = [
    "login",
    "--flow",
    "device",
    "--no-browser",
    "--timeout",
    "7",
    "--session",
    "acme",
  ];
  const begun = clock.now();
  expect(await clock.run(main(words, root, context))).toBe(3);
  expect(clock.now() - begun).toBe(7_000);
  expect(context.terminal.stderr).toContain("LoginTimeout");
});

it("what is wrong with a setting of an endpoint is told once", async () => {
  const env = { AWS_ENDPOINT_URL_SSO_OIDC: "http://a.example" };
  const { context } = await startScene({ env });
  for (const words of [["login"], ["login", "--all"]]) {
    const told = context.terminal.stderr.length;
    expect(await main(words, root, context)).toBe(2);
    expect(context.terminal.stderr.slice(told).match(/is not an https URL/g)).toHaveLength(1);
  }
});

it("nor is it held back where a good token needs no call", async () => {
  const scene = await startScene({ browser: userBrowser() });
  expect(await main(["login"], root, scene.context)).toBe(0);
  const env = { ...scene.context.env, AWS_ENDPOINT_URL_SSO_OIDC: "http://a.example" };
  const context = { ...scene.context, env };
  for (const words of [["login"], ["login", "--all"], ["status"]]) {
    const told = context.terminal.stderr.length;
    expect(await main(words, root, context)).toBe(0);
    expect(scene.context.terminal.stderr.slice(told)).toMatch(/is not an https URL/);
  }
});

it("--all without any session says how to make one, as a plain login does", async () => {
  const { context } = await startScene();
  writeFileSync(context.paths.configFile, "");
  expect(await main(["login", "--all", "--json"], root, context)).toBe(2);
  const hint = "ssox login --start-url URL --sso-region REGION";
  expect(JSON.parse(context.terminal.stdout)).toMatchObject({
    error: { code: "UnknownSession", hint },
  });
});

it("--all signs in to every session, and one that fails keeps no other from it", async () => {
  const { lab, context } = await startScene({
    browser: userBrowser(),
    lab: { wrongRequests: true },
  });
  const { configFile } = context.paths;
  const section = (name: string, startUrl: string) =>
    `[sso-session ${name}]\nsso_start_url = ${startUrl}\nsso_region = eu-west-1\n`;
  writeFileSync(configFile, section("acme", lab.startUrl) + section("beta", lab.startUrl));
  expect(await main(["login", "--all", "--json"], root, context)).toBe(0);
  const both = JSON.parse(context.terminal.stdout);
  expect(both).toMatchObject([
    { session: "acme", signedIn: true },
    { session: "beta", signedIn: true },
  ]);

  const printed = context.terminal.stdout.length;
  const wrong = "https://d-0000000000.awsapps.com/start";
  writeFileSync(configFile, section("acme", lab.startUrl) + section("gone", wrong));
  const words = ["login", "--all", "--flow", "device", "--json"];
  expect(await main(words, root, context)).toBe(8);
  expect(JSON.parse(context.terminal.stdout.slice(printed))).toMatchObject({
    items: [{ session: "acme", signedIn: false }],
    failed: [{ session: "gone", code: "LoginDenied" }],
  });
  expect(context.terminal.stderr).toContain("gone: ");
});

it.each(["d-1234567890", "d-1234567890.awsapps.com", "https://d-1234567890.awsapps.com/"])(
  "takes %s for the start URL that is meant",
  async (typed) => {
    const { lab, context } = await startScene({ browser: userBrowser() });
    const words = ["login", "--session", "new", "--start-url", typed, "--sso-region", "eu-west-1"];
    expect(await main(words, root, context)).toBe(0);
    const { configFile } = context.paths;
    expect(readFileSync(configFile, "utf8")).toContain(
      `[sso-session new]\nsso_start_url = ${lab.startUrl}\n`,
    );
    expect(context.terminal.stderr).toContain(`--start-url is taken as ${lab.startUrl}\n`);
  },
);
