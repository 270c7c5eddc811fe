import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { listInventory } from "../../src/flows/inventory.ts";
import { pick } from "../../src/flows/pick.ts";
import { removeProfiles } from "../../src/flows/sync-profiles-remove.ts";
import { undoSync } from "../../src/flows/sync-profiles-undo.ts";
import { resolveTarget } from "../../src/flows/target.ts";
import { type SceneOptions, signInAsAwsCli, startScene } from "../helpers/context.ts";

const SANDBOX = "111111111111";
const AUDIT = "222222222222";
const ACCOUNTS = [
  { id: SANDBOX, name: "sandbox", roles: [{ name: "Admin" }, { name: "Reader" }] },
  { id: AUDIT, name: "Audit", roles: [{ name: "Reader" }] },
];
const PROFILE = { name: "mine", accountId: SANDBOX, roleName: "Admin" };
const WRITTEN = `[profile Audit.Reader]
sso_session = acme
sso_account_id = ${AUDIT}
sso_role_name = Reader
ssox_managed = acme
`;

type Answers = readonly (string | boolean | "Ctrl-C")[];

async function start(answers: Answers = [], options: SceneOptions & { listed?: boolean } = {}) {
  const { listed = true, ...rest } = options;
  const scene = await startScene({
    lab: { organisation: { users: [{ name: "ada" }], accounts: ACCOUNTS } },
    profiles: [PROFILE],
    terminal: { interactive: true, answers },
    ...rest,
  });
  const { lab, context, session } = scene;
  if (listed) {
    await signInAsAwsCli(lab, context);
    await listInventory(session, { maySignIn: "never", purpose: "read" }, context);
  }
  const asked = () => lab.statistics().requests;
  return { ...scene, asked, config: () => readFileSync(context.paths.configFile, "utf8") };
}

describe("a profile", () => {
  it("is picked as it is, with its account, and without a request", async () => {
    const { context, asked, config } = await start(["mine"]);
    const [before, requests] = [config(), asked()];
    expect(await pick(context)).toEqual({
      profile: "mine",
      accountId: SANDBOX,
      accountName: "sandbox",
      role: "Admin",
      session: "acme",
    });
    expect([config(), asked()]).toEqual([before, requests]);
    expect(context.terminal.questions).toEqual(["Which role?"]);
  });

  it("of any kind may be picked, if it has credentials", async () => {
    const more = `[profile keys]\naws_access_key_id = A\naws_secret_access_key = s
[profile chain]\nrole_arn = arn:aws:iam::${AUDIT}:role/Gate\nsource_profile = mine
[profile region]\nregion = eu-west-1\n`;
    const { context, config } = await start(["keys", "chain", "region"]);
    writeFileSync(context.paths.configFile, config() + more);
    expect(await pick(context)).toMatchObject({ profile: "keys" });
    expect(await pick(context)).toMatchObject({
      profile: "chain",
      accountId: AUDIT,
      accountName: "Audit",
      role: "Gate",
      session: undefined,
    });
    await expect(pick(context)).rejects.toThrow('"region" is not offered');
  });

  it("of the credentials file alone may be picked", async () => {
    const { context } = await start(["there"], { listed: false });
    const keys = "[there]\naws_access_key_id = A\naws_secret_access_key = s\n";
    writeFileSync(context.paths.credentialsFile, keys);
    expect(await pick(context)).toMatchObject({ profile: "there" });
  });
});

describe("a role that no profile names", () => {
  const ROLE = ` Audit ${AUDIT} Reader`;

  it("gets the profile that sync-profiles would write, and --undo takes back", async () => {
    const { context, config, asked } = await start([ROLE, true]);
    const [before, requests] = [config(), asked()];
    expect(await pick(context)).toEqual({
      profile: "Audit.Reader",
      accountId: AUDIT,
      accountName: "Audit",
      role: "Reader",
      session: "acme",
    });
    expect(context.terminal.questions[1]).toBe(
      `Write the profile Audit.Reader into ${context.paths.configFile}?`,
    );
    expect(config()).toBe(`${before}\n${WRITTEN}`);
    expect(asked()).toBe(requests);
    await undoSync({ dryRun: false }, context);
    expect(config()).toBe(before);
  });

  it("has the profile that another program writes while the user is asked", async () => {
    const { context, config } = await start([ROLE]);
    const confirm = async () => {
      writeFileSync(context.paths.configFile, `${config()}\n${WRITTEN}`);
      return true;
    };
    const meanwhile = { ...context, terminal: { ...context.terminal, confirm } };
    expect(await pick(meanwhile)).toMatchObject({ profile: "Audit.Reader" });
    expect(config().split("[profile Audit.Reader]")).toHaveLength(2);
  });

  it("gets the name that it has among all others", async () => {
    const twins = [SANDBOX, AUDIT].map((id) => ({ id, name: "twin", roles: [{ name: "Reader" }] }));
    const { context, config } = await start([` twin ${AUDIT} Reader`, true], {
      lab: { organisation: { users: [{ name: "ada" }], accounts: twins } },
    });
    expect(await pick(context)).toMatchObject({ profile: `twin.Reader-${AUDIT}` });
    expect(config()).not.toContain(`twin.Reader-${SANDBOX}`);
  });

  it("gets it though the session's filter leaves it out", async () => {
    const { context, config } = await start([ROLE, true]);
    const filtered = config().replace("[sso-session acme]", "$&\nssox_include = sandbox:*");
    writeFileSync(context.paths.configFile, filtered);
    expect(await pick(context)).toMatchObject({ profile: "Audit.Reader" });
  });

  it("stays without one where the user does not agree, and the hint writes it", async () => {
    const { context, config } = await start([ROLE, false]);
    const before = config();
    await expect(pick(context)).rejects.toMatchObject({
      code: "Usage",
      hint: `ssox sync-profiles --session acme --include ${AUDIT}:Reader`,
    });
    expect(config()).toBe(before);
  });

  it("is refused where its name is taken", async () => {
    const { context, config } = await start([ROLE]);
    writeFileSync(
      context.paths.configFile,
      `${config()}[profile Audit.Reader]\nregion = eu-west-1\n`,
    );
    await expect(pick(context)).rejects.toMatchObject({
      code: "Usage",
      message: expect.stringMatching(/"Audit.Reader" cannot be written: a profile of that name/),
      hint: expect.stringMatching(/^ssox sync-profiles --session acme --template/),
    });
  });

  it("may be the target of a command, which writes nothing", async () => {
    const { context, config } = await start([ROLE]);
    const before = config();
    expect(await resolveTarget({}, "never", context)).toMatchObject({
      profile: undefined,
      source: { kind: "sso", role: { accountId: AUDIT, roleName: "Reader" } },
    });
    expect(config()).toBe(before);
  });
});

it("for a command, the files are read whole only once something is picked", async () => {
  const { context, config } = await start(["mine"]);
  const choose: typeof context.terminal.choose = async (...asked) => {
    const chosen = await context.terminal.choose(...asked);
    writeFileSync(
      context.paths.configFile,
      config().replace(/^region = .+$/m, "region = sa-east-1"),
    );
    return chosen;
  };
  const terminal = { ...context.terminal, choose };
  const target = await resolveTarget({}, "never", { ...context, terminal });
  expect(target).toMatchObject({ profile: "mine", region: "sa-east-1" });
});

describe("what was picked lately", () => {
  it("stands first the next time, in a private file", async () => {
    const { context } = await start(["mine", ` Audit ${AUDIT} Reader`, "Ctrl-C"]);
    await pick(context);
    await resolveTarget({}, "never", context);
    const file = path.join(context.paths.state, "recent.json");
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      recent: [`role ${AUDIT} Reader acme`, "profile mine"],
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("is not what Ctrl-C ended", async () => {
    const { context } = await start(["Ctrl-C"]);
    await expect(pick(context)).rejects.toMatchObject({ exitStatus: 130 });
    expect(existsSync(path.join(context.paths.state, "recent.json"))).toBe(false);
  });
});

describe("the age of what is shown", () => {
  it.each<[string, number, RegExp]>([
    ["", 5 * 60_000, /^listed 5 min ago\n$/],
    [
      " a day later, with the command for a new list",
      25 * 3_600_000,
      /^listed 25 h ago: ssox roles --session acme --refresh\n$/,
    ],
    [" in days", 100 * 3_600_000, /^listed 4 days ago: /],
  ])("is told%s; the list is shown all the same", async (_when, later, told) => {
    const { clock, context, asked } = await start(["mine"]);
    await clock.advance(later);
    const requests = asked();
    await pick(context);
    expect(context.terminal.stderr).toMatch(told);
    expect(asked()).toBe(requests);
  });

  it("is told to be of another sign-in, after a new one", async () => {
    const { lab, context } = await start(["mine"]);
    await signInAsAwsCli(lab, context);
    await pick(context);
    expect(context.terminal.stderr).toMatch(
      /^listed \d s ago, under another sign-in: ssox roles --session acme\n$/,
    );
  });

  it("is none for what was never listed", async () => {
    const { context } = await start(["mine"], { listed: false });
    await pick(context);
    expect(context.terminal.stderr).toBe("not listed yet: ssox roles --session acme\n");
  });
});

it("a session with a setting that makes no sense keeps nobody from picking", async () => {
  const { context, config } = await start(["keys"]);
  const odd = config().replace("[sso-session acme]", "$&\nssox_store = nowhere");
  const keys = "[profile keys]\naws_access_key_id = A\naws_secret_access_key = s\n";
  writeFileSync(context.paths.configFile, odd + keys);
  expect(await pick(context)).toEqual({ profile: "keys" });
  expect(context.terminal.stderr).toMatch(/^listed \d+ s ago\n$/);
});

describe("without profiles", () => {
  it("the roles are listed first, where nothing was listed before", async () => {
    const { lab, context } = await start([` Audit ${AUDIT} Reader`, true], {
      profiles: [],
      listed: false,
    });
    await signInAsAwsCli(lab, context);
    expect(await pick(context)).toMatchObject({ profile: "Audit.Reader" });
  });

  it("and without a sign-in there is nothing to pick, which the hint mends", async () => {
    const { context } = await start([], { profiles: [], listed: false });
    await expect(pick(context)).rejects.toMatchObject({
      code: "LoginRequired",
      hint: "ssox login --session acme",
    });
  });

  it("a command may sign in first, after its question", async () => {
    const { context } = await start([false], { profiles: [], listed: false });
    await expect(resolveTarget({}, "ask", context)).rejects.toMatchObject({
      code: "LoginRequired",
    });
    expect(context.terminal.questions).toEqual(["Sign in to acme now?"]);
  });

  it("and without a session the hint is the first sign-in", async () => {
    const { context } = await start([], { listed: false });
    writeFileSync(context.paths.configFile, "");
    await expect(pick(context)).rejects.toMatchObject({
      code: "UnknownSession",
      hint: "ssox login --start-url URL --sso-region REGION",
    });
  });

  it("and without an assignment there is nothing to pick", async () => {
    const { lab, context } = await start([], {
      profiles: [],
      listed: false,
      lab: { organisation: { users: [{ name: "ada" }], accounts: [] } },
    });
    await signInAsAwsCli(lab, context);
    await expect(pick(context)).rejects.toMatchObject({
      code: "Usage",
      hint: "ssox roles --session acme --refresh",
    });
  });
});

describe("without a terminal", () => {
  it.each([{ interactive: false }, { interactive: true, noInput: true }])(
    "%j: the flag to pass is named",
    async (terminal) => {
      const { context } = await start([], { terminal });
      await expect(pick(context)).rejects.toMatchObject({
        code: "Usage",
        hint: "pass --profile mine to the command that is to be it",
      });
      await expect(resolveTarget({}, "ask", context)).rejects.toMatchObject({
        code: "Usage",
        hint: "--profile mine",
      });
    },
  );

  it("a role without a profile is named by its flags", async () => {
    const { context } = await start([], { profiles: [], terminal: { interactive: false } });
    await expect(resolveTarget({}, "ask", context)).rejects.toMatchObject({
      hint: `--account ${AUDIT} --role Reader --session acme`,
    });
  });

  it("and with nothing to pick, what makes profiles is", async () => {
    const none = { profiles: [], listed: false, terminal: { interactive: false } };
    const { context } = await start([], none);
    await expect(pick(context)).rejects.toMatchObject({ hint: "ssox sync-profiles" });
    await expect(resolveTarget({}, "ask", context)).rejects.toMatchObject({
      hint: "ssox sync-profiles",
    });
  });
});

it("a session's name stands in the list where there are several", async () => {
  const { context, config } = await start([`other sandbox ${SANDBOX} Admin beta`]);
  const beta = config()
    .replace("[sso-session acme]", "[sso-session beta]")
    .replace("[profile mine]", "[profile other]")
    .replace("sso_session = acme", "sso_session = beta");
  writeFileSync(context.paths.configFile, config() + beta);
  expect(await pick(context)).toMatchObject({ profile: "other", session: "beta" });
  expect(context.terminal.stderr).toMatch(
    /^acme listed .* ago, beta not listed yet: ssox roles --session beta\n$/,
  );
});

it("profiles that ssox wrote are offered as the others are, and not once they are gone", async () => {
  const { context } = await start([` Audit ${AUDIT} Reader`, true, "Audit.Reader", "Audit.Reader"]);
  await pick(context);
  expect(await pick(context)).toMatchObject({ profile: "Audit.Reader", session: "acme" });
  await removeProfiles({ session: "acme", all: false, dryRun: false }, context);
  await expect(pick(context)).rejects.toThrow("is not offered");
});
