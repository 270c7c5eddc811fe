import { expect, test } from "vitest";
import { shownTable, table } from "../../src/views/table.ts";

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
