import { expect, test } from "vitest";
import { joinPlans } from "../../src/domain/sync-lists.ts";
import { syncNotices } from "../../src/views/sync-summary.ts";

test("conflicts that are mended alike have their hint once", () => {
  const conflict = (name: string, hint: string) => {
    return { name, accountId: "111111111111", roleName: "Dev", reason: "it is taken", hint };
  };
  const conflicts = [
    conflict("a", "ssox x"),
    conflict("b", "ssox y"),
    conflict("c", "ssox x"),
    { name: "d", reason: "it is odd", hint: "ssox y" },
  ];
  expect(
    syncNotices({ ...joinPlans([]), stale: ["s"], conflicts })
      .join("\n")
      .split("\n"),
  ).toEqual([
    "stale: s stays, but its role is no longer assigned to you",
    "conflict: a (111111111111 Dev): it is taken",
    "conflict: c (111111111111 Dev): it is taken",
    "  → ssox x",
    "conflict: b (111111111111 Dev): it is taken",
    "conflict: d: it is odd",
    "  → ssox y",
  ]);
});
