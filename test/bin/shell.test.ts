import { execFile } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, type TestContext } from "vitest";
import { signInAsAwsCli, testContext } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { node, root } from "../helpers/program.ts";
import { onTerminal, type Step } from "../helpers/terminal.ts";
import { requireOrSkip } from "../helpers/witness.ts";

describe.for(["bash --norc", "dash", "zsh -f", "fish --no-config"])("a shell: %s", (shell) => {
  it("is the role, has its own jobs, and its exit status is the program's", async (context) => {
    const place = await start(shell, context);
    const end = await place.type([
      ["exit leaves it", "echo I am $SSOX_ROLE.\r"],
      ["I am DeveloperAccess.", "sh -c 'echo sl''eeping; exec sleep 40'\r"],
      ["sleeping", "\u0003"],
      ["", "echo still $SSOX_PROFILE.\r"],
      ["still dev.", "exit 5\r"],
    ]);
    expect(end).toMatchObject({ status: 5, restored: true });
    expect(end.shown).toMatch(/ssox: this shell is dev; exit leaves it\.\r\n/);
    expect(readdirSync(place.runtime)).toEqual([]);
  });

  it("may have another one within it", async (context) => {
    const place = await start(shell, context);
    const ssox = `${node()} ${path.join(root, "bin", "ssox.js")}`;
    const end = await place.type([
      ["exit leaves it.", `${ssox} shell --profile read\r`],
      ["back to dev.", "echo now $SSOX_ROLE.\r"],
      ["now ReadOnlyAccess.", "exit\r"],
      ["", "echo again $SSOX_ROLE.\r"],
      ["again DeveloperAccess.", "exit 6\r"],
    ]);
    expect(end).toMatchObject({ status: 6, restored: true });
    expect(readdirSync(place.runtime)).toEqual([]);
  });
});

async function start(shell: string, running: TestContext) {
  const [program = "", ...flags] = shell.split(" ");
  const found = await promisify(execFile)("sh", ["-c", `command -v ${program}`]).catch(() => {});
  requireOrSkip(found, program, running);
  const lab = await startTestLab();
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const config = awsConfigFor(lab, [
    { name: "dev", accountId, roleName: "DeveloperAccess" },
    { name: "read", accountId, roleName: "ReadOnlyAccess" },
  ]);
  const context = testContext({ lab, config });
  await signInAsAwsCli(lab, context);
  const file = path.join(context.paths.home, "shell");
  // Of SHELL ssox takes the whole as a program: one without the user's start-up files.
  writeFileSync(file, `#!/bin/sh\nexec ${program} ${flags.join(" ")}\n`, { mode: 0o755 });
  const env = { ...context.env, SHELL: file, TERM: "dumb", PS1: "$ " };
  const ssox = [node(), path.join(root, "bin", "ssox.js"), "shell", "--profile", "dev"];
  const type = async (steps: readonly Step[]) => await onTerminal(steps, ssox, { env }, running);
  return { runtime: context.paths.runtime, type };
}
