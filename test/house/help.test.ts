import { readFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { parse, record, string } from "valibot";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/index.ts";
import { widthOf } from "../../src/views/width.ts";
import { root } from "../helpers/program.ts";

/** As the build wrote it. */
const HELP = parse(
  record(string(), record(string(), string())),
  JSON.parse(readFileSync(path.join(root, "dist", "help.json"), "utf8")),
);

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

function lines(text: string): readonly string[] {
  return stripVTControlCharacters(text).split("\n");
}
