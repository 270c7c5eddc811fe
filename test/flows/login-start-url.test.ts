import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type LoginInput, login } from "../../src/flows/login.ts";
import { main } from "../../src/main.ts";
import {
  filesBelow,
  type SceneOptions,
  sha1,
  startScene,
  temporaryHome,
} from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";
import { NO_FLAGS } from "../helpers/login-input.ts";
import { asOrdinaryUser } from "../helpers/ordinary-user.ts";
import { root } from "../helpers/program.ts";

describe("login --start-url leaves the config file as it is", () => {
  it.each([
    ["a session that is there", "acme"],
    ["a new one", "new"],
  ])("when the start URL of %s is mistyped", async (_which, session) => {
    const { begin, clock, expectUntouched } = await start({ lab: { wrongRequests: true } });
    const startUrl = "https://d-typo.awsapps.com/start";
    await expect(clock.run(begin({ session, startUrl }))).rejects.toMatchObject({
      code: "LoginDenied",
    });
    expectUntouched();
  });

  it("when nobody allows the sign-in", async () => {
    const { begin, clock, expectUntouched } = await start({ lab: { approve: "deny" } });
    await expect(clock.run(begin({ session: "new" }))).rejects.toMatchObject({
      code: "LoginDenied",
    });
    expectUntouched();
  });

  it("when no sign-in is started in CI", async () => {
    const { lab, context, expectUntouched } = await start({ env: { CI: "1" } });
    const words = ["login", "--session", "new", "--start-url", lab.startUrl];
    expect(await main([...words, "--sso-region", "eu-west-1"], root, context)).toBe(3);
    expectUntouched();
    expect(lab.requests).toEqual([]);
    expect(context.terminal.stderr).toContain(
      `→ ssox login --session new --start-url ${lab.startUrl} --sso-region eu-west-1 --flow device`,
    );
  });
});

describe("login --start-url, where the config file cannot be written,", () => {
  const home = () => {
    const folder = temporaryHome();
    return { home: folder, env: { AWS_CONFIG_FILE: path.join(folder, "config", "aws") } };
  };

  it("says so before anybody signs in", async () => {
    const { lab, context, begin, expectUntouched } = await start(home());
    await asOrdinaryUser(context.paths.home, async () => {
      const folder = path.dirname(context.paths.configFile);
      chmodSync(folder, 0o555);
      await expect(begin({ session: "new" })).rejects.toMatchObject({ code: "WriteFailed" });
      chmodSync(folder, 0o755);
    });
    expectUntouched();
    expect(lab.requests).toEqual([]);
  });

  it("says so after the sign-in where it was writable before, and keeps the token", async () => {
    const { clock, relay, context, begin } = await start(home());
    const folder = path.dirname(context.paths.configFile);
    relay.relaying = async ({ path: asked }, pass) => {
      if (asked === "/token") chmodSync(folder, 0o555);
      return await pass();
    };
    await asOrdinaryUser(context.paths.home, async () => {
      await expect(clock.run(begin({ session: "new" }))).rejects.toMatchObject({
        code: "WriteFailed",
        message: expect.stringContaining("You are signed in to new, but its section"),
      });
      chmodSync(folder, 0o755);
      expect(readdirSync(context.paths.tokenCache)).toEqual([`${sha1("new")}.json`]);
      expect(await begin({ session: "new" })).toMatchObject({ signedIn: false });
    });
    expect(readFileSync(context.paths.configFile, "utf8")).toContain("[sso-session new]");
  });
});

it("login --start-url amends what the file holds when the sign-in is done", async () => {
  const { clock, lab, relay, context, begin } = await start();
  const { configFile } = context.paths;
  const written = `# another program's\n[sso-session new]\nsso_start_url = https://old.example.com\nssox_browser = firefox\n`;
  relay.relaying = async ({ path: asked }, pass) => {
    if (asked === "/token") writeFileSync(configFile, written);
    return await pass();
  };
  expect(await clock.run(begin({ session: "new" }))).toMatchObject({ signedIn: true });
  expect(readFileSync(configFile, "utf8")).toBe(
    `${written.replace("https://old.example.com", lab.startUrl)}sso_region = eu-west-1\n`,
  );
  expect(requestsOf(lab, "CreateToken")).toHaveLength(1);
});

async function start(options: SceneOptions = {}) {
  const scene = await startScene(options);
  const { context, lab } = scene;
  const { configFile } = context.paths;
  const before = { text: readFileSync(configFile, "utf8"), files: filesOf(configFile) };
  const input: LoginInput = {
    ...NO_FLAGS,
    startUrl: lab.startUrl,
    ssoRegion: "eu-west-1",
    flow: "device",
    noBrowser: true,
  };
  return {
    ...scene,
    begin: (given: Partial<LoginInput>) => login({ ...input, ...given }, context),
    expectUntouched() {
      expect(readFileSync(configFile, "utf8")).toBe(before.text);
      expect(filesOf(configFile)).toEqual(before.files);
    },
  };
}

/** The config file, and what may lie beside it. */
function filesOf(configFile: string): object {
  const files = Object.entries(filesBelow(path.dirname(configFile)));
  return Object.fromEntries(files.filter(([name]) => /^\.?config/.test(name)));
}
