import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { SsoxCommand } from "../../src/commands/base.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import { root } from "../helpers/program.ts";
import { PAGES } from "../pages/page.ts";

/** Not records of what was decided at their time, and not messages, whose hints have tests of their own. */
const pages = PAGES.filter((page) => !/^docs\/(decisions\/|errors)/.test(page));

describe.each(pages)("%s", (page) => {
  it("names commands and flags that there are", async () => {
    const text = readFileSync(path.join(root, page), "utf8");
    const named = [...text.matchAll(/`ssox ([a-z][^`\n]*)`/g)].map(([, words = ""]) => words);
    const wrong = await Promise.all(named.map(isWrong));
    expect(named.filter((_, index) => wrong[index])).toEqual([]);
  });
});

async function isWrong(words: string): Promise<boolean> {
  const [name = ""] = words.split(/[ )]/);
  const command = await COMMANDS[name]?.();
  if (command === undefined) return true;
  const flags = { ...SsoxCommand.baseFlags, ...command.flags, help: undefined };
  // What stands behind `--` is another program's.
  const [own = ""] = words.split(" -- ");
  return [...own.matchAll(/(?<= |\[)--([a-z][a-z-]*)/g)].some(([, flag = ""]) => {
    return !(flag in flags) && !(flag.replace(/^no-/, "") in flags);
  });
}
