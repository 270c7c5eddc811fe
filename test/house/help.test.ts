import { readFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { parse, record, string } from "valibot";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/index.ts";
import { helpText } from "../../src/system/built-files.ts";
import { widthOf } from "../../src/views/width.ts";
import { root } from "../helpers/program.ts";

/** As the build wrote it. */
const HELP = built("help.json");
const NARROW = built("help-narrow.json");

describe.each(["80", "120"])("help for %s columns", (columns) => {
  it("fits the terminal, and has no colour but bold", () => {
    for (const [id, text] of Object.entries(HELP[columns] ?? {})) {
      const wide = lines(text).filter((line) => widthOf(line) > Number(columns));
      expect(wide, id).toEqual([]);
      const codes = text.split("\u001b").slice(1);
      expect(
        codes.filter((code) => !/^\[(1|22)m/.test(code)),
        id,
      ).toEqual([]);
    }
  });

  it("of ssox itself names each command in one line, below what it is for", () => {
    const text = lines(HELP[columns]?.[""] ?? "");
    for (const id of Object.keys(COMMANDS)) {
      expect(
        text.filter((line) => line.startsWith(`  ${id} `)),
        id,
      ).toHaveLength(1);
    }
    expect(text.slice(text.indexOf("SIGN IN")).filter((line) => line.startsWith("   "))).toEqual(
      [],
    );
  });
});

describe.each(Object.entries(NARROW))("help for %s columns", (columns, texts) => {
  it("is broken between words alone", () => {
    for (const [id, text] of Object.entries(texts)) {
      const wide = lines(text).filter((line) => widthOf(line) > Number(columns));
      expect(
        wide.filter((line) => !isUnbreakable(line)),
        id,
      ).toEqual([]);
    }
  });

  it("says the same as that for 80, and each example can be copied", () => {
    for (const [id, text] of Object.entries(texts)) {
      expect(wordsOf(text), id).toEqual(wordsOf(HELP["80"]?.[id] ?? ""));
      const odd = lines(text).filter((line) => line.endsWith("\\") && !hasWholeQuotes(line));
      expect(odd, id).toEqual([]);
    }
  });
});

it.each([
  [200, HELP["120"]],
  [80, HELP["80"]],
  [undefined, HELP["80"]],
  [79, NARROW["70"]],
  [40, NARROW["40"]],
  [39, NARROW["30"]],
  [8, NARROW["20"]],
])("at a terminal of %s columns help is that for the next fewer", (columns, texts) => {
  for (const id of ["", "exec"]) expect(helpText(root, id, columns)).toBe(texts?.[id]);
});

describe.each(Object.entries(COMMANDS))("the help of %s", (id, load) => {
  it("has a summary, usage, examples, and a description for each flag", async () => {
    const { summary = "", usage, examples = [], flags } = await load();
    expect(summary).toMatch(/^[A-Z].*\.$/);
    expect([usage ?? []].flat().join("\n")).toContain(id);
    expect(examples.length).toBeGreaterThan(0);
    for (const [name, { description = "" }] of Object.entries(flags)) {
      expect(description, name).toMatch(/^(AWS|[a-z]|the |\[).*[^.]$/);
    }
  });
});

function built(file: string): Record<string, Record<string, string>> {
  const text = readFileSync(path.join(root, "dist", file), "utf8");
  return parse(record(string(), record(string(), string())), JSON.parse(text));
}

/** One word, but for what belongs to it in an example: `$`, eval, its flag, the backslash; or for PowerShell. */
function isUnbreakable(line: string): boolean {
  const word = line.trim().replace(/ \\$/, "");
  return /^(?:\$ .*Invoke-Expression|(?:\$ )?(?:eval |export )?(?:\S+="?|")?\$\(.*\)"|(?:--[\w-]+ )?(?:'.*'|\S+))$/.test(
    word,
  );
}

function wordsOf(text: string): readonly string[] {
  return lines(text).join(" ").replaceAll(" \\ ", " ").split(/\s+/);
}

function hasWholeQuotes(line: string): boolean {
  return line.split("'").length % 2 === 1 && line.split('"').length % 2 === 1;
}

function lines(text: string): readonly string[] {
  return stripVTControlCharacters(text).split("\n");
}
