import { describe, expect, it } from "vitest";
import { choiceList } from "../../src/views/choice-list.ts";
import { widthOf } from "../../src/views/width.ts";

const CELLS = [
  ["sandbox.AdministratorAccess", "sandbox", "111111111111", "AdministratorAccess"],
  ["", "a-very-long-name-of-an-account", "222222222222", "ReadOnlyAccess"],
  ["日本語のプロファイル", "日本", "333333333333", "Reader🎉"],
] as const;
const LIST = choiceList(CELLS.map((cells, value) => ({ cells, value })));
const plain = (text: string) => text;

function lines(typed: string, columns: number): string[] {
  return LIST.find(typed, columns).lines.map(({ line }) => line(plain));
}

describe("the lines of a picker", () => {
  it("have aligned columns", () => {
    expect(lines("", 200)).toEqual([
      "sandbox.AdministratorAccess  sandbox                         111111111111  AdministratorAccess",
      "-                            a-very-long-name-of-an-account  222222222222  ReadOnlyAccess",
      "日本語のプロファイル         日本                            333333333333  Reader🎉",
    ]);
  });

  it("are cut at the widest columns", () => {
    expect(lines("", 60)).toEqual([
      "sandbox.Admin…  sandbox         111111111111  Administrator…",
      "-               a-very-long-n…  222222222222  ReadOnlyAccess",
      "日本語のプロ…   日本            333333333333  Reader🎉",
    ]);
  });

  it.each([1, 2, 5, 12, 20, 33, 40, 79, 80, 81])("are never wider than %i columns", (columns) => {
    for (const line of lines("", columns)) expect(widthOf(line)).toBeLessThanOrEqual(columns);
  });

  it("mark the letters that match, as far as they are shown", () => {
    const bracketed = (columns: number) =>
      LIST.find("adminis", columns).lines.map(({ line }) => line((text) => `[${text}]`));
    expect(bracketed(200)).toEqual([
      "sandbox.AdministratorAccess  sandbox                         111111111111  [Adminis]tratorAccess",
    ]);
    expect(bracketed(40)).toEqual(["sandbox…  sandbox   1111111…  [Adminis]…"]);
    expect(bracketed(34)).toEqual(["sandbox…  sandbox   1111111…  [Adm]…"]);
  });

  it("leave out a column in which nothing stands", () => {
    const list = choiceList([{ cells: ["", "one", "", "x"], value: 1 }]);
    expect(list.find("", 80).lines[0]?.line(plain)).toBe("one  x");
  });

  it("are fifty at most, and all are counted", () => {
    const many = choiceList(Array.from({ length: 70 }, (_, n) => ({ cells: [`p${n}`], value: n })));
    const { lines, total } = many.find("p", 80);
    expect([lines.length, total, many.size]).toEqual([50, 70, 70]);
  });

  it("give what they stand for, and what it is called", () => {
    const of = (typed: string) =>
      LIST.find(typed, 80).lines.map(({ value, short }) => [value, short]);
    expect(of("sandbox")).toEqual([[0, "sandbox.AdministratorAccess"]]);
    expect(of("2222")).toEqual([[1, "a-very-long-name-of-an-account 222222222222 ReadOnlyAccess"]]);
  });
});
