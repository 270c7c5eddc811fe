import { mkdirSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { resolvePaths } from "../../src/system/paths.ts";
import { homeEnvironment, temporaryHome } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { node, root } from "../helpers/program.ts";
import { onTerminal, type Step } from "../helpers/terminal.ts";

const ACCOUNT = "111122223333";
const WHOAMI = ["whoami", "--account", ACCOUNT, "--role", "ReadOnlyAccess"];

describe("the question at a terminal", () => {
  it.for([
    ["Ctrl-C", "\u0003", 130],
    ["Ctrl-D", "\u0004", 130],
    ["SIGTERM", constants.signals.SIGTERM, 143],
    ["a no", "n\r", 3],
    ["a yes, which signs in", "y\r", 0],
  ] as const)("after %s the terminal is as it was", async ([, typed, status], context) => {
    const end = await run(["Sign in to acme now?", typed], WHOAMI, context);
    expect(end, end.shown).toMatchObject({ status, restored: true });
    // The cursor was hidden at most as often as it was shown again.
    const count = (text: string) => end.shown.split(text).length - 1;
    expect(count("\u001b[?25l")).toBeLessThanOrEqual(count("\u001b[?25h"));
    if (status === 0) expect(end.shown).toContain(`arn:aws:sts::${ACCOUNT}:assumed-role/`);
    else expect(end.shown).not.toContain("arn:aws");
  });
});

describe("a login at a terminal", () => {
  it("that Ctrl-D ends where a URL can be pasted leaves the terminal as it was", async (context) => {
    const words = ["login", "--flow", "pkce", "--no-browser"];
    const end = await run(["Or paste", "\u0004"], words, context, "never");
    expect(end, end.shown).toMatchObject({ status: 130, restored: true });
  });

  it("that Ctrl-C ends leaves the terminal as it was", async (context) => {
    const words = ["login", "--flow", "device", "--no-browser"];
    const end = await run(["Waiting for", "\u0003"], words, context, "never");
    expect(end, end.shown).toMatchObject({ status: 130, restored: true });
  });
});

async function run(
  step: Step,
  words: readonly string[],
  context: TestContext,
  approve: "auto" | "never" = "auto",
) {
  const accounts = [{ id: ACCOUNT, roles: [{ name: "ReadOnlyAccess" }] }];
  const lab = await startTestLab({ approve, organisation: { users: [{ name: "ada" }], accounts } });
  const home = temporaryHome();
  const env = { ...homeEnvironment(home, lab), TERM: "xterm-256color" };
  const { configFile } = resolvePaths(env);
  mkdirSync(path.dirname(configFile));
  writeFileSync(configFile, awsConfigFor(lab));
  const program = [node(), path.join(root, "bin", "ssox.js"), ...words];
  return await onTerminal([step], program, { env }, context);
}
