import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { root } from "../helpers/program.ts";

it("docs/pictures/ shows what the built program shows", async () => {
  const script = path.join(root, "scripts", "pictures.mjs");
  const { stderr } = await promisify(execFile)(process.execPath, [script, "--check"]);
  expect(stderr).toBe("");
});
