import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, get } from "node:http";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { findSession, readAwsConfig } from "../../src/aws/config.ts";
import { roleCacheFile } from "../../src/aws/role-cache.ts";
import { signIn } from "../../src/flows/sign-in.ts";
import type { SignInOptions } from "../../src/flows/sign-in-attempt.ts";
import type { Lab } from "../../src/lab/lab.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import { forbiddenBrowser, type TestBrowser, userBrowser } from "../helpers/browser.ts";
import { FakeClock } from "../helpers/clock.ts";
import {
  filesBelow,
  type Relay,
  sha1,
  startRelay,
  type TestContextOptions,
  testContext,
  timestamp,
} from "../helpers/context.ts";
import { awsConfigFor, requestsOf, startTestLab } from "../helpers/lab.ts";

const HOUR = 3_600_000;
const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

describe("the device flow", () => {
  const device = { flow: "device", noBrowser: true } as const;

  it("9 · shows URL and code, polls as often as it is told to, and keeps the token", async () => {
    const { lab, relay, clock, context, sign } = await start({ approve: "page", pollInterval: 5 });
    const signing = sign(device);
    for (const seen of [0, 1]) {
      await until(() => clock.sleeping === 1 && requestsOf(lab, "CreateToken").length === seen);
      await clock.advance(5_000);
    }
    await until(() => clock.sleeping === 1 && requestsOf(lab, "CreateToken").length === 2);
    const code = /code (\S+)/.exec(context.terminal.stderr)?.[1] ?? "";
    expect(context.terminal.stderr).toContain(`open ${relay.url}/device\n`);
    const user = userBrowser();
    user.open(`${lab.url}/device?user_code=${code}`);
    expect(await user.page()).toContain("approved");
    const held = await clock.run(signing);
    expect(secondsOf(lab, "CreateToken")).toEqual([5, 10, 15]);
    const file = tokenFileOf(context, "acme");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      startUrl: lab.startUrl,
      region: "eu-west-1",
      accessToken: held.token.accessToken,
      expiresAt: timestamp(clock.now() + HOUR),
      clientId: held.token.clientId,
      clientSecret: held.token.clientSecret,
      registrationExpiresAt: timestamp(held.token.registrationExpiresAt ?? 0),
      refreshToken: held.token.refreshToken,
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    expect(readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
    expect(context.terminal.stdout).toBe("");
  });

  it("9 · adds five seconds for good after slow_down", async () => {
    const { lab, clock, relay, sign } = await start();
    let polls = 0;
    relay.relaying = async ({ path: asked }, pass) => {
      if (asked !== "/token") return await pass();
      polls += 1;
      polled.push((clock.now() - begun) / 1000);
      if (polls === 2) return oauthError("slow_down");
      return polls < 5 ? oauthError("authorization_pending") : await pass();
    };
    const polled: number[] = [];
    const begun = clock.now();
    await clock.run(sign(device));
    expect(polled).toEqual([1, 2, 8, 14, 20]);
    expect(requestsOf(lab, "CreateToken")).toHaveLength(1);
  });

  it.each([
    ["without the type of its error", oauthError("authorization_pending")],
    ["by a network that failed", "cut" as const],
    ["by a service that failed", { status: 503, headers: {}, body: "" }],
  ])("goes on after a poll that is answered %s", async (_what, answer) => {
    const { clock, relay, sign } = await start();
    let polls = 0;
    relay.relaying = async ({ path: asked }, pass) => {
      if (asked === "/token") polls += 1;
      return asked === "/token" && polls <= 3 ? answer : await pass();
    };
    await expect(clock.run(sign(device))).resolves.toHaveProperty("token");
  });

  it.each([{ kind: "cut", close: false }, { kind: "lost" }] as const)(
    "tells an answer that was lost as that, and blames no region: %j",
    async (fault) => {
      const { lab, clock, sign } = await start();
      lab.fault({ ...fault, operation: "CreateToken" });
      await expect(clock.run(sign(device))).rejects.toMatchObject({
        code: "NetworkError",
        message: "AWS's answer to the sign-in to acme was lost.",
      });
    },
  );

  it("gives up a poll that hangs after one try, and goes on at the same pace", async () => {
    const { clock, relay, sign } = await start();
    const polled: number[] = [];
    const begun = clock.now();
    relay.relaying = async ({ path: asked }, pass) => {
      if (asked !== "/token") return await pass();
      polled.push((clock.now() - begun) / 1000);
      return polled.length === 1 ? await never() : await pass();
    };
    await clock.run(sign(device));
    // A second try of the SDK's own would come without the clock of the polls.
    expect(polled).toEqual([1, 2]);
  });

  it("9 · ends when the user refuses", async () => {
    const { clock, context, sign } = await start({ approve: "deny" });
    await expect(clock.run(sign(device))).rejects.toMatchObject({ code: "LoginDenied" });
    expectNothingKept(context);
  });

  it("9 · ends when the code has run out", async () => {
    const { clock, context, sign } = await start({
      approve: "never",
      lifetimes: { deviceCode: 120 },
    });
    const begun = clock.now();
    await expect(clock.run(sign(device))).rejects.toMatchObject({ code: "LoginTimeout" });
    expect(clock.now() - begun).toBe(120_000);
    expectNothingKept(context);
  });

  it("ends with --timeout, however long the code lives", async () => {
    const { clock, sign } = await start({ approve: "never" });
    const begun = clock.now();
    const signing = sign({ ...device, timeoutSeconds: 30 });
    await expect(clock.run(signing)).rejects.toMatchObject({ code: "LoginTimeout" });
    expect(clock.now() - begun).toBe(30_000);
  });

  it("9 · ends with expired_token, whatever its life was said to be", async () => {
    const { clock, relay, sign } = await start();
    relay.relaying = async ({ path: asked }, pass) =>
      asked === "/token" ? oauthError("expired_token") : await pass();
    await expect(clock.run(sign(device))).rejects.toMatchObject({ code: "LoginTimeout" });
  });

  it("ends with Ctrl-C, and leaves neither lock nor temporary file", async () => {
    const { clock, context, sign } = await start({ approve: "never" });
    const signing = sign(device);
    const ended = expect(signing).rejects.toMatchObject({ signal: "SIGINT" });
    await until(() => clock.sleeping > 0);
    context.interrupt();
    await ended;
    expectNothingKept(context);
  });

  it.each([
    ["is no page of AWS", "https://device.sso.example.com/"],
    ["ends like a host of AWS", "https://evil-awsapps.com/"],
    ["is no https URL", "http://device.sso.eu-west-1.amazonaws.com/"],
    ["names a user", "https://device.sso.eu-west-1.amazonaws.com@example.com/"],
    ["is a script", "javascript:alert(1)"],
  ])("shows and opens no sign-in page that %s", async (_what, verificationUriComplete) => {
    const { clock, context, relay, sign } = await start({}, { browser: forbiddenBrowser() });
    relay.relaying = async ({ path: asked }, pass) => {
      const answer = await pass();
      if (asked !== "/device_authorization") return answer;
      return {
        ...answer,
        body: JSON.stringify({ ...JSON.parse(answer.body), verificationUriComplete }),
      };
    };
    await expect(clock.run(sign({ flow: "device" }))).rejects.toMatchObject({
      code: "LoginDenied",
    });
    expect(context.terminal.stderr).toBe("");
  });

  it("opens the page with the code in it", async () => {
    const { lab, clock, sign, context } = await start(
      { approve: "page" },
      { browser: userBrowser() },
    );
    const held = await clock.run(sign({ flow: "device" }));
    expect(held.token.accessToken).not.toBe("");
    const code = /code (\S+)/.exec(context.terminal.stderr)?.[1];
    expect(opened(context)).toEqual([expect.stringMatching(`/device\\?user_code=${code}$`)]);
    expect(requestsOf(lab, "DecideDevice")).toHaveLength(1);
  });

  it("is used by itself where no browser can be had, and opens none with --no-browser", async () => {
    const none = await start({}, { browser: forbiddenBrowser({ available: false }) });
    await none.clock.run(none.sign({ flow: "auto" }));
    expect(grants(none.lab)).toEqual([DEVICE_CODE]);
    const unwanted = await start();
    await unwanted.clock.run(unwanted.sign({ flow: "auto", noBrowser: true }));
    expect(grants(unwanted.lab)).toEqual([DEVICE_CODE]);
    const quiet = await start({}, { terminal: { noInput: true } });
    await quiet.clock.run(quiet.sign({ flow: "auto" }));
    expect(grants(quiet.lab)).toEqual([DEVICE_CODE]);
  });
});

describe("PKCE", () => {
  const pkce = { flow: "auto" } as const;

  it("opens the page, takes the redirect and tells the user", async () => {
    const { lab, context, sign } = await start({ approve: "page" }, { browser: userBrowser() });
    const held = await sign(pkce);
    expect(await context.browser.page()).toContain("You are signed in to acme.");
    expect(grants(lab)).toEqual(["authorization_code"]);
    expect(JSON.parse(readFileSync(tokenFileOf(context, "acme"), "utf8"))).toMatchObject({
      accessToken: held.token.accessToken,
      refreshToken: held.token.refreshToken,
    });
    const [url = ""] = opened(context);
    expect(context.terminal.stderr).toContain(url);
    const { pathname, searchParams } = new URL(url);
    expect(pathname).toBe("/authorize");
    expect([...searchParams.keys()]).toEqual([
      "response_type",
      "client_id",
      "redirect_uri",
      "state",
      "code_challenge_method",
      "scopes",
      "code_challenge",
    ]);
    expect(searchParams.get("redirect_uri")).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/oauth\/callback$/,
    );
  });

  it("7 · ends when the user refuses", async () => {
    const browser = userBrowser({ decision: "deny" });
    const { context, sign } = await start({ approve: "page" }, { browser });
    await expect(sign(pkce)).rejects.toMatchObject({ code: "LoginDenied" });
    expect(await browser.page()).toContain("access_denied");
    expectNothingKept(context);
  });

  it("7 · ignores every redirect that is not its own, and waits on", async () => {
    const strays: number[] = [];
    const browser = userBrowser({
      async first(url) {
        const callback = new URL(new URL(url).searchParams.get("redirect_uri") ?? "");
        const state = new URL(url).searchParams.get("state") ?? "";
        const visit = async (asked: string, host = callback.host) => {
          strays.push(await statusOf(`${callback.origin}${asked}`, host));
        };
        await visit("/oauth/callback?code=stolen&state=wrong");
        await visit("/oauth/callback?code=stolen");
        await visit(`/oauth/callback?state=${state}`);
        await visit(`/other?code=stolen&state=${state}`);
        await visit("/favicon.ico");
        await visit(`/oauth/callback?code=stolen&state=${state}`, "rebound.example.com");
      },
    });
    const { lab, context, sign } = await start({}, { browser });
    await sign(pkce);
    expect(strays).toEqual([400, 400, 400, 404, 404, 404]);
    expect(grants(lab)).toEqual(["authorization_code"]);
    expect(context.terminal.traced.join("\n")).not.toContain("stolen");
    expect(context.terminal.traced.filter((line) => line.includes("ignored"))).toHaveLength(6);
  });

  it("ends with --timeout", async () => {
    const browser = userBrowser();
    const { clock, context, sign } = await start({ approve: "never" }, { browser });
    const signing = sign({ ...pkce, timeoutSeconds: 60 });
    const ended = expect(signing).rejects.toMatchObject({ code: "LoginTimeout" });
    await until(() => clock.sleeping > 0);
    await clock.advance(59_000);
    expect(clock.sleeping).toBe(1);
    await clock.advance(1000);
    await ended;
    expectNothingKept(context);
  });

  it("ends with Ctrl-C, and closes its port", async () => {
    const browser = userBrowser();
    const { clock, context, sign } = await start({ approve: "never" }, { browser });
    const ended = expect(sign(pkce)).rejects.toMatchObject({ signal: "SIGINT" });
    await until(() => clock.sleeping > 0);
    context.interrupt();
    await ended;
    expectNothingKept(context);
    const callback = new URL(opened(context)[0] ?? "").searchParams.get("redirect_uri") ?? "";
    await expect(fetch(callback)).rejects.toThrow();
  });

  it.each(["device", "pkce"] as const)(
    "opens no browser for %s when Ctrl-C came before",
    async (flow) => {
      const { context, relay, sign } = await start({}, { browser: forbiddenBrowser() });
      relay.relaying = async (_request, pass) => {
        context.interrupt();
        return await pass();
      };
      await expect(sign({ flow })).rejects.toMatchObject({ signal: "SIGINT" });
      expect(context.terminal.stderr).toBe("");
    },
  );

  it("says which port it cannot have", async () => {
    const { relay, sign } = await start({}, { browser: forbiddenBrowser() });
    const callbackPort = Number(new URL(relay.url).port);
    await expect(sign({ ...pkce, callbackPort })).rejects.toMatchObject({
      code: "Usage",
      message: expect.stringContaining(String(callbackPort)),
    });
  });

  it("registers anew after a registration with which nobody came back", async () => {
    const { lab, clock, sign } = await start({ approve: "never" }, { browser: userBrowser() });
    for (const _ of [1, 2]) {
      const ended = expect(sign(pkce)).rejects.toMatchObject({ code: "LoginTimeout" });
      await until(() => clock.sleeping > 0);
      await clock.advance(600_000);
      await ended;
    }
    expect(requestsOf(lab, "RegisterClient")).toHaveLength(2);
  });
});

describe("the registration", () => {
  it("12 · is made once for each flow, and again when it nears its end", async () => {
    const browser = userBrowser();
    const registration = 30 * 86_400;
    const { lab, clock, sign, forgetToken } = await start(
      { lifetimes: { registration } },
      { browser },
    );
    const both = async () => {
      forgetToken();
      await clock.run(sign({ flow: "device" }));
      forgetToken();
      await sign({ flow: "pkce" });
    };
    await both();
    await both();
    expect(requestsOf(lab, "RegisterClient")).toHaveLength(2);
    await clock.advance(registration * 1000 - 16 * 60_000);
    await both();
    expect(requestsOf(lab, "RegisterClient")).toHaveLength(2);
    await clock.advance(2 * 60_000);
    await both();
    expect(requestsOf(lab, "RegisterClient")).toHaveLength(4);
  });

  it("is kept apart from the AWS CLI's, where only the user can read it", async () => {
    const { clock, context, sign } = await start();
    await clock.run(sign({ flow: "device" }));
    const folder = path.join(context.paths.state, "registrations");
    const [name = "", ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(folder, name), "utf8")).not.toContain("accessToken");
  });

  it("that cannot be kept stops no sign-in", async () => {
    const { clock, context, sign } = await start();
    mkdirSync(context.paths.state, { recursive: true });
    writeFileSync(path.join(context.paths.state, "registrations"), "no folder");
    await clock.run(sign({ flow: "device" }));
    expect(context.terminal.traced.join("\n")).toContain("the registration is not kept");
  });

  it("12 · that the service has forgotten is made once more", async () => {
    const { clock, context, sign, forgetToken } = await start();
    await clock.run(sign({ flow: "device" }));
    forgetToken();
    // The same home, and a service that never heard of the client.
    const other = await startTestLab({ clock });
    const later = testContext({ clock, lab: other, home: context.paths.home });
    const session = findSession(readAwsConfig(later.paths.configFile), "acme");
    const options = { flow: "device", noBrowser: true, timeoutSeconds: 600 } as const;
    await clock.run(signIn(session, options, later));
    const refused = requestsOf(other, "StartDeviceAuthorization").map(({ error }) => error);
    expect(refused).toEqual(["InvalidClientException", undefined]);
    expect(requestsOf(other, "RegisterClient")).toHaveLength(1);
  });

  it("12 · that is refused again ends the sign-in", async () => {
    const { lab, clock, relay, sign, forgetToken } = await start();
    await clock.run(sign({ flow: "device" }));
    forgetToken();
    relay.relaying = async ({ path: asked }, pass) =>
      asked === "/device_authorization" ? oauthError("invalid_client", 401) : await pass();
    await expect(clock.run(sign({ flow: "device" }))).rejects.toMatchObject({
      code: "LoginDenied",
    });
    expect(requestsOf(lab, "RegisterClient")).toHaveLength(2);
  });
});

describe("two sign-ins at a time", () => {
  it.each([3600, 600])(
    "are one: the second takes what the first got, a token of %i s",
    async (accessToken) => {
      const { lab, clock, context, relay, sign } = await start({
        approve: "page",
        lifetimes: { accessToken },
      });
      const first = sign({ flow: "device" });
      await until(() => context.terminal.stderr.includes("code "));
      const second = testContext({
        clock,
        lab: relay,
        home: context.paths.home,
        browser: forbiddenBrowser(),
      });
      const session = findSession(readAwsConfig(second.paths.configFile), "acme");
      const waiting = signIn(session, { flow: "auto", timeoutSeconds: 600 }, second);
      await clock.advance(0);
      const code = /code (\S+)/.exec(context.terminal.stderr)?.[1] ?? "";
      userBrowser().open(`${lab.url}/device?user_code=${code}`);
      await until(() => requestsOf(lab, "DecideDevice").length > 0);
      const [one, other] = await clock.run(Promise.all([first, waiting]));
      expect(other.token).toEqual(one.token);
      expect(requestsOf(lab, "StartDeviceAuthorization")).toHaveLength(1);
      expect(second.terminal.stderr).not.toContain("code ");
    },
  );
});

describe("an old-form profile", () => {
  it.each(["", "#/", "/"])("is signed in by device flow, under its start URL%s", async (end) => {
    const { lab, clock, context, relay } = await start();
    const startUrl = lab.startUrl + end;
    writeFileSync(
      context.paths.configFile,
      `[profile old]\nsso_start_url = ${startUrl}\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = ReadOnlyAccess\n`,
    );
    const browser = userBrowser();
    const legacy = testContext({ clock, lab: relay, home: context.paths.home, browser });
    const session = findSession(readAwsConfig(legacy.paths.configFile), startUrl);
    await clock.run(signIn(session, { flow: "auto", timeoutSeconds: 600 }, legacy));
    const token = JSON.parse(readFileSync(tokenFileOf(legacy, startUrl), "utf8"));
    expect(token).toMatchObject({ startUrl, expiresAt: timestamp(clock.now() + 8 * HOUR) });
    expect(token).not.toHaveProperty("refreshToken");
    const [registered] = requestsOf(lab, "RegisterClient");
    expect(registered?.scopes).toEqual([]);
  });
});

describe("where the redirect cannot arrive", () => {
  const ssh = { SSH_CONNECTION: "203.0.113.7 50000 198.51.100.9 22", USER: "ada" };

  it("the user pastes the address at which the browser ended", async () => {
    const { context, session } = await start();
    const terminal = { interactive: true, answers: ["https://example.com/"] };
    const browser = forbiddenBrowser();
    const place = testContext({ home: context.paths.home, env: context.env, terminal, browser });
    const pasting = {
      ...place.terminal,
      async ask(question: string, signal: AbortSignal): Promise<string> {
        if (place.terminal.questions.length === 0)
          return await place.terminal.ask(question, signal);
        const [page = ""] = /http\S+authorize\S+/.exec(place.terminal.stderr) ?? [];
        const { headers } = await fetch(page, { redirect: "manual" });
        return `  "${headers.get("location")}" \n`;
      },
    };
    const options = { flow: "pkce", noBrowser: true, timeoutSeconds: 600 } as const;
    const held = await signIn(session, options, { ...place, terminal: pasting });
    expect(held).toHaveProperty("token.refreshToken");
    expect(place.terminal.stderr).toContain("not the address");
  });

  it("the ssh command that forwards a given port is shown", async () => {
    const browser = forbiddenBrowser({ available: false });
    const { context, clock, sign } = await start({ approve: "never" }, { env: ssh, browser });
    const callbackPort = await freePort();
    const ended = expect(sign({ callbackPort })).rejects.toMatchObject({ signal: "SIGINT" });
    await until(() => clock.sleeping > 0);
    expect(context.terminal.stderr).toContain(
      `ssh -N -L ${callbackPort}:127.0.0.1:${callbackPort} ada@198.51.100.9`,
    );
    context.interrupt();
    await ended;
  });
});

it("shows and opens the page that was checked, and a code of one line", async () => {
  const browser = userBrowser();
  const { context, clock, relay, sign } = await start({}, { browser });
  relay.relaying = async ({ path: asked }, pass) => {
    const answer = await pass();
    if (asked !== "/device_authorization") return answer;
    const members = JSON.parse(answer.body);
    const changed = {
      ...members,
      userCode: "AB\n\nCD",
      verificationUri: `${members.verificationUri}#\u001b[8m`,
      verificationUriComplete: `${members.verificationUriComplete}#\u001b[8m\n`,
    };
    return { ...answer, headers: {}, body: JSON.stringify(changed) };
  };
  await clock.run(sign({ flow: "device" }));
  expect(context.terminal.stderr).toContain(`open ${relay.url}/device#%1B[8m\n`);
  expect(context.terminal.stderr).toContain("shows the code AB CD\n");
  expect(context.browser.opened[0]).toMatch(/#%1B\[8m$/);
});

it("shows the page of a device code as a QR code when asked", async () => {
  const { context, clock, sign } = await start();
  await clock.run(sign({ flow: "device", qr: true }));
  expect(context.terminal.stderr).toMatch(/[▀▄█]{20}/);
});

describe("the keys of the session", () => {
  it.each([
    ["ssox_login_flow = device", "StartDeviceAuthorization"],
    ["ssox_login_flow = pkce", "Authorize"],
  ])("%s is what is done without a flag", async (line, operation) => {
    const { lab, context, clock, sign } = await start({}, { browser: userBrowser() });
    writeFileSync(context.paths.configFile, `${awsConfigFor(lab)}${line}\n`);
    const session = findSession(readAwsConfig(context.paths.configFile), "acme");
    await clock.run(sign({}, session));
    expect(requestsOf(lab, operation)).toHaveLength(1);
  });

  it.each([
    "ssox_login_flow = magic",
    "ssox_callback_port = 0",
    "ssox_callback_port = 70000",
    "ssox_callback_port = x",
  ])("%s is an error that names the key", async (line) => {
    const { lab, context, sign } = await start();
    writeFileSync(context.paths.configFile, `${awsConfigFor(lab)}${line}\n`);
    const session = findSession(readAwsConfig(context.paths.configFile), "acme");
    await expect(sign({}, session)).rejects.toMatchObject({
      code: "ConfigInvalid",
      message: expect.stringContaining(line.split(" ")[0] ?? ""),
    });
  });
});

describe("--force", () => {
  it("ends the session at the service, and the new one has its full length", async () => {
    const { lab, clock, context, sign } = await start();
    const first = await clock.run(sign({ flow: "device" }));
    await clock.advance(6 * HOUR);
    const second = await clock.run(sign({ flow: "device", force: true }));
    expect(requestsOf(lab, "Logout")).toHaveLength(1);
    expect(second.token.accessToken).not.toBe(first.token.accessToken);
    await clock.advance(7 * HOUR);
    const { refreshToken = "", clientId, clientSecret } = second.token;
    const grant = { grantType: "refresh_token", refreshToken, clientId, clientSecret };
    const body = JSON.stringify(grant);
    const answer = await fetch(`${context.env["AWS_ENDPOINT_URL_SSO_OIDC"]}/token`, {
      method: "POST",
      body,
    });
    expect(answer.status).toBe(200);
  });

  it("keeps the token where the service cannot be told", async () => {
    const { clock, context, relay, sign } = await start();
    await clock.run(sign({ flow: "device" }));
    const before = filesBelow(context.paths.tokenCache);
    relay.relaying = async ({ path: asked }, pass) => (asked === "/logout" ? "cut" : await pass());
    await expect(clock.run(sign({ flow: "device", force: true }))).rejects.toMatchObject({
      code: "NetworkError",
    });
    expect(filesBelow(context.paths.tokenCache)).toEqual(before);
  });
});

describe("a new sign-in", () => {
  it("removes the role credentials of the former one, and nothing else", async () => {
    const accountId = "111122223333";
    const profile = { name: "dev", accountId, roleName: "DeveloperAccess" };
    const { clock, context, session, sign } = await start({}, {}, [profile]);
    const folder = context.paths.roleCache;
    mkdirSync(folder, { recursive: true });
    const cache = (name: string, content: string) =>
      writeFileSync(path.join(folder, name), content);
    const cached = (provider: string) =>
      JSON.stringify({
        ProviderType: provider,
        Credentials: {
          AccessKeyId: "ASIA",
          SecretAccessKey: "s",
          SessionToken: "t",
          Expiration: timestamp(clock.now() + HOUR),
        },
      });
    const ofRole = path.basename(
      roleCacheFile(folder, { session, accountId, roleName: "DeveloperAccess" }),
    );
    const ofOther = path.basename(
      roleCacheFile(folder, {
        session: { ...session, name: "other" },
        accountId,
        roleName: "DeveloperAccess",
      }),
    );
    // The first as the AWS CLI caches it: ssox has never seen it.
    cache(ofRole, cached("sso"));
    cache(ofOther, cached("sso"));
    cache(`${sha1("assumed")}.json`, cached("assume-role"));
    cache("session.db", "SQLite format 3");
    await clock.run(sign({ flow: "device" }));
    expect(readdirSync(folder).sort()).toEqual(
      [ofOther, `${sha1("assumed")}.json`, "session.db"].sort(),
    );
  });

  it("leaves the old token alone when it fails", async () => {
    const { clock, context, sign } = await start({ approve: "deny" });
    mkdirSync(context.paths.tokenCache, { recursive: true });
    const file = tokenFileOf(context, "acme");
    writeFileSync(file, "not a token");
    const before = filesBelow(context.paths.tokenCache)[path.basename(file)];
    await expect(clock.run(sign({ flow: "device" }))).rejects.toThrow();
    expect(filesBelow(context.paths.tokenCache)).toEqual({ [path.basename(file)]: before });
  });

  it("asks nothing of the service where the token could not be kept", async () => {
    const { lab, context, sign } = await start();
    mkdirSync(tokenFileOf(context, "acme"), { recursive: true });
    await expect(sign({ flow: "device" })).rejects.toMatchObject({
      code: expect.stringMatching(/^(WriteFailed|CacheInvalid)$/),
    });
    expect(lab.requests).toEqual([]);
  });
});

it("keeps the token when a signal comes during the exchange, and ends with the signal", async () => {
  const { clock, context, relay, sign } = await start();
  relay.relaying = async ({ path: asked }, pass) => {
    if (asked === "/token") context.interrupt();
    return await pass();
  };
  await expect(clock.run(sign({ flow: "device" }))).rejects.toMatchObject({ signal: "SIGINT" });
  expect(JSON.parse(readFileSync(tokenFileOf(context, "acme"), "utf8"))).toHaveProperty(
    "accessToken",
  );
});

it("puts no secret into what it says and traces", async () => {
  const { clock, context, sign } = await start();
  const { token } = await clock.run(sign({ flow: "device" }));
  const said = context.terminal.stderr + context.terminal.traced.join("\n");
  expect(said).toContain("CreateToken");
  for (const secret of [token.accessToken, token.refreshToken, token.clientSecret]) {
    expect(said).not.toContain(secret);
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface Started {
  readonly lab: Lab;
  readonly clock: FakeClock;
  readonly relay: Relay;
}

async function start(
  options: LabOptions = {},
  contextOptions: TestContextOptions = {},
  profiles: Parameters<typeof awsConfigFor>[1] = [],
) {
  const clock = new FakeClock();
  const lab = await startTestLab({ ...options, clock });
  const relay = await startRelay(lab);
  const started: Started = { lab, clock, relay };
  const config = awsConfigFor(lab, profiles);
  const context = testContext({ clock, lab: relay, config, ...contextOptions });
  const session = findSession(readAwsConfig(context.paths.configFile), "acme");
  return {
    ...started,
    context,
    session,
    sign: (chosen: Partial<SignInOptions>, of = session) =>
      signIn(
        of,
        {
          noBrowser: contextOptions.browser === undefined && chosen.flow === "device",
          timeoutSeconds: 600,
          ...chosen,
        },
        context,
      ),
    forgetToken: () => rmSync(tokenFileOf(context, "acme"), { force: true }),
  };
}

function tokenFileOf(context: ReturnType<typeof testContext>, name: string): string {
  return path.join(context.paths.tokenCache, `${sha1(name)}.json`);
}

/** No token, no lock, no temporary file. */
function expectNothingKept({ paths }: ReturnType<typeof testContext>): void {
  expect(existsSync(paths.tokenCache) ? readdirSync(paths.tokenCache) : []).toEqual([]);
}

function opened({ browser }: { browser: TestBrowser }): readonly string[] {
  return browser.opened;
}

function grants(lab: Lab): (string | undefined)[] {
  return requestsOf(lab, "CreateToken").map(({ grantType }) => grantType);
}

/** When the lab saw them, in seconds after the device code was given. */
function secondsOf(lab: Lab, operation: string): number[] {
  const start = requestsOf(lab, "StartDeviceAuthorization")[0]?.time ?? 0;
  return requestsOf(lab, operation).map(({ time }) => (time - start) / 1000);
}

function oauthError(error: string, status = 400) {
  const headers = { "content-type": "application/json" };
  return { status, headers, body: JSON.stringify({ error, error_description: null }) };
}

async function never(): Promise<"cut"> {
  return await new Promise(() => {});
}

async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 20_000, interval: 5 });
}

async function statusOf(url: string, host: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on("error", reject);
  });
}
