import { expect, test } from "vitest";
import { isCut, shownTable, table } from "../../src/views/table.ts";

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
  [60, "123456789012  Development of things  Administrator  日本語…"],
  [52, "123456789012  Development …  Administrator  日本語…"],
  [44, "123456789012  Developm…  Administ…  日本語…"],
  [10, "123456789012  Develop…  Adminis…  日本語…"],
])(
  "in %i columns the last is cut, then the widest, and never an id of an account",
  (columns, line) => {
    const rows = [["123456789012", "Development of things", "Administrator", "日本語日本語"]];
    const [, shown] = table(["ID", "NAME", "ROLE", "MORE"], rows, columns).split("\n");
    expect(shown).toBe(line);
  },
);

const LONG = "x".repeat(200);

test.each([
  ["the first", [LONG, "Sandbox", "b@example.com"], `${"x".repeat(15)}…  Sandbox  b@example.com`],
  ["one between", ["Acme", LONG, "b@example.com"], `Acme    ${"x".repeat(16)}…  b@example.com`],
  ["the last", ["Acme", "Sandbox", LONG], `Acme    Sandbox  ${"x".repeat(22)}…`],
])("one cell that is far longer than all others is cut before them: %s", (_, long, shown) => {
  const rows = [long, ["Zenith", "Prod", "prod@example"]];
  const [, cut, whole] = table(["ORG", "NAME", "EMAIL"], rows, 40).split("\n");
  expect(cut).toBe(shown);
  expect(whole?.split(/ +/)).toEqual(rows[1]);
});

test("the last column is cut to what is left rather than broken", () => {
  const rows = [["123456789012", "Development", "Administrator", "✓"]];
  expect(table(["ACCOUNT", "NAME", "ROLE", "PROFILES"], rows, 40)).toBe(
    "ACCOUNT       NAME      ROLE      PROFI…\n123456789012  Develop…  Adminis…  ✓",
  );
});

test("only what is cut besides makes a listing narrow", () => {
  const rows = [["Acme", LONG], ...Array.from({ length: 9 }, () => ["Zenith", "prod@example"])];
  expect(isCut(["NAME", "EMAIL"], rows, 30)).toBe(false);
  expect(isCut(["NAME", "EMAIL"], rows, 20)).toBe(true);
  expect(isCut(["NAME", "EMAIL"], [...rows, ["Acme", LONG]], 30)).toBe(false);
  expect(isCut(["NAME", "EMAIL"], rows, undefined)).toBe(false);
});

test("a first column that holds names is cut as well", () => {
  const rows = [["a-session-with-quite-a-long-name", "valid"]];
  expect(table(["SESSION", "STATE"], rows, 24).split("\n")[1]).toBe("a-session-with-q…  valid");
});

test("a heading is told apart where there are colours, by more than a colour", () => {
  const screen = {
    columns: 10,
    style: (_stream: "out", look: string, text: string) => `<${look}>${text}</>`,
  };
  expect(shownTable(["ID", "NAME"], [["1", "A"]], screen)).toBe("<bold>ID  NAME</>\n1   A");
  expect(shownTable(["ID", "NAME"], [], screen)).toBe("<bold>ID  NAME</>");
});
