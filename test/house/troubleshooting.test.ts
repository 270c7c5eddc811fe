import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import { root } from "../helpers/program.ts";

it("docs/troubleshooting.md is what the table of codes says", () => {
  const script = path.join(root, "scripts", "troubleshooting.mjs");
  const words = [script, "--check"];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
