import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { signInAsAwsCli, testContext } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { node, root } from "../helpers/program.ts";
import { runWitness } from "../helpers/witness.ts";

/*
 * The blocks of docs/profiles.md, word for word and in their order, in a shell.
 */

test("every block of docs/profiles.md runs, and the profile that it shows is written", async () => {
  const lab = await startTestLab();
  const context = testContext({ lab, config: awsConfigFor(lab) });
  await signInAsAwsCli(lab, context);
  const bin = path.join(context.paths.home, "bin");
  mkdirSync(bin);
  const program = `#!/bin/sh\nexec ${node()} ${path.join(root, "bin", "ssox.js")} "$@"\n`;
  writeFileSync(path.join(bin, "ssox"), program);
  chmodSync(path.join(bin, "ssox"), 0o755);
  const env = { ...context.env, PATH: `${bin}:${process.env["PATH"]}` } as Record<string, string>;
  const shell = blocks("sh");
  const [profile = "", settings = ""] = blocks("ini");
  expect(shell.length).toBeGreaterThan(7);
  for (const [index, block] of shell.entries()) {
    const { code, stderr } = await runWitness("sh", ["-ec", block], env);
    expect(code, `${block}\n${stderr}`).toBe(0);
    const text = readFileSync(context.paths.configFile, "utf8");
    if (index === 0) expect(text).toContain(`\n${profile}`);
    // The keys are read as well.
    if (index > 1) continue;
    const keys = settings.split("\n").slice(1).join("\n");
    writeFileSync(
      context.paths.configFile,
      text.replace(/(?<=^sso_region.*\n)(?!ssox_)/m, index === 1 ? keys : ""),
    );
  }
  expect(readFileSync(context.paths.configFile, "utf8")).toMatch(/^credential_process = \//m);
});

function blocks(language: string): readonly string[] {
  const text = readFileSync(path.join(root, "docs", "profiles.md"), "utf8");
  const found = text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"));
  return [...found].map(([, block = ""]) => block);
}
