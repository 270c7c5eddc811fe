import fc from "fast-check";
import { expect, test } from "vitest";
import { csv } from "../../src/views/csv.ts";

test("cells are apart by commas, rows by line feeds", () => {
  const rows = [
    ["id", "name"],
    ["012345678901", "Sandbox"],
    ["", ""],
  ];
  expect(csv(rows)).toBe("id,name\n012345678901,Sandbox\n,");
});

test.each([
  ["a,b", '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ["two\nlines", '"two\nlines"'],
  ["carriage\rreturn", '"carriage\rreturn"'],
  [" spaces ", " spaces "],
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["\r=1", `"'\r=1"`],
  ['=HYPERLINK("http://evil","x")', `"'=HYPERLINK(""http://evil"",""x"")"`],
  [" =1", "' =1"],
  ["＝1", "'＝1"],
  ["\n=1", `"'\n=1"`],
  ["-rf", "'-rf"],
  ["'-rf", "''-rf"],
  ["a=b", "a=b"],
  ["it's", "it's"],
])("the cell %j is written %j", (text, expected) => {
  expect(csv([[text]])).toBe(expected);
});

test("what was there can be read back: no formula begins a cell, and one apostrophe too many goes", () => {
  const start = fc.constantFrom("", "'", "''", "=", "-", " +", "@", "\t", "\r", "a");
  const text = fc.tuple(start, fc.string()).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (written) => {
      const cell = csv([[written]]).replace(/^"(.*)"$/s, (_, quoted: string) =>
        quoted.replaceAll('""', '"'),
      );
      expect(cell).not.toMatch(/^[ \t\r\n]*[=+\-@]/);
      expect(cell.replace(/^'/, "")).toBe(written);
    }),
  );
});
