import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startTestLab } from "../helpers/lab.ts";
import { node, root } from "../helpers/program.ts";
import { findPython, requireOrSkip, runWitness } from "../helpers/witness.ts";

/*
 * The examples of docs/lab.md in languages that are not on every machine, word
 * for word, in a shell as their reader has it. test/pages/ follows the page.
 */

const ARN =
  /^arn:aws:sts::105992674944:assumed-role\/AWSReservedSSO_DeveloperAccess_[0-9a-f]{16}\/ada@example\.com\n$/;

describe("an example of docs/lab.md", () => {
  test("for boto3", async (context) => {
    const { run, folder } = await reader();
    const python = requireOrSkip(
      findPython({ modules: ["boto3"] }),
      "a Python with boto3",
      context,
    );
    writeFileSync(path.join(folder, "example.py"), example("boto3"));
    expect(await run(`${python} example.py`)).toMatch(ARN);
  });

  test("for Go", { timeout: 600_000 }, async (context) => {
    const { run, folder } = await reader();
    const { code } = await runWitness("sh", ["-c", "command -v go"], machine());
    requireOrSkip(code === 0 ? "go" : undefined, "Go", context);
    for (const file of ["go.mod", "go.sum"]) {
      copyFileSync(path.join(root, "test", "interop", "go", file), path.join(folder, file));
    }
    writeFileSync(path.join(folder, "main.go"), example("go"));
    expect(await run("go run .", "go build -o /dev/null .")).toMatch(ARN);
  });
});

function example(name: string): string {
  const text = readFileSync(path.join(root, "docs", "lab.md"), "utf8");
  const block = new RegExp(`^\`\`\`\\w+ lab-example=${name}\n([^]*?)^\`\`\`$`, "m").exec(text)?.[1];
  if (block === undefined) throw new Error(`docs/lab.md has no example ${name}`);
  return block;
}

/** What programs need of the machine, and nothing of the user's. */
function machine(): Record<string, string> {
  const { PATH = "", HOME = "", LANG = "C.UTF-8" } = process.env;
  return { PATH, HOME, LANG };
}

/** Somebody who has started a lab, and has `ssox` on the PATH. */
async function reader() {
  const lab = await startTestLab();
  mkdirSync(path.join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(path.join(root, ".cache", "lab-doc-"));
  const bin = mkdtempSync(path.join(tmpdir(), "ssox-bin-"));
  onTestFinished(() => {
    for (const each of [folder, bin]) rmSync(each, { recursive: true, force: true });
  });
  const program = path.join(bin, "ssox");
  writeFileSync(program, `#!/bin/sh\nexec ${node()} ${path.join(root, "bin", "ssox.js")} "$@"\n`);
  chmodSync(program, 0o755);
  const { port } = new URL(lab.url);
  return {
    folder,
    /** @param before runs with the user's own home: caches of modules lie there */
    async run(commands: string, before = ":"): Promise<string> {
      const script = [
        "set -e",
        `cd ${folder}`,
        before,
        `eval "$(ssox lab --port ${port} --env)"`,
        "trap 'rm -rf \"$HOME\"' EXIT",
        `{ ${example("setup")}\n} >/dev/null 2>&1`,
        commands,
      ].join("\n");
      const env = { ...machine(), PATH: `${bin}:${machine()["PATH"]}` };
      const { code, stdout, stderr } = await runWitness("sh", ["-c", script], env);
      expect(code, stderr).toBe(0);
      return stdout;
    },
  };
}
