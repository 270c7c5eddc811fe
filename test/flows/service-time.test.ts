import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findSession, readAwsConfig } from "../../src/aws/config.ts";
import { type LoginInput, login } from "../../src/flows/login.ts";
import { keepRenewed } from "../../src/flows/renewed-credentials.ts";
import { roleCredentials } from "../../src/flows/role-credentials.ts";
import { lastingClock } from "../../src/flows/service-time.ts";
import { status } from "../../src/flows/status.ts";
import { usableToken } from "../../src/flows/usable-token.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import { userBrowser } from "../helpers/browser.ts";
import { FakeClock, OffClock } from "../helpers/clock.ts";
import {
  sha1,
  signInAsAwsCli,
  startRelay,
  temporaryHome,
  testContext,
  timestamp,
} from "../helpers/context.ts";
import { awsConfigFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { NO_FLAGS } from "../helpers/login-input.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const BOTH_WAYS = [
  ["ahead", HOUR],
  ["behind", -HOUR],
] as const;

describe.each(BOTH_WAYS)("a machine whose clock is an hour %s", (way, by) => {
  it.each(["device", "pkce"] as const)(
    "writes the service's times, and says so (%s)",
    async (flow) => {
      const { right, context, signIn, token } = await start(by);
      await signIn({ flow });
      expect(token()["expiresAt"]).toBe(timestamp(right.now() + HOUR));
      expect(context.terminal.stderr).toContain(
        `This machine's clock is 60 min ${way === "ahead" ? "ahead of" : "behind"} AWS's: `,
      );
      expect(context.terminal.stderr.split("This machine's clock")).toHaveLength(2);
    },
  );

  it("says so again where the token is good already", async () => {
    const { context, signIn } = await start(by);
    await signIn();
    const said = context.terminal.stderr.length;
    expect(await signIn()).toMatchObject({ signedIn: false });
    expect(withoutLab(context.terminal.stderr.slice(said))).toMatch(
      /^This machine's clock is 60 min .+\n$/,
    );
  });

  it("refreshes the token 15 minutes before its end, once", async () => {
    const { lab, right, context, session, signIn, token } = await start(by);
    await signIn();
    const refreshes = () =>
      requestsOf(lab, "CreateToken").filter(({ grantType }) => grantType === "refresh_token");
    await right.advance(44 * MINUTE);
    expect(await usableToken(session, context)).toHaveProperty("token");
    expect(refreshes()).toEqual([]);
    await right.advance(2 * MINUTE);
    for (const _ of [1, 2]) await usableToken(session, context);
    expect(refreshes()).toHaveLength(1);
    expect(token()["expiresAt"]).toBe(timestamp(right.now() + HOUR));
  });

  it("fetches role credentials anew 15 minutes before their end, once", async () => {
    const { lab, right, context, target, signIn } = await start(by);
    await signIn();
    const fetched = () => requestsOf(lab, "GetRoleCredentials").length;
    const get = () => roleCredentials(target, { maySignIn: "never" }, context);
    const { obtainedAt, expiration } = await get();
    expect(obtainedAt).toBe(right.now());
    expect(expiration).toBe(right.now() + HOUR);
    await right.advance(44 * MINUTE);
    await get();
    expect(fetched()).toBe(1);
    await right.advance(2 * MINUTE);
    for (const _ of [1, 2]) await get();
    expect(fetched()).toBe(2);
  });

  it("keeps a program's credentials ahead of their end", async () => {
    const { lab, right, context, target, signIn } = await start(by);
    await signIn();
    const first = await roleCredentials(target, { maySignIn: "never" }, context);
    const renewed = keepRenewed(
      {
        profile: undefined,
        region: undefined,
        hasPlainKeys: false,
        source: { kind: "sso", profile: undefined, role: target },
        roles: [],
      },
      first,
      lastingClock(right.now(), context.clock),
      context,
    );
    for (let minutes = 0; minutes < 180; minutes += 5) {
      await right.advance(5 * MINUTE);
      const current = renewed.current();
      if (!("expiration" in current)) throw new Error(current.message);
      expect(current.expiration - right.now()).toBeGreaterThan(15 * MINUTE);
    }
    await renewed.stop();
    // After 40 minutes each: 4 in 180, and the one from before.
    expect(requestsOf(lab, "GetRoleCredentials").length).toBeLessThanOrEqual(6);
  });

  it("shows what is left by the service's clock", async () => {
    const { right, context, target, signIn } = await start(by);
    await signIn();
    await roleCredentials(target, { maySignIn: "never" }, context);
    await right.advance(50 * MINUTE);
    expect(await status("acme", context)).toMatchObject({
      sessions: [{ state: "valid", now: right.now(), expiresAt: right.now() + 10 * MINUTE }],
      roleCredentials: [{ now: right.now(), expiresAt: right.now() + 10 * MINUTE }],
    });
    await right.advance(11 * MINUTE);
    expect(await status("acme", context)).toMatchObject({
      sessions: [{ state: "refreshable" }],
      roleCredentials: [],
    });
  });

  it("may be set right at any time: what was learnt before does not count any more", async () => {
    const { lab, right, clock, context, session, target, signIn } = await start(by);
    await signIn();
    const get = () => roleCredentials(target, { maySignIn: "never" }, context);
    await get();
    clock.by = 0;
    await right.advance(40 * MINUTE);
    await get();
    await usableToken(session, context);
    expect(requestsOf(lab, "CreateToken")).toHaveLength(1);
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(1);
    await right.advance(15 * MINUTE);
    await get();
    expect(requestsOf(lab, "CreateToken")).toHaveLength(2);
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(2);
    const said = context.terminal.stderr.length;
    await signIn();
    expect(withoutLab(context.terminal.stderr.slice(said))).toBe("");
  });

  it("writes the service's time where nothing can be remembered", async () => {
    const home = temporaryHome();
    writeFileSync(path.join(home, "no-folder"), "");
    const env = { XDG_STATE_HOME: path.join(home, "no-folder", "state") };
    const { right, signIn, token } = await start(by, {}, { home, env });
    await signIn();
    expect(token()["expiresAt"]).toBe(timestamp(right.now() + HOUR));
  });

  it("comes to the service's time by a refresh of a token that another program wrote", async () => {
    const { lab, right, context, session, token } = await start(by);
    await signInAsAwsCli(lab, context, { expiresAt: timestamp(context.clock.now() - MINUTE) });
    await right.run(usableToken(session, context));
    expect(token()["expiresAt"]).toBe(timestamp(right.now() + HOUR));
  });
});

it("a difference of under a minute is none", async () => {
  const { clock, context, signIn, token } = await start(50_000);
  await signIn();
  expect(token()["expiresAt"]).toBe(timestamp(clock.now() + HOUR));
  expect(context.terminal.stderr).not.toContain("clock");
});

it("a captive portal's Date counts for nothing", async () => {
  const { right, relay, context, session, signIn, token } = await start(0);
  await signIn();
  await right.advance(50 * MINUTE);
  const date = new Date(right.now() + 5 * HOUR).toUTCString();
  const headers = { "content-type": "text/html", date };
  relay.relaying = async () => ({ status: 200, headers, body: "<html>Sign in</html>" });
  const before = token();
  expect(await usableToken(session, context)).toHaveProperty("token");
  expect(token()).toEqual(before);
  expect(await status("acme", context)).toMatchObject({ sessions: [{ now: right.now() }] });
});

it("a wrong Date of the service itself is mended by its next answer", async () => {
  const { lab, right, context, session, signIn, token } = await start(0);
  await signIn();
  await right.advance(50 * MINUTE);
  lab.fault({ kind: "wrongDate", seconds: 7_200, operation: "CreateToken" });
  await usableToken(session, context);
  expect(token()["expiresAt"]).toBe(timestamp(right.now() + 3 * HOUR));
  await right.advance(50 * MINUTE);
  await usableToken(session, context);
  expect(token()["expiresAt"]).toBe(timestamp(right.now() + HOUR));
});

const NO_INPUT: LoginInput = {
  ...NO_FLAGS,
  flow: "device",
};

/** A service whose clock is right, and a machine whose clock is off. */
async function start(
  by: number,
  labOptions: LabOptions = {},
  options: Parameters<typeof testContext>[0] = {},
) {
  const right = new FakeClock();
  const clock = new OffClock(right, by);
  const lab = await startTestLab({ ...labOptions, clock: right });
  const relay = await startRelay(lab);
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const role = { accountId, roleName: "DeveloperAccess" };
  const config = awsConfigFor(lab, [{ name: "dev", ...role }]);
  const browser = userBrowser();
  const context = testContext({ browser, ...options, clock, lab: relay, config });
  mkdirSync(context.paths.tokenCache, { recursive: true });
  const session = findSession(readAwsConfig(context.paths.configFile), "acme");
  return {
    right,
    clock,
    lab,
    relay,
    context,
    session,
    target: { session, ...role, profile: undefined, region: undefined },
    signIn: (changed: Partial<LoginInput> = {}) =>
      right.run(login({ ...NO_INPUT, ...changed }, context)),
    token: (): Record<string, unknown> =>
      JSON.parse(readFileSync(path.join(context.paths.tokenCache, `${sha1("acme")}.json`), "utf8")),
  };
}

/** Less the line that tells of the lab's endpoints. */
function withoutLab(text: string): string {
  return text.replace(/^Calls go to .*\n/m, "");
}
