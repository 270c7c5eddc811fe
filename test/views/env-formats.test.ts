import { execFileSync } from "node:child_process";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { canUnset, ENV_FORMATS, formatVariables } from "../../src/views/env-formats.ts";

const CHANGES = {
  set: [
    ["AWS_ACCESS_KEY_ID", "ASIA1"],
    ["AWS_SESSION_TOKEN", "a/b+c=="],
    ["AWS_REGION", "eu west"],
  ],
  unset: ["AWS_PROFILE"],
} as const;

describe("formatVariables", () => {
  it.each([
    [
      "sh",
      "unset AWS_PROFILE\nexport AWS_ACCESS_KEY_ID='ASIA1'\nexport AWS_SESSION_TOKEN='a/b+c=='\nexport AWS_REGION='eu west'",
    ],
    [
      "fish",
      "set -e AWS_PROFILE; or true;\nset -gx AWS_ACCESS_KEY_ID 'ASIA1';\nset -gx AWS_SESSION_TOKEN 'a/b+c==';\nset -gx AWS_REGION 'eu west';",
    ],
    [
      "powershell",
      "$Env:AWS_PROFILE = $null\n$Env:AWS_ACCESS_KEY_ID = 'ASIA1'\n$Env:AWS_SESSION_TOKEN = 'a/b+c=='\n$Env:AWS_REGION = 'eu west'",
    ],
    [
      "cmd",
      'set "AWS_PROFILE="\nset "AWS_ACCESS_KEY_ID=ASIA1"\nset "AWS_SESSION_TOKEN=a/b+c=="\nset "AWS_REGION=eu west"',
    ],
    ["dotenv", "AWS_ACCESS_KEY_ID=ASIA1\nAWS_SESSION_TOKEN=a/b+c==\nAWS_REGION='eu west'"],
  ] as const)("writes %s", (format, expected) => {
    expect(formatVariables(CHANGES, format)).toBe(expected);
  });

  it("writes JSON with the variables alone", () => {
    expect(JSON.parse(formatVariables(CHANGES, "json"))).toEqual(Object.fromEntries(CHANGES.set));
  });

  it("is what Node reads from a .env file", () => {
    const text = formatVariables(CHANGES, "dotenv");
    expect(parseEnv(text)).toEqual(Object.fromEntries(CHANGES.set));
  });

  it("is what a shell takes from eval", () => {
    const script = `eval "$1"; printf '%s|%s|%s' "\${AWS_PROFILE-gone}" "$AWS_SESSION_TOKEN" "$AWS_REGION"`;
    const args = ["-c", script, "sh", formatVariables(CHANGES, "sh")];
    const env = { AWS_PROFILE: "other" };
    expect(execFileSync("sh", args, { env, encoding: "utf8" })).toBe("gone|a/b+c==|eu west");
  });
});

describe("canUnset", () => {
  it("is for the formats that are commands", () => {
    expect(ENV_FORMATS.filter(canUnset)).toEqual(["sh", "fish", "powershell", "cmd"]);
  });
});
