import { expect, test } from "vitest";
import { printable, printableLine } from "../../src/views/printable.ts";

test.each([
  ["plain ünïcode 日本 🎉", "plain ünïcode 日本 🎉"],
  ["two\nlines", "two\nlines"],
  ["\u001b[2J", "\\x1b[2J"],
  ["\u009b2J", "\\x9b2J"],
  ["\u0000\t\r\u007f\u0085", "\\x00\\x09\\x0d\\x7f\\x85"],
  ["\u001b]8;;http://evil\u0007", "\\x1b]8;;http://evil\\x07"],
  ["\u202egnp.exe", "\\u202egnp.exe"],
  ["\u2066a\u2069\u200e\u200f\u2028\u2029", "\\u2066a\\u2069\\u200e\\u200f\\u2028\\u2029"],
  ["\u061c", "\\u061c"],
])("%j is shown as %j", (text, expected) => {
  expect(printable(text)).toBe(expected);
});

test("no mark that turns the direction of writing is left", () => {
  for (let code = 0; code < 0x10000; code += 1) {
    const char = String.fromCharCode(code);
    const isControl = /[\p{Cc}\p{Zl}\p{Zp}]/u.test(char) || /\p{Bidi_Control}/u.test(char);
    if (isControl && char !== "\n") expect(printable(char), code.toString(16)).toMatch(/^\\[xu]/);
  }
});

test("a line stays one", () => {
  expect(printableLine("a\nb\r\nc")).toBe("a\\nb\\x0d\\nc");
});
