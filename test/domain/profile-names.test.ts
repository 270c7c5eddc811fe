import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type NamedRole, profileNames } from "../../src/domain/profile-names.ts";
import { DEFAULT_TEMPLATE, parseTemplate } from "../../src/domain/profile-template.ts";

const NONE: ReadonlySet<string> = new Set();

function role(accountId: string, accountName: string | undefined, roleName: string): NamedRole {
  return { accountId, accountName, email: undefined, roleName };
}

function names(roles: readonly NamedRole[], template = DEFAULT_TEMPLATE, taken = NONE) {
  return profileNames(parseTemplate(template), "acme", roles, taken);
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 6);

describe("names", () => {
  test("by the template", () => {
    expect(names([role("1", "sandbox", "Admin"), role("2", undefined, "Admin")])).toEqual([
      "sandbox.Admin",
      "2.Admin",
    ]);
  });

  test.each(["default", "__proto__"])("%s, which means something else, gets the id", (name) => {
    expect(names([role("1", name, "R")], "{account_name}")).toEqual([`${name}-1`]);
  });

  test("of two roles with one name both get the account's id", () => {
    const roles = [role("1", "Sand Box", "R"), role("2", "sand?box", "R"), role("3", "other", "R")];
    expect(names(roles, "{account_name|slug}.{role_name}")).toEqual([
      "sand-box.R-1",
      "sand-box.R-2",
      "other.R",
    ]);
  });

  test("and of two roles of one account a hash, too", () => {
    const roles = [role("1", "a", "Dev+x"), role("1", "a", "Dev,x"), role("1", "a", "Devx")];
    expect(names(roles)).toEqual([
      `a.Dev-x-1-${hash("Dev+x")}`,
      `a.Dev-x-1-${hash("Dev,x")}`,
      "a.Devx",
    ]);
  });

  test("a name made longer that meets another one: that gets longer, too", () => {
    const roles = [role("1", "x", "R"), role("2", "x", "R"), role("3", "x-1", "R")];
    expect(names(roles, "{account_name}")).toEqual(["x-1", "x-2", "x-1-3"]);
  });

  test("a name that another profile keeps is given to nobody else", () => {
    expect(names([role("1", "a", "R")], DEFAULT_TEMPLATE, new Set(["a.R"]))).toEqual(["a.R-1"]);
    expect(names([role("1", "a", "R")], DEFAULT_TEMPLATE, new Set(["a.R", "a.R-1"]))).toEqual([
      `a.R-1-${hash("R")}`,
    ]);
  });

  test("have 128 characters at most, and are told apart by their end", () => {
    const long = "n".repeat(200);
    const [one, two, ...more] = names([role("1", long, "A"), role("2", long, "A")]);
    expect([one, two, more]).toEqual([`${"n".repeat(126)}-1`, `${"n".repeat(126)}-2`, []]);
    expect(names([role("1", long, "A")])).toEqual(["n".repeat(128)]);
  });
});

test("every role has a name of its own, whatever the order of the listing", () => {
  const inventory = fc
    .uniqueArray(
      fc.record({
        accountId: fc.constantFrom("111111111111", "222222222222", "333333333333"),
        accountName: fc.constantFrom("a", "A", "á", "a-111111111111", "default", "日本", undefined),
        email: fc.constant(undefined),
        roleName: fc.constantFrom("R", "R+", "R,", "S", "R-111111111111", "r"),
      }),
      { selector: ({ accountId, roleName }) => `${accountId} ${roleName}`, minLength: 1 },
    )
    .chain((roles) =>
      fc.tuple(
        fc.constant(roles),
        fc.shuffledSubarray(roles, { minLength: roles.length }),
        fc.constantFrom(DEFAULT_TEMPLATE, "{account_name|slug}", "{session}"),
        fc.uniqueArray(fc.constantFrom("a.R", "A.S", "acme", "a")).map((taken) => new Set(taken)),
      ),
    );
  fc.assert(
    fc.property(inventory, ([roles, shuffled, template, taken]) => {
      const found = new Map(names(roles, template, taken).map((name, i) => [roles[i], name]));
      expect(new Set(found.values()).size).toBe(roles.length);
      for (const name of found.values()) expect(taken).not.toContain(name);
      const again = names(shuffled, template, taken);
      expect(again).toEqual(shuffled.map((each) => found.get(each)));
    }),
    { numRuns: 500 },
  );
});
