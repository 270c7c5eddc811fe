import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { LOOK } from "../../src/views/look.ts";
import { root } from "../helpers/program.ts";

/** What vanishes on a light or on a dark background, or is not the user's own colour. */
const UNREADABLE =
  /"(yellow|white|black|blue|gray|grey|bg[A-Z]\w*|\w+Bright)"|\\u001b\[[\d;]*m|\\x1b\[[\d;]*m/;

it("no file of the program uses a colour that cannot be read on every background", () => {
  const src = path.join(root, "src");
  const files = readdirSync(src, { recursive: true, encoding: "utf8" });
  const own = files.filter((file) => file.endsWith(".ts") && !file.startsWith("lab"));
  const found = own.filter((file) => UNREADABLE.test(readFileSync(path.join(src, file), "utf8")));
  expect(own.length).toBeGreaterThan(100);
  expect(found).toEqual([]);
  for (const look of Object.values(LOOK)) expect(`"${look}"`).not.toMatch(UNREADABLE);
});
