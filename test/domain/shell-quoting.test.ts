import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type Quoting, quote } from "../../src/domain/shell-quoting.ts";
import { requireOrSkip } from "../helpers/witness.ts";

const HOSTILE = [
  "plain",
  "",
  "a b",
  "it's",
  "''",
  `"double"`,
  "$(id) `id` $HOME",
  "back\\slash\\",
  "a;b&c|d<e>f#g!h~i*j?k[l]",
  "%PATH%",
  "line\nbreak",
  "-n",
  "\u2019smart\u2018",
  "ünïcödé 漢字 🎉",
];

/** Those that are installed; `sh` always is. */
const SHELLS = [
  ["sh", "sh"],
  ["dash", "sh"],
  ["bash", "sh"],
  ["zsh", "sh"],
  ["fish", "fish"],
] as const;

describe("quote", () => {
  describe.for(SHELLS)("for %s", ([shell, quoting]) => {
    it.for(HOSTILE)("is given back %j", (value, context) => {
      const set = quoting === "fish" ? "set -gx V " : "export V=";
      const script = `${set}${quote(value, quoting)}; printf '%s' "$V"`;
      const { error, stdout, stderr } = spawnSync(shell, ["-c", script], { encoding: "utf8" });
      if (error) requireOrSkip(undefined, shell, context);
      expect({ stdout, stderr }).toEqual({ stdout: value, stderr: "" });
    });
  });

  it.each<[Quoting, string, string]>([
    ["fish", "it's \\ $x", "'it\\'s \\\\ $x'"],
    ["fish", "a\nb", "'a\nb'"],
    ["powershell", "it's $x `n", "'it''s $x `n'"],
    [
      "powershell",
      "\u2018a\u2019b\u201ac\u201b",
      "'\u2018\u2018a\u2019\u2019b\u201a\u201ac\u201b\u201b'",
    ],
    ["cmd", "a&b|c>d^e", "a&b|c>d^e"],
    ["dotenv", "aB3+/=:,.@%-_", "aB3+/=:,.@%-_"],
    ["dotenv", "a b#c$d", "'a b#c$d'"],
  ])("writes for %s the value %j as %s", (shell, value, expected) => {
    expect(quote(value, shell)).toBe(expected);
  });

  it.each<[Quoting, string]>([
    ["sh", "a\0b"],
    ["fish", "a\0b"],
    ["powershell", "a\nb"],
    ["powershell", "a\rb"],
    ["cmd", 'a"&calc&"'],
    ["cmd", "%PATH%"],
    ["cmd", "!x!"],
    ["cmd", "a\nb"],
    ["dotenv", "it's"],
    ["dotenv", "a\nb"],
  ])("refuses for %s what it cannot say: %j", (shell, value) => {
    expect(() => quote(value, shell)).toThrowError(
      expect.objectContaining({
        code: "ConfigInvalid",
        message: `A value holds a character that cannot be written for ${shell}.`,
      }),
    );
  });
});
