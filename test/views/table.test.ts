import { expect, test } from "vitest";
import { table } from "../../src/views/table.ts";

test("columns are aligned, two spaces apart, without spaces at the end", () => {
  const rows = [
    ["1", "Sandbox", "x"],
    ["123456789012", "A", ""],
  ];
  expect(table(["ID", "NAME", "MAIL"], rows)).toBe(
    ["ID            NAME     MAIL", "1             Sandbox  x", "123456789012  A"].join("\n"),
  );
});

test("the heading alone", () => {
  expect(table(["ID", "NAME"], [])).toBe("ID  NAME");
});

test("wide letters take two columns, combining marks none", () => {
  const rows = [
    ["日本", "|"],
    ["🎉", "|"],
    ["e\u0301", "|"],
    ["abcd", "|"],
  ];
  expect(table(["A", "B"], rows).split("\n")).toEqual([
    "A     B",
    "日本  |",
    "🎉    |",
    "e\u0301     |",
    "abcd  |",
  ]);
});

test("names from elsewhere stay on their line and say nothing to the terminal", () => {
  expect(table(["A", "B"], [["\u001b[31m\n", "x"]])).toBe("A           B\n\\x1b[31m\\n  x");
});

test("a very long list", () => {
  const rows = Array.from({ length: 300_000 }, () => ["a", "b"]);
  expect(table(["A", "B"], rows).length).toBe(300_001 * 5 - 1);
});

test.each([
  [64, "123456789012  Development of things  Administrator  日本語日本語"],
  [60, "123456789012  Development of t…  Administrator  日本語日本語"],
  [52, "123456789012  Developmen…  Administra…  日本語日本…"],
  [44, "123456789012  Develop…  Adminis…  日本語…"],
  [10, "123456789012  Develop…  Adminis…  日本語…"],
])("in %i columns the widest are cut, and never the first", (columns, line) => {
  const rows = [["123456789012", "Development of things", "Administrator", "日本語日本語"]];
  const [, shown] = table(["ID", "NAME", "ROLE", "MORE"], rows, columns).split("\n");
  expect(shown).toBe(line);
});
