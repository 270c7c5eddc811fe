import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type LoginInput, login } from "../../src/flows/login.ts";
import { withLock } from "../../src/system/files/lock.ts";
import { forbiddenBrowser, userBrowser } from "../helpers/browser.ts";
import { filesBelow, type SceneOptions, signInAsAwsCli, startScene } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";
import { NO_FLAGS } from "../helpers/login-input.ts";

describe("login", () => {
  it("says that it waits for the program that writes the config file", async () => {
    const { lab, context, run } = await start({ browser: userBrowser() });
    let waiting: Promise<unknown> = Promise.resolve();
    await withLock(`${context.paths.configFile}.lock`, {}, async () => {
      const { startUrl } = lab;
      waiting = run({ session: "new", flow: "pkce", startUrl, ssoRegion: "eu-west-1" });
      await vi.waitFor(
        () => expect(context.terminal.stderr).toContain("Waiting for another program to write"),
        { timeout: 8_000 },
      );
    });
    expect(await waiting).toMatchObject({ signedIn: true });
  }, 15_000);

  it("needs no sign-in while the token is valid", async () => {
    const { lab, context, run } = await start();
    await signInAsAwsCli(lab, context);
    const requests = lab.requests.length;
    expect(await run()).toMatchObject({ signedIn: false });
    expect(lab.requests.length).toBe(requests);
  });

  it("needs no sign-in while the token can be refreshed", async () => {
    const { lab, clock, context, run } = await start();
    await signInAsAwsCli(lab, context);
    await clock.advance(2 * 3_600_000);
    expect(await run()).toMatchObject({ signedIn: false });
    expect(requestsOf(lab, "StartDeviceAuthorization")).toHaveLength(1);
  });

  it("signs in when there is no token", async () => {
    const { context, run } = await start({ browser: userBrowser() });
    expect(await run()).toMatchObject({ signedIn: true, session: { name: "acme" } });
    expect(context.browser.opened).toHaveLength(1);
  });

  it("signs in although the service refuses to refresh at all", async () => {
    const { lab, clock, relay, context, run } = await start({ browser: userBrowser() });
    await signInAsAwsCli(lab, context);
    await clock.advance(2 * 3_600_000);
    relay.relaying = async ({ body }, pass) => {
      const headers = { "content-type": "application/json" };
      const refused = { status: 400, headers, body: '{"error":"invalid_request"}' };
      return body.includes("refresh_token") && body.includes("refreshToken")
        ? refused
        : await pass();
    };
    expect(await run()).toMatchObject({ signedIn: true });
  });

  it("starts no sign-in in CI unless a flow is given, and opens no browser there", async () => {
    const ci = { env: { CI: "true" }, terminal: { noInput: true }, browser: forbiddenBrowser() };
    const { lab, clock, run } = await start(ci);
    await expect(run()).rejects.toMatchObject({
      code: "LoginRequired",
      hint: "ssox login --session acme --flow device",
    });
    expect(lab.requests).toEqual([]);
    expect(await clock.run(run({ flow: "auto" }))).toMatchObject({ signedIn: true });
    expect(requestsOf(lab, "StartDeviceAuthorization")).toHaveLength(1);
  });

  it.each(["false", "0"])("takes CI=%s for no CI", async (CI) => {
    const { run } = await start({ env: { CI }, browser: userBrowser() });
    expect(await run()).toMatchObject({ signedIn: true });
  });

  it("takes a token that is good in CI, too", async () => {
    const { lab, context, run } = await start({ env: { CI: "1" }, terminal: { noInput: true } });
    await signInAsAwsCli(lab, context);
    expect(await run()).toMatchObject({ signedIn: false });
  });

  it("writes the session that start URL and region name", async () => {
    const { lab, context, run } = await start({ browser: userBrowser() });
    const before = readFileSync(context.paths.configFile, "utf8");
    const startUrl = `${lab.startUrl}/#/`;
    const found = await run({ startUrl, ssoRegion: "eu-central-1" });
    expect(found.session).toMatchObject({
      name: "d-1234567890",
      startUrl,
      region: "eu-central-1",
    });
    const after = readFileSync(context.paths.configFile, "utf8");
    expect(after.startsWith(before)).toBe(true);
    expect(after).toContain("[sso-session d-1234567890]");
    expect(JSON.parse(readFileSync(tokenFileIn(context), "utf8"))).toMatchObject({ startUrl });
  });

  it("leaves the config file alone when start URL or region make no sense", async () => {
    const { lab, context, run } = await start();
    const before = filesBelow(path.dirname(context.paths.configFile));
    for (const wrong of [
      { startUrl: "http://example.com/start", ssoRegion: "eu-west-1" },
      { startUrl: lab.startUrl, ssoRegion: "eu-west-1/../x" },
    ]) {
      await expect(run(wrong)).rejects.toMatchObject({ code: "Usage" });
    }
    expect(filesBelow(path.dirname(context.paths.configFile))).toEqual(before);
  });

  it("needs the session's name where there are two, and asks at a terminal", async () => {
    const two = (startUrl: string) =>
      ["acme", "beta"]
        .map(
          (name) => `[sso-session ${name}]\nsso_start_url = ${startUrl}\nsso_region = eu-west-1\n`,
        )
        .join("");
    const quiet = await start();
    writeFileSync(quiet.context.paths.configFile, two(quiet.lab.startUrl));
    await expect(quiet.run()).rejects.toMatchObject({ code: "Usage", hint: "--session acme" });
    await expect(quiet.run({ session: "gamma" })).rejects.toMatchObject({ code: "UnknownSession" });
    const asked = await start({
      terminal: { interactive: true, answers: ["beta"] },
      browser: userBrowser(),
    });
    writeFileSync(asked.context.paths.configFile, two(asked.lab.startUrl));
    expect(await asked.run()).toMatchObject({ session: { name: "beta" } });
  });
});

async function start(options: SceneOptions = {}) {
  const place = await startScene(options);
  return {
    ...place,
    run: (input: Partial<LoginInput> = {}) => login({ ...NO_FLAGS, ...input }, place.context),
  };
}

function tokenFileIn({ paths }: Awaited<ReturnType<typeof startScene>>["context"]): string {
  const [name = ""] = Object.keys(filesBelow(paths.tokenCache));
  return path.join(paths.tokenCache, name);
}
