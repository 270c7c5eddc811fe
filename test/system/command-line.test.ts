import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { ownWords, splitCommandLine } from "../../src/system/command-line.ts";

test.each([
  [
    ["exec", "--debug", "--", "x", "--no-input"],
    ["exec", "--debug"],
  ],
  [["--", "x"], []],
  [
    ["status", "--json"],
    ["status", "--json"],
  ],
  [[], []],
])("of %j ssox's own words are %j", (argv, expected) => {
  expect(ownWords(argv)).toEqual(expected);
});

test.each([
  "firefox",
  "firefox --new-window %s",
  "  spaces \t around  ",
  `"/Program Files/x" -a 'b c'`,
  `a'b'"c"d`,
  `'a\\b' "a\\b" a\\b`,
  `"\\" \\\\ \\$ \\\`" `,
  `'' "" x`,
  "a\\ b",
  `'it'\\''s'`,
  `"it's" 'say "hi"'`,
])("%j is split as a shell splits it", (line) => {
  const words = execFileSync("/bin/sh", ["-c", `printf '%s\\n' ${line}`], { encoding: "utf8" });
  expect(splitCommandLine(line)).toEqual(words.split("\n").slice(0, -1));
});

test("nothing else of a shell is done", () => {
  expect(splitCommandLine("a $HOME `id` *.ts ~ ; b | c & d > e")).toEqual(
    "a $HOME `id` *.ts ~ ; b | c & d > e".split(" "),
  );
});

test.each([
  ["", []],
  ["  ", []],
  ["'open", ["open"]],
  ["end\\", ["end\\"]],
])("%j gives %j", (line, expected) => {
  expect(splitCommandLine(line)).toEqual(expected);
});
