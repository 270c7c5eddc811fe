import { expect, it } from "vitest";
import { namesPreview as previewOf } from "../../src/domain/names-preview.ts";
import { parseTemplate } from "../../src/domain/profile-template.ts";
import { beginningOf } from "../../src/views/beginning.ts";
import { namesPreview } from "../../src/views/names-preview.ts";

const shown = (template: string, roles: readonly string[], columns?: number) => {
  const accounts = [{ id: "111122223333", name: "sand\u001bbox", email: undefined, roles }];
  return namesPreview(
    previewOf(parseTemplate(template), "acme", { accounts }, () => true),
    columns,
  );
};

it("is a table with a line that sums it up", () => {
  expect(shown("{account_name}.{role_name}", ["Admin", "ReadOnly"])).toBe(
    [
      "PROFILE            ACCOUNT      ROLE",
      "sand-box.Admin     sand\\x1bbox  Admin",
      "sand-box.ReadOnly  sand\\x1bbox  ReadOnly",
      "2 names, no two alike; the longest has 17 characters.",
    ].join("\n"),
  );
});

it("tells how many would be alike, and when there is none", () => {
  expect(shown("x", ["Admin", "ReadOnly"])).toContain(
    "2 names, 2 of them with the account's id behind, since they would be alike;",
  );
  expect(shown("x", ["Admin"])).toContain("1 name, no two alike;");
  expect(shown("x", [])).toBe("No role is assigned to you, or none that the filters let through.");
});

it("the line that sums it up is broken between words", () => {
  expect(shown("x", ["Admin", "ReadOnly"], 80).split("\n").slice(-2)).toEqual([
    "2 names, 2 of them with the account's id behind, since they would be alike; the",
    "longest has 21 characters.",
  ]);
});

it("a long text is cut, and says where the rest is", () => {
  expect(beginningOf("1\n2\n3\n4", 2, "ssox x")).toBe("1\n2\n… 2 more lines: ssox x");
  expect(beginningOf("1\n2\n3", 2, "ssox x")).toBe("1\n2\n3");
});
