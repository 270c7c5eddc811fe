import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { SERVICE_NAMES } from "../../src/domain/console-services.ts";
import { CONSOLE_IN } from "../../src/flows/console-plan.ts";
import { root } from "../helpers/program.ts";

it("docs/console.md names services and places that there are", () => {
  const page = readFileSync(path.join(root, "docs", "console.md"), "utf8");
  const row = /`--service NAME` \|(.*)/.exec(page)?.[1] ?? "";
  const named = [...row.matchAll(/`([a-z0-9-]+)`/g)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(6);
  expect(named.filter((name) => !SERVICE_NAMES.includes(name))).toEqual([]);
  for (const place of CONSOLE_IN) expect(page).toContain(`\`${place}\``);
});
