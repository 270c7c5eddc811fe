import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { signInAsAwsCli, type TestContext, testContext } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { root } from "../helpers/program.ts";

interface Desk {
  readonly context: TestContext;
  readonly accountId: string;
  /** Where {@link program} writes its words and environment. */
  readonly report: string;
  readonly program: readonly string[];
  ssox(...argv: string[]): Promise<number>;
}

async function desk(
  options: { signedIn?: boolean; env?: Record<string, string> } = {},
): Promise<Desk> {
  const lab = await startTestLab();
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const dev = { name: "dev", accountId, roleName: "DeveloperAccess" };
  const config = awsConfigFor(lab, [dev]);
  const context = testContext({ lab, config, ...(options.env && { env: options.env }) });
  if (options.signedIn ?? true) await signInAsAwsCli(lab, context);
  const report = path.join(context.paths.home, "report.json");
  const script = `
    const { argv, env } = process;
    require("fs").writeFileSync(${JSON.stringify(report)}, JSON.stringify({ words: argv.slice(1), env }));
  `;
  return {
    context,
    accountId,
    report,
    program: [process.execPath, "-e", script, "--"],
    ssox: (...argv) => main(argv, root, context),
  };
}

function reported({ report }: Desk): { words: string[]; env: Record<string, string> } {
  return JSON.parse(readFileSync(report, "utf8"));
}

describe("ssox exec", () => {
  it("leaves every word behind -- to the command", async () => {
    const at = await desk();
    const words = ["--help", "--json", "--version", "--profile", "none", "--", "-x", "", "a b"];
    expect(await at.ssox("exec", "--profile", "dev", "--", ...at.program, ...words)).toBe(0);
    expect(reported(at).words).toEqual(words);
    expect(at.context.terminal).toMatchObject({ stdout: "", stderr: "" });
  });

  it("takes account and role in the place of a profile", async () => {
    const at = await desk();
    const flags = ["--account", at.accountId, "--role", "ReadOnlyAccess", "--session", "acme"];
    expect(await at.ssox("exec", ...flags, "--mode", "env", "--", ...at.program)).toBe(0);
    const { env } = reported(at);
    expect(env).toMatchObject({ SSOX_ROLE: "ReadOnlyAccess", AWS_ACCOUNT_ID: at.accountId });
    expect(env).not.toHaveProperty("SSOX_PROFILE");
    expect(env).not.toHaveProperty("AWS_REGION");
  });

  it("takes AWS_PROFILE without either", async () => {
    const at = await desk({ env: { AWS_PROFILE: "dev" } });
    expect(await at.ssox("exec", "--region", "eu-north-1", "--", ...at.program)).toBe(0);
    expect(reported(at).env).toMatchObject({ SSOX_PROFILE: "dev", AWS_REGION: "eu-north-1" });
  });

  it("ends with the command's status", async () => {
    const { ssox } = await desk();
    const run = (script: string) => ssox("exec", "--profile", "dev", "--", "sh", "-c", script);
    expect(await run("exit 9")).toBe(9);
    expect(await run("kill -TERM $$")).toBe(143);
  });

  it.each([
    [127, "no-such-command-anywhere"],
    [126, "/"],
  ])("is %i for %s, and says so", async (status, command) => {
    const { ssox, context } = await desk();
    expect(await ssox("exec", "--profile", "dev", "--", command)).toBe(status);
    expect(context.terminal.stderr).toMatch(
      new RegExp(`^ssox: error Usage: Cannot run ${command}:`),
    );
    expect(existsSync(context.paths.runtime)).toBe(true);
  });

  it.each([
    ["no command", ["--profile", "dev"]],
    ["nothing behind --", ["--profile", "dev", "--"]],
    ["an empty command", ["--profile", "dev", "--", ""]],
    ["a command before --", ["--profile", "dev", "sh", "--", "sh"]],
    ["a profile and an account", ["--profile", "dev", "--account", "1", "--role", "r", "--", "sh"]],
    ["an account without role", ["--account", "111122223333", "--", "sh"]],
    ["a role without account", ["--role", "r", "--", "sh"]],
    ["an unknown mode", ["--profile", "dev", "--mode", "shell", "--", "sh"]],
    ["an unknown flag", ["--profile", "dev", "--bogus", "--", "sh"]],
    ["an odd region", ["--profile", "dev", "--region", "x\ny", "--", "sh"]],
    ["an unknown profile", ["--profile", "none", "--", "sh"]],
    ["no target", ["--", "sh"]],
  ])("is wrong usage with %s", async (_what, argv) => {
    const { ssox, context } = await desk();
    expect(await ssox("exec", ...argv)).toBe(2);
    expect(context.terminal.stdout).toBe("");
    expect(context.terminal.stderr).toMatch(/^ssox: error (Usage|UnknownProfile): /);
  });

  it.each([
    ["--account", "111122223333"],
    ["--role", "DeveloperAccess"],
    ["--session", "acme"],
  ])("does not run as AWS_PROFILE when %s stands alone", async (...flag) => {
    const at = await desk({ env: { AWS_PROFILE: "dev" } });
    expect(await at.ssox("exec", ...flag, "--", ...at.program)).toBe(2);
    expect(existsSync(at.report)).toBe(false);
  });

  it("does not start the command when a sign-in is needed", async () => {
    const at = await desk({ signedIn: false });
    expect(await at.ssox("exec", "--profile", "dev", "--", ...at.program)).toBe(3);
    expect(existsSync(at.report)).toBe(false);
    expect(at.context.terminal.stdout).toBe("");
    expect(at.context.terminal.stderr).toMatch(/^ssox: error LoginRequired: /);
    expect(at.context.terminal.stderr).toContain("ssox login --session acme");
  });
});
