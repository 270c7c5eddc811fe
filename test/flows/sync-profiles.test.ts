import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Inventory } from "../../src/domain/inventory.ts";
import { type SyncInput, syncProfiles } from "../../src/flows/sync-profiles.ts";
import type { SessionListing } from "../../src/flows/sync-profiles-listing.ts";
import type { SyncChoices } from "../../src/flows/sync-profiles-rules.ts";
import {
  plannedSync,
  type WriteChoices,
  writeProfiles,
} from "../../src/flows/sync-profiles-write.ts";
import { withLock } from "../../src/system/files/lock.ts";
import { type TestContext, testContext } from "../helpers/context.ts";

const ACME = "[sso-session acme]\nsso_start_url = https://acme/start\nsso_region = eu-west-1\n";
const ONE = "111111111111";
const INVENTORY: Inventory = {
  accounts: [{ id: ONE, name: "sandbox", email: undefined, roles: ["Admin", "ReadOnly"] }],
};
const DEFAULTS = {
  ...{ template: undefined, region: undefined, include: undefined, exclude: undefined },
  ...{ credentialProcess: undefined, adopt: false, rename: false, prune: false },
} satisfies SyncChoices;

/** A listing that was just made. */
const listing = (inventory = INVENTORY, session = "acme"): SessionListing => {
  const roles = inventory.accounts.flatMap(({ id, roles }) => roles.map((role) => `${id} ${role}`));
  return { session, inventory, failed: [], known: new Set(roles), listedAt: undefined };
};
const sync = (context: TestContext, choices: Partial<WriteChoices> = {}, inventory = INVENTORY) =>
  writeProfiles([listing(inventory)], { ...DEFAULTS, ...choices }, context);
const planned = (context: TestContext, choices: Partial<WriteChoices> = {}) =>
  plannedSync(fileOf(context), [listing()], { ...DEFAULTS, ...choices }, context);
const fileOf = ({ paths }: TestContext) => readFileSync(paths.configFile, "utf8");

const profile = (name: string, role: string) =>
  `\n[profile ${name}]\nsso_session = acme\nsso_account_id = ${ONE}\nsso_role_name = ${role}\nssox_managed = acme\n`;

describe("writeProfiles", () => {
  test("34 · writes the profiles behind all that stood there", async () => {
    const context = testContext({ config: `# mine\n${ACME}` });
    const { plan, before, after } = await sync(context);
    expect(plan.created).toEqual(["sandbox.Admin", "sandbox.ReadOnly"]);
    expect(before).toBe(`# mine\n${ACME}`);
    expect(after).toBe(
      `# mine\n${ACME}${profile("sandbox.Admin", "Admin")}${profile("sandbox.ReadOnly", "ReadOnly")}`,
    );
    expect(fileOf(context)).toBe(after);
  });

  test("29 · a second time touches nothing", async () => {
    const context = testContext({ config: ACME });
    await sync(context);
    const before = statSync(context.paths.configFile, { bigint: true });
    expect((await sync(context)).plan).toMatchObject({ created: [], updated: [], stale: [] });
    const after = statSync(context.paths.configFile, { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  test("a dry run plans the same and writes nothing", async () => {
    const context = testContext({ config: ACME });
    const wanted = planned(context);
    expect(fileOf(context)).toBe(ACME);
    expect(await sync(context)).toEqual(wanted);
  });

  test("further keys and comments in a profile of ssox stay", async () => {
    const context = testContext({ config: ACME + profile("sandbox.Admin", "Admin") });
    const own = "# note\noutput = json\ns3 =\n  max_concurrent_requests = 4\n";
    const { configFile } = context.paths;
    writeFileSync(configFile, `${fileOf(context)}${own}`);
    await sync(context, { region: "eu-west-1", include: ["*:Admin"] });
    expect(fileOf(context)).toBe(
      `${ACME}${profile("sandbox.Admin", "Admin")}${own}region = eu-west-1\n`,
    );
  });

  test("the keys of the session's section count, and flags beat them", async () => {
    const keys =
      "ssox_profile_template = {role_name|lower}\nssox_profile_region = eu-central-1\nssox_include = *:Admin,*:Read*\nssox_exclude = *:*Only\n";
    const context = testContext({ config: ACME + keys });
    const byKeys = planned(context);
    expect(byKeys.plan.created).toEqual(["admin"]);
    expect(byKeys.after).toContain("region = eu-central-1\n");
    const flags = {
      template: "{role_name}",
      region: "us-east-1",
      include: ["*:*"],
      exclude: ["*:Admin"],
    };
    const byFlags = planned(context, flags);
    expect(byFlags.plan.created).toEqual(["ReadOnly"]);
    expect(byFlags.after).toContain("region = us-east-1\n");
  });

  test("two sessions, written at the same time, keep out of each other's way", async () => {
    const two = ACME + ACME.replaceAll("acme", "beta");
    const context = testContext({ config: two });
    const template = "{session}.{role_name}";
    await Promise.all(
      ["acme", "beta"].map((session) =>
        writeProfiles([listing(INVENTORY, session)], { ...DEFAULTS, template }, context),
      ),
    );
    const names = fileOf(context).match(/(?<=\[profile )[^\]]+/g);
    expect(names?.sort()).toEqual(["acme.Admin", "acme.ReadOnly", "beta.Admin", "beta.ReadOnly"]);
    expect((await sync(context, { template })).plan.unchanged).toEqual([
      "acme.Admin",
      "acme.ReadOnly",
    ]);
  });

  test("plans anew when the file changed while it waited", async () => {
    const context = testContext({ config: ACME });
    const { configFile } = context.paths;
    const mine = "\n[profile sandbox.Admin]\nregion = us-east-1\n";
    const writing = await withLock(`${configFile}.lock`, {}, async () => {
      const started = sync(context);
      writeFileSync(configFile, ACME + mine);
      // Wrapped: `withLock` would wait for the promise itself.
      return { started };
    });
    const { plan } = await writing.started;
    expect(plan.conflicts.map(({ name }) => name)).toEqual(["sandbox.Admin"]);
    expect(fileOf(context)).toBe(ACME + mine + profile("sandbox.ReadOnly", "ReadOnly"));
  });

  test.each([
    ["a template", { template: "{nope}" }],
    ["a region", { region: "Ireland" }],
    ["a region that reaches into the next line", { region: "eu-west-1\nx = y" }],
    ["a pattern", { include: ["sandbox"] }],
  ])("%s that cannot be used changes nothing", async (_name, choices) => {
    const context = testContext({ config: ACME });
    await expect(sync(context, choices)).rejects.toMatchObject({ code: "Usage" });
    expect(fileOf(context)).toBe(ACME);
  });

  test.each([
    ["a section twice", "[profile a]\n[profile b]\n[profile a]\n", 6],
    ["a key twice", "[profile a]\nx = 1\nX = 2\n", 6],
    ["a key without its sign", "[profile a]\nwords\n", 5],
    ["a nested line without its sign", "[profile a]\ns3 =\n  words\n", 5],
    ["a byte that is no UTF-8", "[profile a]\n# \xff\n", 5],
  ])(
    "30 · a file that botocore rejects is refused and left as it is: %s",
    async (_what, text, line) => {
      const context = testContext({ config: "" });
      const bytes = Buffer.from(ACME + text, "latin1");
      writeFileSync(context.paths.configFile, bytes);
      await expect(sync(context)).rejects.toMatchObject({
        code: "ConfigInvalid",
        message: expect.stringContaining(`line ${line}`),
      });
      expect(readFileSync(context.paths.configFile)).toEqual(bytes);
    },
  );

  test.each([
    ["text before the first section", `words\n${ACME}`],
    ["a byte order mark", `\ufeff${ACME}`],
  ])("30 · a file that botocore rejects is refused and left as it is: %s", async (_what, text) => {
    const context = testContext({ config: text });
    await expect(sync(context)).rejects.toThrow("line 1");
    expect(fileOf(context)).toBe(text);
  });
});

describe("syncProfiles", () => {
  const input: SyncInput = {
    ...{ ...DEFAULTS, session: undefined, all: false, cached: false, dryRun: false, yes: false },
    maySignIn: "never",
  };

  test("asks for a section when all profiles are of the old form", async () => {
    const legacy = "[profile old]\nsso_start_url = https://old/start\nsso_region = us-east-1\n";
    const context = testContext({ config: legacy });
    await expect(syncProfiles(input, context)).rejects.toMatchObject({
      code: "Usage",
      hint: "ssox login --start-url https://old/start --sso-region us-east-1",
    });
  });

  test("tells what is wrong with the choices before a sign-in is asked for", async () => {
    const context = testContext({ config: ACME });
    await expect(syncProfiles({ ...input, template: "{x}" }, context)).rejects.toMatchObject({
      code: "Usage",
    });
    await expect(syncProfiles(input, context)).rejects.toMatchObject({ code: "LoginRequired" });
  });

  test("there is no session in a file that is not there", async () => {
    const context = testContext();
    await expect(syncProfiles(input, context)).rejects.toMatchObject({ code: "UnknownSession" });
    expect(existsSync(context.paths.configFile)).toBe(false);
  });
});
