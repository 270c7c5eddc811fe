import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../helpers/program.ts";
import { PAGES } from "../pages/page.ts";

describe.each([...PAGES, "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"])("%s", (page) => {
  it("leads to files and headings that are there", () => {
    const text = readFileSync(path.join(root, page), "utf8");
    const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)];
    const targets = links.map(([, inText, inTag]) => inText ?? inTag ?? "");
    expect(targets.filter((target) => !leadsSomewhere(target, page))).toEqual([]);
  });
});

function leadsSomewhere(target: string, page: string): boolean {
  if (/^(?:https?|mailto):/.test(target)) return true;
  const [place = "", heading] = target.split("#");
  const file = place === "" ? path.join(root, page) : path.join(root, path.dirname(page), place);
  if (!existsSync(file)) return false;
  return heading === undefined || anchorsIn(readFileSync(file, "utf8")).includes(heading);
}

/** As GitHub makes them of headings. */
function anchorsIn(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
