import { describe, expect, test } from "vitest";
import { roleFilter } from "../../src/domain/role-filter.ts";

const ROLE = { accountId: "111122223333", accountName: "Sandbox-EU", roleName: "ReadOnlyAccess" };

describe("a pattern", () => {
  test.each([
    ["Sandbox-EU:ReadOnlyAccess", true],
    ["sandbox-eu:ReadOnlyAccess", true],
    ["sandbox-eu:readonlyaccess", false],
    ["111122223333:ReadOnlyAccess", true],
    ["11112222*:*", true],
    ["sandbox:*", false],
    ["sandbox*:*", true],
    ["*:Read*", true],
    ["*:Read?nlyAccess", true],
    ["*:Read?OnlyAccess", false],
    ["???????-eu:*", true],
    ["*:ReadOnly", false],
    ["*: Admin*, *:*Access", true],
    ["*:Admin,other:*", false],
    ["s.ndbox-eu:*", false],
  ])("%s: %s", (pattern, matches) => {
    expect(roleFilter([pattern], [])(ROLE)).toBe(matches);
  });

  test.each([
    ["a\\,b:*", "a,b"],
    ["a\\:b:*", "a:b"],
    ["a\\*b:*", "a*b"],
    ["a\\?:*", "a?"],
    ["a\\\\b:*", "a\\b"],
    ["(a+)[b]{1}^$|/:*", "(a+)[b]{1}^$|/"],
    ["zoë*:*", "ZOË prod"],
  ])("%s finds the account %s", (pattern, accountName) => {
    const filter = roleFilter([pattern], []);
    expect(filter({ ...ROLE, accountName })).toBe(true);
    expect(filter({ ...ROLE, accountName: `x${accountName}` })).toBe(false);
  });

  test("an escaped star matches a star alone, and one behind it still matches all", () => {
    const filter = roleFilter(["a\\**:*"], []);
    expect(filter({ ...ROLE, accountName: "a*bc" })).toBe(true);
    expect(filter({ ...ROLE, accountName: "abc" })).toBe(false);
  });

  test("many stars take no longer than one", () => {
    const filter = roleFilter([`${"*".repeat(40)}x:*`], []);
    expect(filter({ ...ROLE, accountName: "a".repeat(60) })).toBe(false);
  });

  test("an account without a name is found by its id", () => {
    expect(roleFilter(["1111*:*"], [])({ ...ROLE, accountName: undefined })).toBe(true);
    expect(roleFilter(["undefined:*"], [])({ ...ROLE, accountName: undefined })).toBe(false);
  });

  test.each(["Admin", ":Admin", "sandbox:", "a:b:c"])("%s is refused", (pattern) => {
    expect(() => roleFilter([pattern], [])).toThrow(expect.objectContaining({ code: "Usage" }));
    expect(() => roleFilter([], [pattern])).toThrow(expect.objectContaining({ code: "Usage" }));
  });
});

describe("include and exclude", () => {
  test.each([
    [[], [], true],
    [[""], [""], true],
    [["other:*"], [], false],
    [["other:*", "sandbox*:*"], [], true],
    [[], ["sandbox*:*"], false],
    [["*:*"], ["*:ReadOnly*"], false],
    [["*:*"], ["*:Admin"], true],
  ])("%j and not %j: %s", (include, exclude, matches) => {
    expect(roleFilter(include, exclude)(ROLE)).toBe(matches);
  });
});
