import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finder } from "../../src/domain/finder.ts";

const ROWS = [
  ["sandbox.AdministratorAccess", "sandbox", "111111111111", "AdministratorAccess"],
  ["prod.ReadOnlyAccess", "prod", "222222222222", "ReadOnlyAccess"],
  ["prod.AdministratorAccess", "prod", "222222222222", "AdministratorAccess"],
  ["pre-prod.AdministratorAccess", "pre-prod", "333333333333", "AdministratorAccess"],
  ["reproduction.Billing", "reproduction", "444444444444", "Billing"],
  ["", "Größe", "555555555555", "İstanbul-Access"],
] as const;

function found(typed: string, most = 50): readonly number[] {
  return finder(ROWS)(typed, most).rows.map(({ index }) => index);
}

describe("what is typed", () => {
  it.each<[typed: string, rows: readonly number[], why: string]>([
    ["", [0, 1, 2, 3, 4, 5], "nothing: all, in their order"],
    ["prod adm", [2, 3], "two words"],
    ["adm prod", [2, 3], "in any order"],
    ["ADM  Prod ", [2, 3], "in any case, with any spaces"],
    ["prod", [1, 2, 3, 4], "a cell, the beginning of a word, the middle of one"],
    ["2222", [1, 2], "a part of an id"],
    ["roa", [1], "the beginnings of words, in capitals"],
    ["prdadm", [2, 3], "letters that follow each other in one cell"],
    ["rodxy", [], "letters of which one is missing"],
    ["prod xyz", [], "a word that nothing has"],
    ["andbox", [0], "the middle of a word"],
    ["größe", [5], "letters beyond ASCII"],
    ["access stanbul", [5], "a cell in which a letter has two in lower case"],
    [".*", [], "no expression"],
    ["prod1", [], "no match from one cell into the next"],
  ])("%j finds %j: %s", (typed, rows) => {
    expect(found(typed)).toEqual(rows);
  });

  it("shows as many as are asked for, and tells how many there are", () => {
    const { rows, total } = finder(ROWS)("prod", 2);
    expect([rows.map(({ index }) => index), total]).toEqual([[1, 2], 4]);
  });
});

describe("what matches alike", () => {
  it("keeps its order", () => {
    const rows = ["b-prod", "prod-a", "a-prod", "prod"].map((name) => [name]);
    const of = (typed: string) => finder(rows)(typed, 9).rows.map(({ index }) => index);
    expect(of("prod")).toEqual([3, 1, 0, 2]);
    expect(of("p")).toEqual([1, 3, 0, 2]);
  });
});

describe("the letters that match", () => {
  const marked = (typed: string, row: readonly string[]) =>
    finder([row])(typed, 1).rows[0]?.marks.map((spans, cell) =>
      spans.map(([from, to]) => row[cell]?.slice(from, to)),
    );

  it.each<[string, readonly (readonly string[])[]]>([
    ["prod", [[], ["prod"], [], []]],
    ["adm pre", [["pre"], [], [], ["Adm"]]],
    ["roa", [["R", "O", "A"], [], [], []]],
    ["prod od", [["od"], ["prod"], [], []]],
    ["adon ado", [["adOn"], [], [], []]],
  ])("of %j are %j", (typed, marks) => {
    const row = typed === "adm pre" ? ROWS[3] : ROWS[1];
    expect(marked(typed, row ?? [])).toEqual(marks);
  });

  it("are in the cells, in order, and what was typed", () => {
    const name = fc
      .string({ unit: "grapheme", maxLength: 12 })
      .map((text) => text.replace(/\s/gu, "_"));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), name, (row, typed) => {
        const [first] = finder([row])(typed, 1).rows;
        for (const [cell, spans] of first?.marks.entries() ?? []) {
          let done = 0;
          for (const [from, to] of spans) {
            expect(from).toBeGreaterThanOrEqual(done);
            expect(to).toBeLessThanOrEqual(row[cell]?.length ?? 0);
            done = to;
          }
        }
        if (row.includes(typed)) expect(first).toBeDefined();
      }),
    );
  });
});
