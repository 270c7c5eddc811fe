import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { signInAsAwsCli, testContext } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { root } from "../helpers/program.ts";

async function desk(options: { signedIn?: boolean } = {}) {
  const lab = await startTestLab();
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const config = awsConfigFor(lab, [{ name: "dev", accountId, roleName: "DeveloperAccess" }]);
  const context = testContext({ lab, config });
  if (options.signedIn ?? true) await signInAsAwsCli(lab, context);
  return {
    terminal: context.terminal,
    accountId,
    ssox: (...argv: string[]) => main(argv, root, context),
  };
}

/** The variables of a shell that had those of another identity, after it took the text. */
function afterEval(text: string): string[] {
  const env = {
    AWS_PROFILE: "x",
    AWS_DEFAULT_PROFILE: "x",
    AWS_SECURITY_TOKEN: "x",
    PATH: "/bin:/usr/bin",
  };
  const names = execFileSync("sh", ["-c", 'eval "$1"; env', "sh", text], { env, encoding: "utf8" });
  return names
    .split("\n")
    .map((line) => line.split("=")[0] ?? "")
    .filter((name) => name.startsWith("AWS_"))
    .sort();
}

const KEYS = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
];
const REGIONS = ["AWS_REGION", "AWS_DEFAULT_REGION"];

describe("ssox env", () => {
  it("prints names and order of `aws configure export-credentials`, and the region", async () => {
    const { ssox, terminal } = await desk();
    expect(await ssox("env", "--profile", "dev", "--format", "json")).toBe(0);
    const variables: Record<string, string> = JSON.parse(terminal.stdout);
    expect(Object.keys(variables)).toEqual([...KEYS, ...REGIONS]);
    expect(variables).toMatchObject({
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
      AWS_CREDENTIAL_EXPIRATION: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
    });
    expect(terminal.stderr).toBe("");
  });

  it("leaves the region alone where no profile names one", async () => {
    const { ssox, terminal, accountId } = await desk();
    const role = ["--account", accountId, "--role", "DeveloperAccess"];
    expect(await ssox("env", ...role, "--format", "json")).toBe(0);
    expect(Object.keys(JSON.parse(terminal.stdout))).toEqual(KEYS);
  });

  it("is for `eval` in a shell, and takes away what would win over the keys", async () => {
    const { ssox, terminal } = await desk();
    expect(await ssox("env", "--profile", "dev")).toBe(0);
    expect(afterEval(terminal.stdout)).toEqual([...KEYS, ...REGIONS].sort());
  });

  it("takes back all that it sets, without a role or a sign-in", async () => {
    const set = await desk();
    await set.ssox("env", "--profile", "dev");
    const { ssox, terminal } = await desk({ signedIn: false });
    expect(await ssox("env", "--unset")).toBe(0);
    expect(afterEval(set.terminal.stdout + terminal.stdout)).toEqual([]);
  });

  it.each([
    [3, ["--profile", "dev"]],
    [2, ["--profile", "none"]],
    [2, []],
    [2, ["--profile", "dev", "--format", "csh"]],
    [2, ["--unset", "--format", "json"]],
    [2, ["--unset", "--format", "dotenv"]],
    [2, ["dev"]],
  ])("leaves stdout empty when it ends with %i: %j", async (status, argv) => {
    const { ssox, terminal } = await desk({ signedIn: false });
    expect(await ssox("env", ...argv)).toBe(status);
    expect(terminal.stdout).toBe("");
    expect(terminal.stderr).toMatch(/^ssox: error /);
  });
});
