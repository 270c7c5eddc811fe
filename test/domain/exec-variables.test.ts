import { describe, expect, it } from "vitest";
import { childEnvironment } from "../../src/domain/child-environment.ts";
import { variablesOfExec } from "../../src/domain/exec-variables.ts";

const IDENTITY = {
  profile: "dev",
  session: "acme",
  accountId: "012345678901",
  roleName: "DeveloperAccess",
  region: "eu-west-1",
  expiration: Date.UTC(2026, 0, 2),
  configFile: "/home/u/.aws/config",
} as const;
const SERVED = {
  mode: "server",
  endpointUrl: "http://127.0.0.1:4000/credentials/1",
  authorizationToken: "token",
  overlayFile: "/run/overlay",
  overlayProfile: "ssox-exec-1",
} as const;
const KEYS = { mode: "env", accessKeyId: "A", secretAccessKey: "s", sessionToken: "t" } as const;
const OWN = { mode: "profile", profile: "dev" } as const;

const TOLD = ["PROFILE", "SESSION", "ACCOUNT_ID", "ROLE", "REGION", "EXPIRATION"].map(
  (name) => `SSOX_${name}`,
);
const ENDPOINT = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"];

describe("what exec has set for its role", () => {
  it.each([
    ["server", SERVED, ["SSOX_AWS_CONFIG_FILE", "AWS_PROFILE", ...ENDPOINT]],
    ["env", KEYS, ["AWS_ACCOUNT_ID"]],
    ["profile", OWN, ["AWS_PROFILE"]],
  ] as const)("in %s mode", (_mode, credentials, more) => {
    const env = childEnvironment({ HOME: "/home/u", SSOX_OTHER: "x" }, IDENTITY, credentials);
    expect([...variablesOfExec(env)].sort()).toEqual([...TOLD, ...more].sort());
  });

  it.each([
    ["a profile that the program chose", { AWS_PROFILE: "mine" }, SERVED],
    ["an account that it names", { AWS_ACCOUNT_ID: "999999999999" }, KEYS],
    ["a container of its own", { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://x" }, KEYS],
  ])("is not %s", (_what, chosen, credentials) => {
    const env = { ...childEnvironment({}, IDENTITY, credentials), ...chosen };
    for (const name of Object.keys(chosen)) expect(variablesOfExec(env)).not.toContain(name);
  });

  it.each([
    [{ AWS_PROFILE: "dev" }],
    [{ AWS_PROFILE: "", AWS_ACCOUNT_ID: "" }],
    [{ AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://x", AWS_CONFIG_FILE: "/c" }],
    [{ SSOX_PROFILE: undefined }],
  ])("is nothing in %j", (env) => {
    expect(variablesOfExec(env)).toEqual([]);
  });
});
