import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { SERVICE_NAMES } from "../../src/domain/console-services.ts";
import { CONSOLE_IN } from "../../src/flows/console-plan.ts";
import { signInAsAwsCli, testContext } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { node, root } from "../helpers/program.ts";
import { runWitness } from "../helpers/witness.ts";

/*
 * docs/console.md: its blocks, word for word, and the names that it mentions.
 */

const TEXT = readFileSync(path.join(root, "docs", "console.md"), "utf8");

test("every block of docs/console.md runs", async () => {
  const lab = await startTestLab();
  const [sandbox, other] = lab.organisation.accounts;
  const config = awsConfigFor(lab, [
    { name: "sandbox.DeveloperAccess", accountId: sandbox?.id ?? "", roleName: "DeveloperAccess" },
    { name: "production.ReadOnlyAccess", accountId: other?.id ?? "", roleName: "ReadOnlyAccess" },
  ]);
  const context = testContext({ lab, config });
  await signInAsAwsCli(lab, context);
  const bin = path.join(context.paths.home, "bin");
  mkdirSync(bin);
  const program = `#!/bin/sh\nexec ${node()} ${path.join(root, "bin", "ssox.js")} "$@"\n`;
  writeFileSync(path.join(bin, "ssox"), program);
  chmodSync(path.join(bin, "ssox"), 0o755);
  const env = { ...context.env, BROWSER: "true", PATH: `${bin}:${process.env["PATH"]}` };
  const blocks = [...TEXT.matchAll(/```sh\n([^`]+)```/g)].map(([, block = ""]) => block);
  expect(blocks).toHaveLength(2);
  for (const block of blocks) {
    const { code, stderr } = await runWitness("sh", ["-ec", block], env as Record<string, string>);
    expect(code, `${block}\n${stderr}`).toBe(0);
    if (block === blocks[0]) expect(stderr.match(/^Opening the console of /gm)).toHaveLength(4);
  }
});

test("it names services and places that there are", () => {
  const row = /`--service NAME` \|(.*)/.exec(TEXT)?.[1] ?? "";
  const named = [...row.matchAll(/`([a-z0-9-]+)`/g)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(6);
  expect(named.filter((name) => !SERVICE_NAMES.includes(name))).toEqual([]);
  for (const place of CONSOLE_IN) expect(TEXT).toContain(`\`${place}\``);
});
