import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Inventory } from "../../src/domain/inventory.ts";
import { DEFAULT_TEMPLATE, parseTemplate } from "../../src/domain/profile-template.ts";
import { roleFilter } from "../../src/domain/role-filter.ts";
import { type ExistingProfile, planSync, type SyncRules } from "../../src/domain/sync-plan.ts";

const ONE = "111111111111";
const TWO = "222222222222";

function inventory(
  ...accounts: [id: string, name: string | undefined, ...roles: string[]][]
): Inventory {
  return {
    accounts: accounts.map(([id, name, ...roles]) => ({ id, name, email: undefined, roles })),
  };
}

function rules(options: { template?: string; region?: string; include?: string } = {}): SyncRules {
  return {
    session: "acme",
    template: parseTemplate(options.template ?? DEFAULT_TEMPLATE),
    region: options.region,
    filter: roleFilter([options.include ?? ""], []),
  };
}

function managed(
  name: string,
  accountId: string,
  roleName: string,
  more: object = {},
): ExistingProfile {
  const settings = {
    sso_session: "acme",
    sso_account_id: accountId,
    sso_role_name: roleName,
    ssox_managed: "acme",
    ...more,
  };
  return { name, settings };
}

const NOTHING = { created: [], updated: [], unchanged: [], stale: [], conflicts: [], edits: [] };

describe("a role without a profile", () => {
  test("gets one", () => {
    const plan = planSync(inventory([ONE, "sandbox", "Dev"]), [], rules({ region: "eu-west-1" }));
    expect(plan).toEqual({
      ...NOTHING,
      created: ["sandbox.Dev"],
      edits: [
        {
          name: "sandbox.Dev",
          settings: [
            ["sso_session", "acme"],
            ["sso_account_id", ONE],
            ["sso_role_name", "Dev"],
            ["region", "eu-west-1"],
            ["ssox_managed", "acme"],
          ],
        },
      ],
    });
  });

  test("and no region where none is set", () => {
    const [edit] = planSync(inventory([ONE, "a", "R"]), [], rules()).edits;
    expect(edit?.settings.map(([key]) => key)).not.toContain("region");
  });

  test("names are in byte order", () => {
    const plan = planSync(inventory([ONE, "b", "R"], [TWO, "a", "r", "R", "_"]), [], rules());
    expect(plan.created).toEqual(["a.R", "a._", "a.r", "b.R"]);
    expect(plan.edits.map(({ name }) => name)).toEqual(plan.created);
  });
});

describe("a profile of ssox", () => {
  test("that is as it should be stays", () => {
    const plan = planSync(
      inventory([ONE, "a", "R"]),
      [managed("a.R", ONE, "R", { output: "json" })],
      rules(),
    );
    expect(plan).toEqual({ ...NOTHING, unchanged: ["a.R"] });
  });

  test("keeps its name while its role is the same", () => {
    const plan = planSync(inventory([ONE, "renamed", "R"]), [managed("a.R", ONE, "R")], rules());
    expect(plan).toEqual({ ...NOTHING, unchanged: ["a.R"] });
  });

  test("keeps it when another account comes to the same name", () => {
    const now = inventory([ONE, "a", "R"], [TWO, "a", "R"]);
    const plan = planSync(now, [managed("a.R", ONE, "R")], rules());
    expect(plan).toMatchObject({ created: [`a.R-${TWO}`], unchanged: ["a.R"], conflicts: [] });
  });

  test("gets the region that is set, and keeps one where none is set", () => {
    const old = managed("a.R", ONE, "R", { region: "us-east-1" });
    const now = inventory([ONE, "a", "R"]);
    expect(planSync(now, [old], rules({ region: "eu-west-1" })).updated).toEqual(["a.R"]);
    expect(planSync(now, [old], rules()).unchanged).toEqual(["a.R"]);
  });

  test("whose keys were taken out gets them back", () => {
    const broken = { name: "a.R", settings: { ssox_managed: "acme", region: "x" } };
    expect(planSync(inventory([ONE, "a", "R"]), [broken], rules())).toMatchObject({
      updated: ["a.R"],
      edits: [{ name: "a.R" }],
      stale: [],
    });
  });

  test("that names another session now is no longer this role's", () => {
    const moved = managed("mine", ONE, "R", { sso_session: "other" });
    const plan = planSync(inventory([ONE, "a", "R"]), [moved], rules());
    expect(plan).toMatchObject({ created: ["a.R"], updated: [], stale: ["mine"] });
  });

  test("whose role is no longer assigned is stale, and keeps its name from others", () => {
    const plan = planSync(inventory([TWO, "a", "R"]), [managed("a.R", ONE, "R")], rules());
    expect(plan).toMatchObject({ created: [`a.R-${TWO}`], stale: ["a.R"], conflicts: [] });
  });

  test("whose role is assigned but filtered out is left alone", () => {
    const old = managed("a.R", ONE, "R", { region: "us-east-1" });
    const only = rules({ include: "b:*", region: "eu-west-1" });
    expect(planSync(inventory([ONE, "a", "R", "S"]), [old], only)).toEqual({
      ...NOTHING,
      unchanged: ["a.R"],
    });
  });
});

describe("a name that is not free", () => {
  test("for a profile that ssox did not write, though it is the same role", () => {
    const { settings } = managed("a.R", ONE, "R");
    const { ssox_managed: _, ...own } = { ssox_managed: "", ...settings };
    const plan = planSync(inventory([ONE, "a", "R"]), [{ name: "a.R", settings: own }], rules());
    expect(plan).toEqual({
      ...NOTHING,
      conflicts: [expect.objectContaining({ name: "a.R", accountId: ONE, roleName: "R" })],
    });
  });

  test("for another session's profile: the hint is a template with the session", () => {
    const theirs = managed("a.R", ONE, "R", { ssox_managed: "other", sso_session: "other" });
    const { conflicts, stale } = planSync(inventory([ONE, "a", "R"]), [theirs], rules());
    expect(conflicts).toEqual([
      expect.objectContaining({
        name: "a.R",
        reason: expect.stringContaining("the session other"),
        hint: expect.stringContaining("{session}"),
      }),
    ]);
    expect(stale).toEqual([]);
  });

  test("does not keep the other roles from theirs", () => {
    const mine = { name: "a.R", settings: { region: "x" } };
    expect(planSync(inventory([ONE, "a", "R", "S"]), [mine], rules()).created).toEqual(["a.S"]);
  });
});

test.each([
  ["not-an-id", "R"],
  [ONE, "R\ncredential_process = evil"],
  [ONE, ""],
])("the account %j with the role %j is none of AWS's, and gets no profile", (id, role) => {
  const plan = planSync(inventory([id, "a", role], [TWO, "b", "R"]), [], rules());
  expect(plan.created).toEqual(["b.R"]);
  expect(plan.conflicts).toHaveLength(1);
});

test("a second plan finds nothing to do, and none depends on the order of the listing", () => {
  const account = fc.tuple(
    fc.constantFrom(ONE, TWO, "333333333333"),
    fc.constantFrom("a", "b", "A", undefined),
    fc.uniqueArray(fc.constantFrom("R", "S", "R+", "R,")),
  );
  const accounts = fc.uniqueArray(account, { selector: ([id]) => id });
  const before = fc.uniqueArray(
    fc.oneof(
      fc
        .tuple(fc.constantFrom("a.R", "x"), fc.constantFrom(ONE, TWO), fc.constantFrom("R", "S"))
        .map(([name, id, role]) => managed(name, id, role)),
      fc.constantFrom("a.R", "b.S").map((name) => ({ name, settings: {} })),
    ),
    { selector: ({ name }) => name },
  );
  fc.assert(
    fc.property(accounts, before, (found, profiles) => {
      const listed = inventory(
        ...found.map(([id, name, roles]) => [id, name, ...roles] as const).map(([...each]) => each),
      );
      const reversed = {
        accounts: listed.accounts
          .toReversed()
          .map((each) => ({ ...each, roles: each.roles.toReversed() })),
      };
      const plan = planSync(listed, profiles, rules());
      expect(planSync(reversed, profiles, rules())).toEqual(plan);
      const after = new Map(profiles.map((profile) => [profile.name, profile]));
      for (const { name, settings } of plan.edits) {
        const old = after.get(name)?.settings ?? {};
        after.set(name, { name, settings: { ...old, ...Object.fromEntries(settings) } });
      }
      const again = planSync(listed, after.values(), rules());
      expect([again.created, again.updated, again.edits]).toEqual([[], [], []]);
      expect(again.stale).toEqual(plan.stale);
      expect(again.conflicts).toEqual(plan.conflicts);
    }),
    { numRuns: 500 },
  );
});

describe("a session whose secrets lie in the keychain", () => {
  const line = (roleName: string): string =>
    `/node /ssox.js credential-process --account ${ONE} --role ${roleName} --session acme`;
  const inKeychain: SyncRules = { ...rules(), credentialProcess: ({ roleName }) => line(roleName) };
  const accounts = inventory([ONE, "sandbox", "Dev"]);
  const settings = { credential_process: line("Dev"), ssox_managed: "acme" };

  test("gets profiles that name ssox", () => {
    const { created, edits } = planSync(accounts, [], inKeychain);
    expect(created).toEqual(["sandbox.Dev"]);
    expect(edits).toEqual([{ name: "sandbox.Dev", settings: Object.entries(settings) }]);
    const again = planSync(accounts, [{ name: "sandbox.Dev", settings }], inKeychain);
    expect(again).toEqual({ ...NOTHING, unchanged: ["sandbox.Dev"] });
  });

  test("whose profiles had the three keys loses these, and the names stay", () => {
    const { updated, edits } = planSync(accounts, [managed("mine", ONE, "Dev")], inKeychain);
    expect(updated).toEqual(["mine"]);
    expect(edits[0]?.removed).toEqual(["sso_session", "sso_account_id", "sso_role_name"]);
  });

  test("no longer gets them back", () => {
    const { updated, edits } = planSync(accounts, [{ name: "mine", settings }], rules());
    expect(updated).toEqual(["mine"]);
    expect(edits[0]?.removed).toEqual(["credential_process"]);
    expect(edits[0]?.settings).toContainEqual(["sso_role_name", "Dev"]);
  });

  test("when node moved, is mended", () => {
    const old = { ...settings, credential_process: line("Dev").replace("/node", "/old/node") };
    expect(planSync(accounts, [{ name: "mine", settings: old }], inKeychain).updated).toEqual([
      "mine",
    ]);
  });

  test("has a stale profile for a role that is gone", () => {
    const gone = { ...settings, credential_process: line("Gone") };
    expect(planSync(accounts, [{ name: "mine", settings: gone }], inKeychain).stale).toEqual([
      "mine",
    ]);
  });
});
