import { expect, test } from "vitest";
import { cut, widthOf } from "../../src/views/width.ts";

test.each([
  ["", 0],
  ["Sandbox", 7],
  ["Zürich ñ", 8],
  ["日本語", 6],
  ["ｶﾅ", 2],
  ["Ｆ１", 4],
  ["한국", 4],
  ["\u1112\u1161\u11ab", 2],
  ["𠀀", 2],
  ["㈱アクメ", 8],
  ["「」、。", 8],
  ["e\u0301", 1],
  ["a\u200bb\u2060c\ufeff", 3],
  ["עברית", 5],
  ["ไทยที่", 4],
  ["🎉", 2],
  ["❤", 1],
  ["❤️", 2],
  ["✓ ★ → …", 7],
  ["👍🏽", 2],
  ["👨‍👩‍👧‍👦", 2],
  ["🏳️‍🌈", 2],
  ["🇩🇪🇫🇷", 4],
  ["🇩", 2],
  ["🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", 2],
  ["1️⃣", 2],
  ["123", 3],
  ["\ud800", 1],
])("%j takes %i columns", (text, width) => {
  expect(widthOf(text)).toBe(width);
});

test.each([
  ["Sandbox", 7, "Sandbox"],
  ["Sandbox", 6, "Sandb…"],
  ["Sandbox", 1, "…"],
  ["Sandbox", 0, ""],
  ["日本語", 5, "日本…"],
  ["日本語", 4, "日…"],
  ["ab👨‍👩‍👧‍👦cd", 5, "ab👨‍👩‍👧‍👦…"],
  ["ab👨‍👩‍👧‍👦cd", 4, "ab…"],
  ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
])("%j cut to %i columns is %j", (text, columns, shown) => {
  expect(cut(text, columns)).toBe(shown);
  expect(widthOf(shown)).toBeLessThanOrEqual(columns);
});
