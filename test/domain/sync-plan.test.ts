import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Inventory } from "../../src/domain/inventory.ts";
import type { ExistingProfile } from "../../src/domain/profile-edit.ts";
import { DEFAULT_TEMPLATE, parseTemplate } from "../../src/domain/profile-template.ts";
import { roleFilter } from "../../src/domain/role-filter.ts";
import { planSync, type SyncRules } from "../../src/domain/sync-plan.ts";

const ONE = "111111111111";
const TWO = "222222222222";

function inventory(
  ...accounts: [id: string, name: string | undefined, ...roles: string[]][]
): Inventory {
  return {
    accounts: accounts.map(([id, name, ...roles]) => ({ id, name, email: undefined, roles })),
  };
}

const line = (roleName: string): string =>
  `/node /ssox.js credential-process --account ${ONE} --role ${roleName} --session acme`;

function rules({
  template = DEFAULT_TEMPLATE,
  include = "",
  ...others
}: Partial<Omit<SyncRules, "template">> & { template?: string; include?: string } = {}): SyncRules {
  return {
    session: "acme",
    portal: { startUrl: "https://acme.awsapps.com/start", region: "eu-west-1" },
    template: parseTemplate(template),
    region: undefined,
    filter: roleFilter([include], []),
    form: undefined,
    credentialProcess: ({ roleName }) => line(roleName),
    adopt: false,
    rename: false,
    mayPrune: () => false,
    reserved: new Set(),
    guarded: new Set(),
    divided: new Set(),
    references: [],
    ...others,
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

const NOTHING = {
  ...{ created: [], updated: [], unchanged: [], renamed: [], pruned: [], stale: [] },
  ...{ conflicts: [], edits: [] },
};

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
    expect(plan).toMatchObject({ created: ["a.R"], updated: [], conflicts: [{ name: "mine" }] });
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

describe("a profile that names ssox as its credential_process", () => {
  const asProcess = rules({ form: "credential-process" });
  const accounts = inventory([ONE, "sandbox", "Dev"]);
  const settings = { credential_process: line("Dev"), ssox_managed: "acme" };

  test("is what a role gets where that is wanted", () => {
    const { created, edits } = planSync(accounts, [], asProcess);
    expect(created).toEqual(["sandbox.Dev"]);
    expect(edits).toEqual([{ name: "sandbox.Dev", settings: Object.entries(settings) }]);
    const again = planSync(accounts, [{ name: "sandbox.Dev", settings }], asProcess);
    expect(again).toEqual({ ...NOTHING, unchanged: ["sandbox.Dev"] });
  });

  test("takes the place of the three keys, and the names stay", () => {
    const { updated, edits } = planSync(accounts, [managed("mine", ONE, "Dev")], asProcess);
    expect(updated).toEqual(["mine"]);
    expect(edits[0]?.removed).toEqual(["sso_session", "sso_account_id", "sso_role_name"]);
  });

  test("stays what it is where nothing is said", () => {
    const profiles = [{ name: "mine", settings }, managed("other", ONE, "Ops")];
    const both = inventory([ONE, "sandbox", "Dev", "Ops"]);
    expect(planSync(both, profiles, rules())).toEqual({ ...NOTHING, unchanged: ["mine", "other"] });
  });

  test("gets the three keys back where those are wanted", () => {
    const back = rules({ form: "sso-keys" });
    const { updated, edits } = planSync(accounts, [{ name: "mine", settings }], back);
    expect(updated).toEqual(["mine"]);
    expect(edits[0]?.removed).toEqual(["credential_process"]);
    expect(edits[0]?.settings).toContainEqual(["sso_role_name", "Dev"]);
  });

  test.each([asProcess, rules()])("is mended when node moved", (chosen) => {
    const old = { ...settings, credential_process: line("Dev").replace("/node", "/old/node") };
    const { updated, edits } = planSync(accounts, [{ name: "mine", settings: old }], chosen);
    expect(updated).toEqual(["mine"]);
    expect(edits[0]?.settings).toContainEqual(["credential_process", line("Dev")]);
  });

  test("is stale when its role is gone", () => {
    const gone = { ...settings, credential_process: line("Gone") };
    const { stale } = planSync(accounts, [{ name: "mine", settings: gone }], asProcess);
    expect(stale).toEqual(["mine"]);
  });
});

describe("--adopt", () => {
  const own = (name: string, more: object = {}): ExistingProfile => {
    const { ssox_managed: _, ...settings } = managed(name, ONE, "R").settings;
    return { name, settings: { ...settings, ...more } };
  };
  const old = (name: string, more: object = {}): ExistingProfile => {
    const { sso_session: _, ...settings } = own(name).settings;
    const portal = { sso_start_url: "https://acme.awsapps.com/start", sso_region: "eu-west-1" };
    return { name, settings: { ...portal, ...settings, ...more } };
  };
  const adopting = rules({ adopt: true });
  const now = inventory([ONE, "a", "R"]);

  test("takes over a profile of the user's, under its name", () => {
    const plan = planSync(now, [own("mine", { output: "json" })], adopting);
    expect(plan).toMatchObject({ ...NOTHING, updated: ["mine"], edits: [{ name: "mine" }] });
    expect(plan.edits[0]?.settings).toContainEqual(["ssox_managed", "acme"]);
  });

  test("leaves the region that the user gave it, then and later", () => {
    const everywhere = rules({ adopt: true, region: "eu-west-1" });
    const mine = own("mine", { region: "us-east-1" });
    const [edit] = planSync(now, [mine], everywhere).edits;
    expect(edit?.settings.slice(3)).toEqual([
      ["ssox_keep", "region"],
      ["ssox_managed", "acme"],
    ]);
    const after = {
      name: "mine",
      settings: { ...mine.settings, ...Object.fromEntries(edit?.settings ?? []) },
    };
    expect(planSync(now, [after], everywhere)).toEqual({ ...NOTHING, unchanged: ["mine"] });
    expect(planSync(now, [own("mine")], everywhere).edits[0]?.settings).toContainEqual([
      "region",
      "eu-west-1",
    ]);
  });

  test("takes over one of two, and none where ssox has one already", () => {
    expect(planSync(now, [own("n"), own("m")], adopting)).toMatchObject({ updated: ["m"] });
    const beside = planSync(now, [managed("x", ONE, "R"), own("m")], adopting);
    expect(beside).toEqual({ ...NOTHING, unchanged: ["x"] });
  });

  test("solves the conflict that it is the hint of", () => {
    const [conflict] = planSync(now, [own("a.R")], rules()).conflicts;
    expect(conflict?.hint).toBe("ssox sync-profiles --session acme --adopt");
    expect(planSync(now, [own("a.R")], adopting)).toMatchObject({
      updated: ["a.R"],
      conflicts: [],
    });
  });

  test.each([
    ["of another session", { sso_session: "other" }],
    ["of another role", { sso_role_name: "S" }],
    ["with a second mechanism", { role_arn: "arn:aws:iam::111111111111:role/x" }],
    ["with a process of another program", { credential_process: "/bin/x" }],
    ["that repeats the start URL", { sso_start_url: "https://acme/start" }],
    ["that another session manages", { ssox_managed: "other" }],
  ])("leaves a profile %s", (_what, more) => {
    expect(planSync(now, [own("mine", more)], adopting)).toMatchObject({
      created: ["a.R"],
      updated: [],
    });
  });

  test.each(["https://acme.awsapps.com/start", "https://acme.awsapps.com/start/#/"])(
    "takes over one of the old form, which then names the session instead of %s",
    (sso_start_url) => {
      const mine = old("mine", { sso_start_url });
      const [edit, ...others] = planSync(now, [mine], adopting).edits;
      expect(others).toEqual([]);
      expect(edit).toEqual({
        name: "mine",
        settings: [
          ["sso_session", "acme"],
          ["sso_account_id", ONE],
          ["sso_role_name", "R"],
          ["ssox_managed", "acme"],
        ],
        removed: ["sso_start_url", "sso_region"],
      });
      expect(planSync(now, [{ ...mine, name: "a.R" }], rules()).conflicts).toMatchObject([
        { name: "a.R", hint: "ssox sync-profiles --session acme --adopt" },
      ]);
    },
  );

  test("takes over all of the old form, and none but these where ssox has one already", () => {
    const several = planSync(now, [old("n"), own("o"), old("m")], adopting);
    expect(several).toMatchObject({ created: [], updated: ["m", "n"] });
    const beside = [managed("x", ONE, "R"), own("o"), old("n")];
    expect(planSync(now, beside, adopting)).toMatchObject({ unchanged: ["x"], updated: ["n"] });
  });

  test("of the old form none but the role's keys stay, where ssox is to be the process", () => {
    const [edit] = planSync(now, [old("mine")], {
      ...adopting,
      form: "credential-process",
    }).edits;
    expect(edit?.removed).toEqual([
      ...["sso_account_id", "sso_role_name"],
      ...["sso_start_url", "sso_region"],
    ]);
    expect(edit?.settings[0]).toEqual(["credential_process", line("R")]);
  });

  test.each([
    ["of another portal", { sso_start_url: "https://other.awsapps.com/start" }],
    ["of another region", { sso_region: "us-east-1" }],
    ["without a region", { sso_region: undefined }],
    ["of another role", { sso_role_name: "S" }],
    ["with a process", { credential_process: "aws-sso-util credential-process --profile mine" }],
    ["with a process of ssox's", { credential_process: line("R") }],
    ["that assumes a role", { role_arn: "arn:aws:iam::111111111111:role/x" }],
  ])("leaves one of the old form %s", (_what, more) => {
    expect(planSync(now, [old("mine", more)], adopting)).toMatchObject({
      created: ["a.R"],
      updated: [],
    });
  });

  test("leaves one that has a second section, whose keys some SDKs would still read", () => {
    const divided = new Set(["mine"]);
    const plan = planSync(now, [old("mine")], rules({ adopt: true, divided }));
    expect(plan).toMatchObject({ created: ["a.R"], updated: [] });
  });

  test("leaves what the filter keeps out", () => {
    const only = rules({ adopt: true, include: "b:*" });
    expect(planSync(now, [own("mine")], only)).toEqual(NOTHING);
  });
});

describe("--rename", () => {
  const renaming = rules({ rename: true });

  test("gives profiles the names of today, and keeps what is right", () => {
    const now = inventory([ONE, "a", "R", "S"]);
    const plan = planSync(now, [managed("old", ONE, "R"), managed("a.S", ONE, "S")], renaming);
    expect(plan).toEqual({
      ...NOTHING,
      unchanged: ["a.S"],
      renamed: [{ from: "old", to: "a.R" }],
      edits: [{ name: "old", settings: [], newName: "a.R" }],
    });
  });

  test("lets two accounts exchange their names", () => {
    const now = inventory([ONE, "b", "R"], [TWO, "a", "R"]);
    const plan = planSync(now, [managed("a.R", ONE, "R"), managed("b.R", TWO, "R")], renaming);
    expect(plan.renamed).toEqual([
      { from: "a.R", to: "b.R" },
      { from: "b.R", to: "a.R" },
    ]);
    expect(plan.conflicts).toEqual([]);
  });

  test("a name that is given up goes to a role without a profile at once", () => {
    const now = inventory([ONE, "b", "R"], [TWO, "a", "R"]);
    const plan = planSync(now, [managed("a.R", ONE, "R")], renaming);
    expect(plan).toMatchObject({ renamed: [{ from: "a.R", to: "b.R" }], created: ["a.R"] });
  });

  test("a name of the user's stops it, and what hangs on it", () => {
    const now = inventory([ONE, "b", "R"], [TWO, "a", "R"]);
    const profiles = [
      managed("a.R", ONE, "R"),
      managed("c.R", TWO, "R", { region: "x" }),
      { name: "b.R", settings: {} },
    ];
    const plan = planSync(now, profiles, { ...renaming, region: "eu-west-1" });
    expect(plan).toMatchObject({ renamed: [], updated: ["a.R", "c.R"], created: [] });
    expect(plan.conflicts.map(({ name }) => name)).toEqual(["a.R", "b.R"]);
  });

  test("of two profiles for one role gives it to the first, once", () => {
    const now = inventory([ONE, "x", "R"]);
    const two = (name: string) => [managed(name, ONE, "R"), managed("b", ONE, "R")];
    const { renamed, unchanged } = planSync(now, two("a"), renaming);
    expect([renamed, unchanged]).toEqual([[{ from: "a", to: "x.R" }], ["b"]]);
    expect(planSync(now, two("x.R"), renaming)).toEqual({ ...NOTHING, unchanged: ["b", "x.R"] });
  });

  test("changes both, name and settings", () => {
    const now = inventory([ONE, "a", "R"]);
    const plan = planSync(now, [managed("old", ONE, "R")], { ...renaming, region: "eu-west-1" });
    expect(plan).toMatchObject({ renamed: [{ from: "old", to: "a.R" }], updated: [] });
    expect(plan.edits[0]).toMatchObject({ name: "old", newName: "a.R" });
    expect(plan.edits[0]?.settings).toContainEqual(["region", "eu-west-1"]);
  });
});

describe("a profile that another one has its credentials from", () => {
  const chained = { name: "chained", settings: { role_arn: "arn", source_profile: "sb" } };
  const byProcess = {
    name: "wrapped",
    settings: { credential_process: "/opt/ssox credential-process --profile sb" },
  };
  const sb = managed("sb", ONE, "R");
  const pruning = rules({ mayPrune: () => true });
  const renaming = rules({ rename: true });

  test.each([
    [chained, "source_profile of the profile chained names it"],
    [byProcess, "credential_process of the profile wrapped names it"],
  ])("keeps its name, and stays when it is stale: %j", (user, reason) => {
    const conflicts = [expect.objectContaining({ name: "sb", accountId: ONE, reason })];
    const renamed = planSync(inventory([ONE, "a", "R"]), [sb, user], renaming);
    expect(renamed).toEqual({ ...NOTHING, unchanged: ["sb"], conflicts });
    const pruned = planSync(inventory(), [sb, user], pruning);
    expect(pruned).toEqual({ ...NOTHING, stale: ["sb"], conflicts });
  });

  test("also where the credentials file says so", () => {
    const references = [{ by: "chained", key: "source_profile", to: "sb" }] as const;
    const renamed = planSync(inventory([ONE, "a", "R"]), [sb], { ...renaming, references });
    expect(renamed).toMatchObject({ renamed: [], conflicts: [{ name: "sb" }] });
    const pruned = planSync(inventory(), [sb], { ...pruning, references });
    expect(pruned).toMatchObject({ pruned: [], stale: ["sb"], conflicts: [{ name: "sb" }] });
  });

  test("gets a new region all the same", () => {
    const now = inventory([ONE, "a", "R"]);
    const plan = planSync(now, [sb, chained], { ...renaming, region: "eu-west-1" });
    expect(plan).toMatchObject({ updated: ["sb"], renamed: [], conflicts: [{ name: "sb" }] });
  });

  test("leaves today's name to another profile of its role", () => {
    const now = inventory([ONE, "a", "R"]);
    const plan = planSync(now, [sb, managed("tb", ONE, "R"), chained], renaming);
    expect(plan).toMatchObject({ renamed: [{ from: "tb", to: "a.R" }], conflicts: [] });
  });

  test("goes with it, and stays with it", () => {
    const user = managed("user", TWO, "R", { source_profile: "sb" });
    const third = managed("third", TWO, "S", { source_profile: "user" });
    const all = [sb, user, third];
    expect(planSync(inventory(), all, pruning).pruned).toEqual(["sb", "third", "user"]);
    const assigned = planSync(inventory([TWO, "b", "S"]), all, pruning);
    expect(assigned).toMatchObject({ pruned: [], stale: ["sb", "user"], unchanged: ["third"] });
    const refused = planSync(inventory(), all, { ...pruning, agreed: new Set(["sb", "user"]) });
    expect(refused).toMatchObject({ pruned: [], stale: ["sb", "third", "user"] });
    expect(refused.conflicts.map(({ name }) => name)).toEqual(["sb", "user"]);
  });

  test("may name itself, or what is not there", () => {
    const self = managed("self", ONE, "R", { source_profile: "self" });
    const lost = { name: "lost", settings: { source_profile: "nowhere" } };
    expect(planSync(inventory(), [self, lost], pruning)).toEqual({ ...NOTHING, pruned: ["self"] });
  });
});

describe("[default], once adopted", () => {
  const own = managed("default", ONE, "R");
  const hint = "take out its line ssox_managed, and it is yours alone";
  const conflicts = [expect.objectContaining({ name: "default", roleName: "R", hint })];

  test("is never renamed, nor pruned", () => {
    const now = inventory([ONE, "a", "R"]);
    const renamed = planSync(now, [own], rules({ rename: true }));
    expect(renamed).toEqual({ ...NOTHING, unchanged: ["default"], conflicts });
    const pruned = planSync(inventory(), [own], rules({ mayPrune: () => true }));
    expect(pruned).toEqual({ ...NOTHING, stale: ["default"], conflicts });
  });
});

describe("stale profiles", () => {
  const gone = [managed("a.R", ONE, "R"), managed("b.R", TWO, "R")];

  test("are pruned where that is wanted, one by one", () => {
    const pruning = rules({ mayPrune: (role) => role === `${ONE} R` });
    expect(planSync(inventory(), gone, pruning)).toEqual({
      ...NOTHING,
      pruned: ["a.R"],
      stale: ["b.R"],
    });
  });

  test("make room for a new profile of their name", () => {
    const old = managed("a.R", ONE, "Former");
    const plan = planSync(inventory([ONE, "a", "R"]), [old], rules({ mayPrune: () => true }));
    expect(plan).toMatchObject({ created: ["a.R"], pruned: ["a.R"], updated: [] });
  });

  test("one that names no role is none: nothing could ever prune it", () => {
    const broken = { name: "x", settings: { ssox_managed: "acme" } };
    const plan = planSync(inventory(), [broken], rules({ mayPrune: () => true }));
    const hint = "take out the profile, or its line ssox_managed";
    expect(plan).toEqual({ ...NOTHING, conflicts: [expect.objectContaining({ name: "x", hint })] });
  });

  test("one in an account whose roles are not known is not stale", () => {
    const unlisted = { accounts: [], unlisted: new Set([ONE]) };
    const plan = planSync(unlisted, gone, rules({ mayPrune: () => true }));
    expect(plan).toEqual({ ...NOTHING, unchanged: ["a.R"], pruned: ["b.R"] });
  });
});

test("a name of the credentials file is a conflict", () => {
  const reserved = new Set(["a.R"]);
  const plan = planSync(inventory([ONE, "a", "R", "S"]), [], rules({ reserved }));
  expect(plan).toMatchObject({ created: ["a.S"], conflicts: [{ name: "a.R" }] });
});
