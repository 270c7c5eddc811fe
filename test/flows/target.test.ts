import { appendFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { resolveTarget } from "../../src/flows/target.ts";
import { type SceneOptions, signInAsAwsCli, startScene, testContext } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";

const ACCOUNT = "012345678901";
const PROFILES = [
  { name: "dev", accountId: ACCOUNT, roleName: "DeveloperAccess", region: "eu-central-1" },
  { name: "read", accountId: ACCOUNT, roleName: "ReadOnlyAccess" },
];

describe("a target", () => {
  it("is what the profile names, with the profile's region", async () => {
    const { session, target } = await start();
    expect(await target({ profile: "dev" })).toEqual({
      profile: "dev",
      region: "eu-central-1",
      hasPlainKeys: false,
      source: {
        kind: "sso",
        profile: "dev",
        role: {
          session: { ...session, profile: "dev" },
          accountId: ACCOUNT,
          roleName: "DeveloperAccess",
        },
      },
      roles: [],
    });
  });

  it("of an account and a role is in the session that a terminal chooses, where there are several", async () => {
    const { context, session } = await start();
    appendFileSync(
      context.paths.configFile,
      `\n[sso-session other]\nsso_start_url = ${session.startUrl}\nsso_region = eu-west-1\n`,
    );
    const asked = testContext({
      home: context.paths.home,
      terminal: { interactive: true, answers: ["other"] },
    });
    const selection = { account: ACCOUNT, role: "R" };
    expect(await resolveTarget(selection, "ask", asked)).toMatchObject({
      source: { role: { session: { name: "other" } } },
    });
    await expect(resolveTarget(selection, "never", asked)).rejects.toMatchObject({ code: "Usage" });
  });

  it("has no region where the profile's is empty: a blank variable breaks boto3", async () => {
    const { context, target } = await start();
    appendFileSync(
      context.paths.configFile,
      `\n[profile blank]\nsso_session = acme\nsso_account_id = ${ACCOUNT}\nsso_role_name = R\nregion =\n`,
    );
    expect((await target({ profile: "blank" })).region).toBeUndefined();
  });

  it("is an account id and a role as they are, without a look at the service", async () => {
    const { lab, target } = await start();
    expect(await target({ account: "000000000001", role: "Any" })).toMatchObject({
      profile: undefined,
      region: undefined,
      source: { role: { accountId: "000000000001", roleName: "Any" } },
    });
    expect(requestsOf(lab, "ListAccounts")).toEqual([]);
  });

  it("is found by the account's name, whatever its case", async () => {
    const { lab, context, target } = await start();
    await signInAsAwsCli(lab, context);
    const { id, name = "" } = lab.organisation.accounts[2] ?? { id: "" };
    expect(await target({ account: name.toUpperCase(), role: "Any" })).toMatchObject({
      source: { role: { accountId: id } },
    });
  });

  it("is not guessed between two accounts of one name", async () => {
    const accounts = ["111111111111", "222222222222"].map((id) => {
      return { id, name: "twin", roles: [] };
    });
    const organisation = { users: [{ name: "ada" }], accounts };
    const { lab, context, target } = await start({ lab: { organisation } });
    await signInAsAwsCli(lab, context);
    await expect(target({ account: "twin", role: "Any" })).rejects.toMatchObject({
      code: "UnknownAccount",
      hint: "--account 111111111111",
    });
    await expect(target({ account: "other", role: "Any" })).rejects.toMatchObject({
      code: "UnknownAccount",
      hint: "ssox accounts --session acme --refresh",
    });
  });

  it("is AWS_PROFILE's when nothing is named, and only then", async () => {
    const { target } = await start({ env: { AWS_PROFILE: "read" } });
    expect(await target({})).toMatchObject({ profile: "read" });
    expect(await target({ profile: "dev" })).toMatchObject({ profile: "dev" });
    expect(await target({ account: ACCOUNT, role: "Any" })).toMatchObject({ profile: undefined });
  });

  it("is chosen at a terminal", async () => {
    const { context, target } = await start({
      terminal: { interactive: true, answers: ["read"] },
    });
    expect(await target({})).toMatchObject({ profile: "read" });
    expect(context.terminal.questions).toEqual(["Which role?"]);
  });

  it("is asked for by name where there is no terminal", async () => {
    const { target } = await start();
    await expect(target({})).rejects.toMatchObject({ code: "Usage", hint: "--profile dev" });
  });

  it.each([
    ["no such profile", "nobody", "UnknownProfile"],
    ["one without SSO", "keys", "Usage"],
    ["one whose session is not in the file", "lost", "ConfigInvalid"],
    ["one without a role", "roleless", "Usage"],
  ])("is refused for %s", async (_what, profile, code) => {
    const { context, target } = await start();
    appendFileSync(
      context.paths.configFile,
      `[profile keys]\nregion = eu-west-1\n[profile lost]\nsso_session = gone\nsso_account_id = ${ACCOUNT}\nsso_role_name = R\n[profile roleless]\nsso_session = acme\nsso_account_id = ${ACCOUNT}\n`,
    );
    await expect(target({ profile })).rejects.toMatchObject({ code });
  });

  it("inside exec is the role of that exec", async () => {
    const inside = {
      AWS_PROFILE: "ssox-exec-0123",
      SSOX_SESSION: "acme",
      SSOX_ACCOUNT_ID: ACCOUNT,
      SSOX_ROLE: "Any",
    };
    const { target } = await start({ env: inside });
    expect(await target({})).toMatchObject({
      source: { role: { accountId: ACCOUNT, roleName: "Any" } },
    });
    const named = await start({ env: { ...inside, SSOX_PROFILE: "read" } });
    expect(await named.target({})).toMatchObject({ profile: "read" });
  });

  it("inside exec has the region that it has there, and another one its own", async () => {
    const inside = { SSOX_SESSION: "acme", SSOX_ACCOUNT_ID: ACCOUNT, SSOX_ROLE: "Any" };
    const of = async (env: Record<string, string>, selection = {}) => {
      const { target } = await start({ env: { ...inside, SSOX_REGION: "ap-south-1", ...env } });
      return (await target(selection)).region;
    };
    expect(await of({ AWS_PROFILE: "ssox-exec-0123" })).toBe("ap-south-1");
    expect(await of({ AWS_PROFILE: "ssox-exec-0123", SSOX_PROFILE: "dev" })).toBe("ap-south-1");
    // As with keys, which are handed on by their profile.
    expect(await of({ AWS_PROFILE: "dev", SSOX_PROFILE: "dev" })).toBe("ap-south-1");
    expect(await of({ AWS_PROFILE: "dev", SSOX_PROFILE: "read" })).toBe("eu-central-1");
    const given = { AWS_PROFILE: "ssox-exec-0123", SSOX_PROFILE: "read" };
    expect(await of(given, { profile: "dev" })).toBe("eu-central-1");
    expect(await of(given, { account: ACCOUNT, role: "Any" })).toBeUndefined();
  });
});

async function start(options: SceneOptions = {}) {
  const place = await startScene({ profiles: PROFILES, ...options });
  return {
    ...place,
    target: (selection: Parameters<typeof resolveTarget>[0]) =>
      resolveTarget(selection, "never", place.context),
  };
}
