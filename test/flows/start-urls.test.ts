import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { findSession, readAwsConfig } from "../../src/aws/config.ts";
import { type LoginInput, login } from "../../src/flows/login.ts";
import { roleCredentials } from "../../src/flows/role-credentials.ts";
import { userBrowser } from "../helpers/browser.ts";
import { type SceneOptions, sha1, startScene, temporaryHome } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";
import { NO_FLAGS } from "../helpers/login-input.ts";
import { asOrdinaryUser } from "../helpers/ordinary-user.ts";

const VANITY = "sso.example.com";
const REGIONAL = "https://ssoins-1.portal.eu-central-1.app.aws";

describe("a vanity start URL", () => {
  it.each(["device", "pkce"] as const)(
    "14 · is resolved for the wire, and stays what it is on the disk (%s)",
    async (flow) => {
      const { lab, vanityUrl, context, run, bodies, token } = await start();
      expect(await run({ flow })).toMatchObject({ signedIn: true, session: { name: "acme" } });
      expect(bodies("/client/register", "issuerUrl")).toEqual(
        flow === "pkce" ? [lab.startUrl] : [],
      );
      expect(bodies("/device_authorization", "startUrl")).toEqual(
        flow === "device" ? [lab.startUrl] : [],
      );
      expect(readdirSync(context.paths.tokenCache)).toEqual([`${sha1("acme")}.json`]);
      expect(token()).toMatchObject({ startUrl: vanityUrl, region: "us-east-1" });
      const requests = lab.requests.length;
      expect(await run({ flow })).toMatchObject({ signedIn: false });
      expect(lab.requests.length).toBe(requests);
    },
  );

  it("14 · of old-form profiles names the token file, every byte of it", async () => {
    const { vanityUrl, context, write, run } = await start();
    const startUrl = `${vanityUrl}#/`;
    write(`[profile dev]\nsso_start_url = ${startUrl}\nsso_region = eu-west-1\n`);
    expect(await run({ session: startUrl })).toMatchObject({ signedIn: true });
    expect(readdirSync(context.paths.tokenCache)).toEqual([`${sha1(startUrl)}.json`]);
  });

  it("keeps its registration from one sign-in to the next, unless it leads elsewhere", async () => {
    const { lab, relay, vanityUrl, run } = await start();
    await run({ flow: "device" });
    await run({ flow: "device", force: true });
    expect(requestsOf(lab, "RegisterClient")).toHaveLength(1);
    // The portal has moved: clients are registered in a region.
    relay.relaying = async ({ path: asked, body }, pass) => {
      if (vanityUrl.endsWith(asked)) return { status: 302, headers: { location: REGIONAL }, body };
      return asked === "/device_authorization" ? invalid("invalid_request") : await pass();
    };
    await expect(run({ flow: "device", force: true })).rejects.toMatchObject({
      code: "LoginDenied",
      message:
        "AWS in eu-central-1 refused the sign-in to acme (no such start URL): it may not know the start URL.",
    });
    expect(requestsOf(lab, "RegisterClient")).toHaveLength(2);
  });

  it("that leads to no access portal signs nobody in", async () => {
    const { lab, context, vanityUrl, write, run } = await start({ lab: { vanity: {} } });
    await expect(run()).rejects.toMatchObject({ code: "ConfigInvalid" });
    write(section("http://sso.example.com/"));
    await expect(run()).rejects.toMatchObject({
      code: "ConfigInvalid",
      message: expect.stringContaining("it is no https URL"),
    });
    write(section(vanityUrl.replace("127.0.0.1", "localhost")));
    await expect(run()).rejects.toMatchObject({ code: "ConfigInvalid" });
    expect(lab.requests.map(({ operation }) => operation)).toEqual(["Vanity"]);
    expect(readdirSync(context.paths.tokenCache)).toEqual([]);
  });
});

describe("the region", () => {
  it.each([
    ["of a regional start URL", () => REGIONAL],
    ["of the portal to which a vanity URL leads", (vanityUrl: string) => vanityUrl],
  ])("%s is that of the sign-in, and of the config file after it", async (_what, startUrl) => {
    const { context, vanityUrl, write, run, token, config } = await start({
      lab: { startUrl: REGIONAL },
    });
    const before = `# mine\r\n${section(startUrl(vanityUrl))}ssox_login_flow=device ; by hand\r\n[profile x]\nregion = us-east-1\n`;
    write(before);
    const { session } = await run();
    expect(session.region).toBe("eu-central-1");
    expect(token()["region"]).toBe("eu-central-1");
    expect(config()).toBe(before.replace("us-east-1", "eu-central-1"));
    expect(context.terminal.stderr).toContain(
      `sso_region of acme in ${context.paths.configFile} is now eu-central-1, as its start URL says.\n`,
    );
  });

  it("in the config file stays as it is when nobody signed in", async () => {
    const { write, run, config } = await start({ lab: { startUrl: REGIONAL, approve: "deny" } });
    write(section(REGIONAL));
    await expect(run()).rejects.toMatchObject({ code: "LoginDenied" });
    expect(config()).toBe(section(REGIONAL));
  });

  it("in the config file stays as it is where the start URL names none", async () => {
    const { context, config, run } = await start();
    const before = config();
    await run();
    expect(config()).toBe(before);
    expect(context.terminal.stderr).not.toContain("sso_region");
  });

  it("of old-form profiles is that of their start URL, whatever each of them says", async () => {
    const { write, run, config } = await start({ lab: { startUrl: REGIONAL } });
    const profile = (name: string, region: string) =>
      `[profile ${name}]\nsso_start_url = ${REGIONAL}\nsso_region = ${region}\n`;
    write(profile("a", "us-east-1") + profile("b", "eu-west-1"));
    expect(await run()).toMatchObject({ session: { name: REGIONAL, region: "eu-central-1" } });
    expect(config()).toBe(profile("a", "eu-central-1") + profile("b", "eu-central-1"));
  });

  it.each([
    ["its folder", ".."],
    ["it", ""],
  ])("of a token is where its calls go, also when %s is read-only", async (_what, place) => {
    const home = temporaryHome();
    const env = { AWS_CONFIG_FILE: path.join(home, "config", "aws") };
    const scene = await start({ lab: { startUrl: REGIONAL }, home, env });
    const { lab, relay, context, run, config } = scene;
    const before = config();
    await asOrdinaryUser(context.paths.home, async () => {
      const closed = path.join(context.paths.configFile, place);
      chmodSync(closed, 0o555);
      expect(await run()).toMatchObject({ signedIn: true });
      chmodSync(closed, 0o755);
    });
    expect(config()).toBe(before);
    expect(context.terminal.stderr).toMatch(
      /sso_region of acme in \S+ should be eu-central-1, and stays as it is: /,
    );
    const session = findSession(readAwsConfig(context.paths.configFile), "acme");
    expect(session.region).toBe("us-east-1");
    const accountId = lab.organisation.accounts[0]?.id ?? "";
    const target = { session, accountId, roleName: "DeveloperAccess" };
    relay.relaying = async () => "cut";
    const asked = roleCredentials(target, { maySignIn: "never" }, context);
    await expect(asked).rejects.toMatchObject({
      code: "NetworkError",
      message: expect.stringContaining("AWS in eu-central-1"),
    });
  });
});

describe("login --start-url", () => {
  it("is refused where the config file is read-only, before anything is asked", async () => {
    const { lab, context, run, config } = await start({ lab: { startUrl: REGIONAL } });
    const { configFile } = context.paths;
    const before = config();
    await asOrdinaryUser(context.paths.home, async () => {
      chmodSync(configFile, 0o444);
      const startUrl = lab.startUrl;
      await expect(run({ session: "new", startUrl })).rejects.toMatchObject({
        code: "WriteFailed",
        hint: `chmod u+rwX ${configFile}`,
      });
    });
    expect([config(), lab.requests]).toEqual([before, []]);
  });

  it("takes the region that the URL names", async () => {
    const { lab, run, config } = await start({ lab: { startUrl: REGIONAL } });
    await run({ session: "new", startUrl: lab.startUrl });
    expect(config()).toContain(
      `[sso-session new]\nsso_start_url = ${REGIONAL}\nsso_region = eu-central-1\n`,
    );
  });

  it("takes the region of the portal to which a vanity URL leads", async () => {
    const { vanityUrl, run, config } = await start({ lab: { startUrl: REGIONAL } });
    await run({ session: "new", startUrl: vanityUrl });
    expect(config()).toContain(
      `[sso-session new]\nsso_start_url = ${vanityUrl}\nsso_region = eu-central-1\n`,
    );
  });

  it("says so when it takes another region than the given one", async () => {
    const { context, run, config } = await start({ lab: { startUrl: REGIONAL } });
    await run({ session: "new", startUrl: REGIONAL, ssoRegion: "eu-west-1" });
    expect(context.terminal.stderr).toContain(
      "The start URL is one of eu-central-1: that is used, not eu-west-1.\n",
    );
    expect(config()).toContain("sso_region = eu-central-1\n");
  });

  it.each([
    [
      "the region cannot be told",
      { startUrl: "https://d-1234567890.awsapps.com/start" },
      "--sso-region eu-west-1",
    ],
    ["the region is none", { startUrl: REGIONAL, ssoRegion: "x/../y" }, "--sso-region eu-west-1"],
    [
      "it is plain http",
      { startUrl: "http://sso.example.com/" },
      "--start-url https://d-1234567890.awsapps.com/start",
    ],
  ])("writes nothing when %s", async (_what, input, hint) => {
    const { lab, run, config } = await start();
    const before = config();
    await expect(run({ session: "new", ...input })).rejects.toMatchObject({ code: "Usage", hint });
    expect(config()).toBe(before);
    expect(lab.requests).toEqual([]);
  });
});

describe("a wrong sso_region", () => {
  const hint = (startUrl: string) =>
    `ssox login --session acme --start-url ${startUrl} --sso-region REGION`;
  const likely = (why: string) =>
    `AWS in us-east-1 refused the sign-in to acme (${why}): most likely that is not the region of this Identity Center.`;

  it.each([
    ["StartDeviceAuthorization", "device", "/device_authorization", "invalid_request"],
    ["StartDeviceAuthorization", "device", "/device_authorization", "invalid_grant"],
    ["CreateToken", "device", "/token", "invalid_grant"],
    ["RegisterClient", "pkce", "/client/register", "invalid_request"],
  ] as const)("is named when %s fails (%s, %s: %s)", async (_operation, flow, asked, error) => {
    const { relay, vanityUrl, run } = await start();
    relay.relaying = async (request, pass) =>
      request.path === asked ? invalid(error) : await pass();
    await expect(run({ flow })).rejects.toMatchObject({
      code: "LoginDenied",
      message: likely("no such start URL"),
      hint: hint(vanityUrl),
    });
  });

  it("is not named for a code that the service does not take: it has given it in that region", async () => {
    const { relay, run } = await start();
    relay.relaying = async (request, pass) =>
      request.path === "/token" ? invalid("invalid_grant") : await pass();
    await expect(run({ flow: "pkce" })).rejects.toMatchObject({
      code: "LoginDenied",
      message: "The sign-in to acme was refused: no such start URL.",
    });
  });

  it("is named when the browser comes back with invalid_grant", async () => {
    const browser = userBrowser();
    const { run } = await start({
      browser: {
        ...browser,
        open(url) {
          const query = new URL(url).searchParams;
          const back = `${query.get("redirect_uri")}?error=invalid_grant&state=${query.get("state")}`;
          return browser.open(back);
        },
      },
    });
    await expect(run({ flow: "pkce" })).rejects.toMatchObject({ message: likely("invalid_grant") });
  });

  it.each(["device", "pkce"] as const)(
    "is named after a minute in which only the browser said so (%s)",
    async (flow) => {
      const browser = userBrowser();
      const { lab, relay, clock, context, vanityUrl, begin } = await start({
        lab: { approve: "page", region: "eu-central-1" },
        browser,
      });
      relay.host = "oidc.us-east-1.amazonaws.com";
      const waiting = expect(begin({ flow, timeoutSeconds: 90 })).rejects.toMatchObject({
        code: "LoginTimeout",
      });
      await vi.waitFor(() => expect(browser.opened).toHaveLength(1), { timeout: 20_000 });
      expect(await browser.page()).toContain(
        flow === "device" ? "invalid_grant" : "invalid_request",
      );
      await clock.advance(59_000);
      expect(context.terminal.stderr).not.toContain("Still waiting");
      await clock.advance(2_000);
      expect(context.terminal.stderr).toContain(
        `Still waiting. If the page says invalid_grant or invalid_request, us-east-1 is most likely not the region of this Identity Center: ${hint(vanityUrl)}\n`,
      );
      await clock.run(waiting);
      expect(context.terminal.stderr.split("Still waiting")).toHaveLength(2);
      expect(requestsOf(lab, "CreateToken").every(({ status }) => status === 400)).toBe(true);
    },
  );

  it("is not named where the start URL itself names the region", async () => {
    const { context, write, run } = await start({
      lab: { startUrl: REGIONAL, approve: "never" },
    });
    write(section(REGIONAL));
    await expect(run({ flow: "device" })).rejects.toMatchObject({
      code: "LoginTimeout",
    });
    expect(context.terminal.stderr).not.toContain("Still waiting");
  });
});

function section(startUrl: string): string {
  return `[sso-session acme]\nsso_start_url = ${startUrl}\nsso_region = us-east-1\n`;
}

function invalid(error: string) {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ error, error_description: "no such start URL" });
  return { status: 400, headers, body };
}

/** A lab with a vanity name, and a session `acme` of it, by the relay's address and in a wrong region. */
async function start({ lab = {}, ...options }: SceneOptions = {}) {
  const vanity = { [VANITY]: lab.startUrl ?? "https://d-1234567890.awsapps.com/start" };
  const scene = await startScene({
    browser: userBrowser(),
    ...options,
    lab: { vanity, wrongRequests: true, ...lab },
  });
  const { relay, context, clock } = scene;
  const { configFile, tokenCache } = context.paths;
  const sent: { path: string; body: Record<string, unknown> }[] = [];
  relay.relaying = async ({ path: asked, body }, pass) => {
    if (body.startsWith("{")) sent.push({ path: asked, body: JSON.parse(body) });
    return await pass();
  };
  const vanityUrl = `${relay.url}/vanity/${VANITY}`;
  const write = (text: string) => writeFileSync(configFile, text);
  write(section(vanityUrl));
  const begin = (input: Partial<LoginInput>) => login({ ...NO_FLAGS, ...input }, context);
  return {
    ...scene,
    vanityUrl,
    write,
    config: () => readFileSync(configFile, "utf8"),
    begin,
    run: (input: Partial<LoginInput> = {}) => clock.run(begin(input)),
    bodies: (asked: string, member: string) =>
      sent.flatMap(({ path: to, body }) => (to === asked && member in body ? [body[member]] : [])),
    token: (): Record<string, unknown> =>
      existsSync(tokenCache)
        ? JSON.parse(readFileSync(path.join(tokenCache, readdirSync(tokenCache)[0] ?? ""), "utf8"))
        : {},
  };
}
