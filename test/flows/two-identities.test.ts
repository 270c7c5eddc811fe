import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findSession, readAwsConfig, type SsoSession } from "../../src/aws/config.ts";
import { currentInventory } from "../../src/flows/inventory.ts";
import { type LoginInput, login } from "../../src/flows/login.ts";
import { loginAll } from "../../src/flows/login-all.ts";
import { logout } from "../../src/flows/logout.ts";
import { purgeRoleCredentials } from "../../src/flows/purge.ts";
import { status } from "../../src/flows/status.ts";
import { storeOf } from "../../src/flows/stores/store-of.ts";
import { resolveTarget } from "../../src/flows/target.ts";
import { targetCredentials } from "../../src/flows/target-credentials.ts";
import { usableToken } from "../../src/flows/usable-token.ts";
import { whoami } from "../../src/flows/whoami.ts";
import type { Lab } from "../../src/lab/lab.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";
import { FakeClock } from "../helpers/clock.ts";
import {
  filesBelow,
  sha1,
  type TestContext,
  temporaryHome,
  testContext,
} from "../helpers/context.ts";
import { requestsOf, startTestLab } from "../helpers/lab.ts";
import { NO_FLAGS } from "../helpers/login-input.ts";

/*
 * Two people, or one with two identities, in one home: two labs that know
 * nothing of each other's tokens, behind one start URL.
 */

describe("two sessions on one start URL", () => {
  it("are two identities, in one account and role", async () => {
    const { ada, grace } = await start();
    for (const user of [ada, grace]) await user.login();
    for (const user of [ada, grace]) expect(await user.arn()).toMatch(user.endOfArn);
    for (const user of [grace, ada]) expect(await user.arn()).toMatch(user.endOfArn);
    for (const { lab } of [ada, grace]) {
      expect(requestsOf(lab, "GetRoleCredentials").map((request) => request.status)).toEqual([200]);
    }
  });

  it.each(["ada", "grace"] as const)(
    "have no file in common: all that %s does is their own",
    async (name) => {
      const { ada, grace } = await start();
      const [one, other] = name === "ada" ? [ada, grace] : [grace, ada];
      await one.everything();
      await other.everything();
      const ofOther = other.files();
      // Token, registration, role credentials, both marks, inventory and its names.
      expect(Object.keys(ofOther)).toHaveLength(7);
      const requests = other.lab.requests.length;

      const deeds: Record<string, () => Promise<unknown>> = {
        refresh: async () => {
          await one.clock.advance(50 * 60_000);
          await usableToken(one.session(), one.context);
        },
        "a new sign-in": () => one.login({ force: true }),
        roles: () => one.credentials(),
        purge: async () =>
          purgeRoleCredentials(one.session(), storeOf(one.session(), one.context), one.context),
        "a listing": () =>
          currentInventory(one.session(), { maySignIn: "never", refresh: true }, one.context),
        "a sign-out": () => logout(one.session(), one.context),
      };
      for (const [deed, act] of Object.entries(deeds)) {
        await act();
        expect(other.files(), deed).toEqual(ofOther);
      }
      expect(other.lab.requests.length).toBe(requests);
      expect(await status(one.name, one.context)).toMatchObject({
        sessions: [{ state: "signed-out" }],
        roleCredentials: [],
      });
      expect(await status(other.name, other.context)).toMatchObject({
        sessions: [{ state: "valid" }],
        roleCredentials: [{ session: other.name }],
      });
    },
  );

  it("a session whose refresh is refused ends alone", async () => {
    const { ada, grace } = await start();
    for (const user of [ada, grace]) await user.everything();
    const { accessToken } = JSON.parse(readFileSync(ada.tokenFile, "utf8"));
    const headers = { "x-amz-sso_bearer_token": accessToken };
    await fetch(`${ada.lab.url}/logout`, { method: "POST", headers });
    await ada.clock.advance(90 * 60_000);
    expect(await ada.clock.run(usableToken(ada.session(), ada.context))).toBe(undefined);
    expect(await usableToken(grace.session(), grace.context)).toHaveProperty("token");
    expect(requestsOf(grace.lab, "RegisterClient")).toHaveLength(1);
  });
});

describe("old-form profiles beside a session of their start URL", () => {
  it("have a token and role credentials of their own", async () => {
    const { ada, grace, startUrl } = await start({ legacy: "grace" });
    expect(grace.name).toBe(startUrl);
    for (const user of [ada, grace]) await user.everything();
    for (const user of [ada, grace]) expect(await user.arn()).toMatch(user.endOfArn);
    const ofGrace = grace.files();
    await ada.login({ force: true });
    await logout(ada.session(), ada.context);
    expect(grace.files()).toEqual(ofGrace);
    await ada.everything();
    const ofAda = ada.files();
    await logout(grace.session(), grace.context);
    expect(ada.files()).toEqual(ofAda);
  });

  it("login --all signs in to both, and to each by itself", async () => {
    const { ada, grace } = await start({ legacy: "grace" });
    // One service for both here: what counts is whose file it is.
    const { done, failed } = await ada.clock.run(
      loginAll({ ...NO_INPUT, flow: "device", noBrowser: true }, ada.context),
    );
    expect(failed).toEqual([]);
    expect(done.map(({ session, signedIn }) => [session.name, signedIn])).toEqual([
      ["ada", true],
      [grace.name, true],
    ]);
    const [one, other] = [ada, grace].map(({ tokenFile }) => readFileSync(tokenFile, "utf8"));
    expect(JSON.parse(one ?? "")["accessToken"]).not.toBe(JSON.parse(other ?? "")["accessToken"]);
    expect(JSON.parse(one ?? "")).toHaveProperty("refreshToken");
    expect(JSON.parse(other ?? "")).not.toHaveProperty("refreshToken");
  });
});

const NO_INPUT: LoginInput = {
  ...NO_FLAGS,
  flow: "device",
  noBrowser: true,
};

interface User {
  /** Of the session. */
  readonly name: string;
  readonly lab: Lab;
  readonly clock: FakeClock;
  readonly context: TestContext;
  readonly tokenFile: string;
  readonly endOfArn: RegExp;
  session(): SsoSession;
  login(changed?: Partial<LoginInput>): Promise<unknown>;
  /** Role credentials of the profile. */
  credentials(): Promise<unknown>;
  /** Whose they are, by STS. */
  arn(): Promise<string>;
  /** All that leaves a file: a sign-in, role credentials, a listing. */
  everything(): Promise<void>;
  /** Those that came with the last {@link everything}, as they are now. */
  files(): Record<string, string | undefined>;
}

/** @param legacy whose profile is of the old form */
async function start({ legacy }: { legacy?: "grace" } = {}) {
  const home = temporaryHome();
  const clock = new FakeClock();
  const startUrl = "https://d-1234567890.awsapps.com/start";
  const organisation = madeUpOrganisation({ accounts: 1, roles: 2, users: 2 });
  const accountId = organisation.accounts[0]?.id ?? "";
  const sso = `sso_start_url = ${startUrl}\nsso_region = eu-west-1\n`;
  const role = `sso_account_id = ${accountId}\nsso_role_name = ReadOnlyAccess\n`;
  const section = (name: string) =>
    `[sso-session ${name}]\n${sso}[profile ${name}]\nsso_session = ${name}\n${role}`;
  const ofGrace = legacy ? `[profile grace]\n${sso}${role}` : section("grace");
  mkdirSync(path.join(home, ".aws"), { mode: 0o700 });
  writeFileSync(path.join(home, ".aws", "config"), section("ada") + ofGrace);

  const userOf = async (profile: string, name: string): Promise<User> => {
    const user = `${profile}@example.com`;
    const lab = await startTestLab({ organisation, user, clock });
    const context = testContext({ home, clock, lab });
    const signIn = (changed: Partial<LoginInput> = {}) =>
      clock.run(login({ ...NO_INPUT, session: name, ...changed }, context));
    const arn = async () => (await whoami({ profile }, "never", context)).identity.arn;
    const session = () => findSession(readAwsConfig(context.paths.configFile), name);
    let own: string[] = [];
    return {
      name,
      lab,
      clock,
      context,
      tokenFile: path.join(context.paths.tokenCache, `${sha1(name)}.json`),
      endOfArn: new RegExp(`/${user}$`),
      session,
      login: signIn,
      credentials: async () => {
        const target = await resolveTarget({ profile }, "never", context);
        return await targetCredentials(target, { maySignIn: "never" }, context);
      },
      arn,
      everything: async () => {
        const before = filesBelow(home);
        await signIn();
        await arn();
        await currentInventory(session(), { maySignIn: "never", refresh: true }, context);
        own = Object.keys(filesBelow(home)).filter((file) => !(file in before));
        own = own.filter((file) => statSync(path.join(home, file)).isFile());
      },
      files: () => {
        const now = filesBelow(home);
        return Object.fromEntries(own.map((file) => [file, now[file]]));
      },
    };
  };
  const ada = await userOf("ada", "ada");
  const grace = await userOf("grace", legacy ? startUrl : "grace");
  return { home, startUrl, ada, grace };
}
