import { execFileSync, spawnSync } from "node:child_process";
import path from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { childEnvironment } from "../../src/domain/child-environment.ts";
import { main } from "../../src/main.ts";
import { signInAsAwsCli, type TestContext, testContext } from "../helpers/context.ts";
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
    lab,
    context,
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

/** The environment of a program that `exec` runs as another role, in a home of the test. */
function outer(mode: "server" | "env" | "profile", context: TestContext): Record<string, string> {
  const identity = {
    ...{ profile: "outer", session: "old", accountId: "999999999999", roleName: "OldAccess" },
    ...{ region: "us-east-2", expiration: Date.UTC(2001, 0), configFile: context.paths.configFile },
  };
  const credentials = {
    server: {
      mode: "server",
      endpointUrl: "http://127.0.0.1:1/outer",
      authorizationToken: "outer",
      overlayFile: path.join(context.paths.runtime, "exec-1-ab.config"),
      overlayProfile: "ssox-exec-1",
    },
    env: { mode: "env", accessKeyId: "OUTER", secretAccessKey: "o", sessionToken: "o" },
    profile: { mode: "profile", profile: "outer" },
  } as const;
  return childEnvironment(context.env, identity, credentials[mode]);
}

const KEYS = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
];
const REGIONS = ["AWS_REGION", "AWS_DEFAULT_REGION"];

describe("ssox env", () => {
  it("unsets the tokens that win over the keys for one service, and no others", async () => {
    const AWS_BEARER_TOKEN_BEDROCK = "bearer-and-secret";
    const hostile = { "AWS_BEARER_TOKEN_;id": "x" };
    const { ssox, terminal } = await desk({ env: { AWS_BEARER_TOKEN_BEDROCK, ...hostile } });
    expect(await ssox("env", "--profile", "dev")).toBe(0);
    expect(terminal.stdout.match(/BEARER.*/g)).toEqual(["BEARER_TOKEN_BEDROCK"]);
    expect(terminal.stdout).toContain("unset AWS_BEARER_TOKEN_BEDROCK\n");
  });

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

  it("leaves fish the status 0 where there was nothing to take away", async (context) => {
    const { ssox, terminal } = await desk();
    expect(await ssox("env", "--profile", "dev", "--format", "fish")).toBe(0);
    const env = { PATH: "/bin:/usr/bin", HOME: "/" };
    const end = spawnSync("fish", ["-c", "cat | source"], { env, input: terminal.stdout });
    if (end.error) requireOrSkip(undefined, "fish", context);
    expect(end.status).toBe(0);
  });

  it("takes the region of an outer exec back where the profile has none", async () => {
    const { ssox, terminal } = await desk({
      config: STATIC,
      env: { SSOX_REGION: "eu-west-1", AWS_DEFAULT_REGION: "us-east-1" },
    });
    expect(await ssox("env", "--profile", "keys")).toBe(0);
    const lines = terminal.stdout.split("\n").filter((line) => line.includes("REGION"));
    expect(lines.sort()).toEqual([
      "export AWS_DEFAULT_REGION='us-east-1'",
      "unset AWS_REGION",
      "unset SSOX_REGION",
    ]);
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

  describe.each(["server", "env", "profile"] as const)("within exec in %s mode", (mode) => {
    const inside = async (words: readonly string[]) => {
      const { lab, context, accountId } = await desk({ config: STATIC });
      const env = outer(mode, context);
      const within = testContext({ home: context.paths.home, lab, env });
      expect(await main(["env", ...words], root, within)).toBe(0);
      return { env, accountId, context, text: within.terminal.stdout };
    };
    /** What a shell that `exec` runs has of AWS and of ssox after it took the text. */
    const evaluated = (shell: string, env: Record<string, string>, text: string) => {
      const script = shell === "fish" ? "cat | source; env" : 'eval "$(cat)"; env';
      const { stdout } = spawnSync(shell, ["-c", script], { env, input: text, encoding: "utf8" });
      const lines = stdout.split("\n").filter((line) => /^(AWS|SSOX)_/.test(line));
      const variables = lines.map((line) => [line.split("=")[0], line.replace(/^\w+=/, "")]);
      const ofLab = /^AWS_(ENDPOINT_URL|PAGER|EC2_METADATA)/;
      return Object.fromEntries(variables.filter(([name = ""]) => !ofLab.test(name)));
    };
    const loading = mode === "env" ? {} : { AWS_SDK_LOAD_CONFIG: "1" };
    const leadingOut = ({ paths }: TestContext) => {
      return mode === "server" ? { AWS_CONFIG_FILE: paths.configFile } : {};
    };

    it.each(["bash", "fish"])(
      "is the other role and nothing of the outer one, to %s",
      async (shell) => {
        const format = shell === "fish" ? "fish" : "sh";
        const { env, context, accountId, text } = await inside([
          "--profile",
          "dev",
          "--format",
          format,
        ]);
        const keys = Object.fromEntries(KEYS.map((name) => [name, expect.any(String)]));
        const found = evaluated(shell, env, text);
        expect(found).toEqual({
          ...keys,
          ...{ AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-1" },
          ...{ SSOX_PROFILE: "dev", SSOX_SESSION: "acme", SSOX_ACCOUNT_ID: accountId },
          ...{ SSOX_ROLE: "DeveloperAccess", SSOX_EXPIRATION: found["AWS_CREDENTIAL_EXPIRATION"] },
          ...loading,
          ...leadingOut(context),
        });
        expect(found["AWS_ACCESS_KEY_ID"]).toMatch(/^ASIA/);
      },
    );

    it("is told without what the other one has not", async () => {
      const { env, text } = await inside(["--profile", "keys"]);
      const told = Object.entries(evaluated("bash", env, text)).filter(([name]) =>
        /^SSOX_/.test(name),
      );
      expect(told).toEqual([["SSOX_PROFILE", "keys"]]);
    });

    it("is no role any more with --unset", async () => {
      const { env, context, text } = await inside(["--unset"]);
      expect(evaluated("bash", env, text)).toEqual({ ...loading, ...leadingOut(context) });
    });

    it.each(["powershell", "cmd"])("is written for %s as well", async (format) => {
      const { context, text } = await inside(["--profile", "dev", "--format", format]);
      expect(text).toContain("SSOX_ROLE");
      expect(text).toMatch(/SSOX_PROFILE ?= ?'?dev/);
      expect(text.includes("AWS_CONFIG_FILE")).toBe(mode === "server");
      if (mode === "server") expect(text).toContain(context.paths.configFile);
    });

    it.each(["json", "dotenv"])("is described in %s, which takes nothing away", async (format) => {
      const { text } = await inside(["--profile", "dev", "--format", format]);
      const variables = format === "json" ? JSON.parse(text) : parseEnv(text);
      expect(variables).toMatchObject({ SSOX_PROFILE: "dev", SSOX_ROLE: "DeveloperAccess" });
      // The added profile that AWS_PROFILE goes on to name is in the overlay alone.
      expect(variables).not.toHaveProperty("AWS_CONFIG_FILE");
    });
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
