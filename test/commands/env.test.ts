import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { signInAsAwsCli, testContext } from "../helpers/context.ts";
import { awsConfigFor, startTestLab } from "../helpers/lab.ts";
import { root } from "../helpers/program.ts";
import { requireOrSkip } from "../helpers/witness.ts";

const STATIC = "[profile keys]\naws_access_key_id = AKIA1\naws_secret_access_key = s/1+\n";

interface Options {
  readonly signedIn?: boolean;
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function desk(options: Options = {}) {
  const lab = await startTestLab();
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const config = awsConfigFor(lab, [{ name: "dev", accountId, roleName: "DeveloperAccess" }]);
  const context = testContext({
    lab,
    config: config + (options.config ?? ""),
    ...(options.env && { env: options.env }),
  });
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

  it.for([
    ["bash", "sh", 'eval "$(cat)"; env'],
    ["dash", "sh", 'eval "$(cat)"; env'],
    ["zsh", "sh", 'eval "$(cat)"; env'],
    ["fish", "fish", "cat | source; env"],
    ["fish", "fish", "eval (cat); env"],
  ] as const)("is taken by %s, and taken back", async ([shell, format, script], context) => {
    const { ssox, terminal } = await desk();
    await ssox("env", "--profile", "dev", "--format", format);
    const taken = terminal.stdout;
    await ssox("env", "--unset", "--format", format);
    const takenBack = terminal.stdout;
    const names = (input: string) => {
      const env = { AWS_PROFILE: "x", AWS_SECURITY_TOKEN: "x", PATH: "/bin:/usr/bin", HOME: "/" };
      const end = spawnSync(shell, ["-c", script], { env, input, encoding: "utf8" });
      if (end.error) requireOrSkip(undefined, shell, context);
      return end.stdout.match(/^AWS_\w+/gm)?.sort() ?? [];
    };
    expect(names(taken)).toEqual([...KEYS, ...REGIONS].sort());
    expect(names(takenBack)).toEqual([]);
  });

  it("takes the region of an outer exec back where the profile has none", async () => {
    const { ssox, terminal } = await desk({
      config: STATIC,
      env: { SSOX_REGION: "eu-west-1", AWS_DEFAULT_REGION: "us-east-1" },
    });
    expect(await ssox("env", "--profile", "keys")).toBe(0);
    const lines = terminal.stdout.split("\n").filter((line) => line.includes("REGION"));
    expect(lines.sort()).toEqual(["export AWS_DEFAULT_REGION='us-east-1'", "unset AWS_REGION"]);
    const outside = await desk({ config: STATIC, env: { AWS_REGION: "us-east-1" } });
    expect(await outside.ssox("env", "--profile", "keys")).toBe(0);
    expect(outside.terminal.stdout).not.toContain("REGION");
  });

  it("takes away what keys of a file lack", async () => {
    const { ssox, terminal } = await desk({ config: STATIC });
    expect(await ssox("env", "--profile", "keys")).toBe(0);
    expect(terminal.stdout.split("\n")).toEqual(
      expect.arrayContaining([
        "unset AWS_SESSION_TOKEN",
        "unset AWS_CREDENTIAL_EXPIRATION",
        "export AWS_ACCESS_KEY_ID='AKIA1'",
        "export AWS_SECRET_ACCESS_KEY='s/1+'",
      ]),
    );
    expect(terminal.stdout).not.toContain("export AWS_SESSION_TOKEN");
  });

  it("quotes a region that is none", async () => {
    const config = `${STATIC}region = $(touch /tmp/x)'; echo "&\n`;
    for (const format of ["sh", "fish"]) {
      const { ssox, terminal } = await desk({ config });
      expect(await ssox("env", "--profile", "keys", "--format", format)).toBe(0);
      const script = format === "sh" ? 'eval "$(cat)"; env' : "cat | source; env";
      const env = { PATH: "/bin:/usr/bin", HOME: "/" };
      const { error, stdout } = spawnSync(format, ["-c", script], {
        env,
        input: terminal.stdout,
        encoding: "utf8",
      });
      if (!error) expect(stdout).toContain(`AWS_REGION=$(touch /tmp/x)'; echo "&\n`);
    }
    const { ssox, terminal } = await desk({ config });
    expect(await ssox("env", "--profile", "keys", "--format", "cmd")).toBe(6);
    expect(terminal.stdout).toBe("");
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
