import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellWord } from "../../src/domain/shell-word.ts";

test.each(["acme", "a.b/c_d-e@f", "https://x.awsapps.com/start", "--session=a,b:c+d%"])(
  "%s stays as it is",
  (text) => {
    expect(shellWord(text)).toBe(text);
  },
);

test.each([
  "",
  "two words",
  "it's",
  "''",
  "$HOME `id` $(id)",
  'a"b\\c',
  "a;b|c&d>e<f",
  "~",
  "*?[a]{b,c}",
  "#x",
  "!x",
  "line\nbreak",
  "trailing\n",
  "ünï",
])("a shell reads %j back", (text) => {
  const word = shellWord(text);
  const read = execFileSync("/bin/sh", ["-c", `printf %s. ${word}`], { encoding: "utf8" });
  expect(read).toBe(`${text}.`);
});
