import { describe, expect, it } from "vitest";
import { childEnvironment } from "../../src/domain/child-environment.ts";

/** A parent polluted with everything that any AWS client reads. */
const POLLUTED: Record<string, string> = {
  AWS_ACCESS_KEY_ID: "AKIAOTHER",
  AWS_SECRET_ACCESS_KEY: "other",
  AWS_SESSION_TOKEN: "other",
  AWS_SECURITY_TOKEN: "other",
  AWS_ACCESS_KEY: "AKIAOTHER",
  AWS_SECRET_KEY: "other",
  SECRET_ACCESS_KEY: "other",
  AWS_CREDENTIAL_EXPIRATION: "2001-01-01T00:00:00Z",
  AWS_CREDENTIAL_SCOPE: "other",
  AWS_CREDENTIAL_FILE: "/other",
  AWS_ACCOUNT_ID: "999999999999",
  AWS_PROFILE: "other",
  AWS_DEFAULT_PROFILE: "other",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/other",
  AWS_ROLE_ARN: "arn:aws:iam::999999999999:role/other",
  AWS_ROLE_SESSION_NAME: "other",
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/other",
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/other",
  AWS_CONTAINER_AUTHORIZATION_TOKEN: "other",
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/other",
  AWS_BEARER_TOKEN_BEDROCK: "other",
  _AWS_CLI_PROFILE_CHAIN: "other",
  SSOX_PROFILE: "other",
  SSOX_SESSION: "other",
  SSOX_ACCOUNT_ID: "other",
  SSOX_ROLE: "other",
  SSOX_EXPIRATION: "other",
  SSOX_REGION: "other",
  SSOX_AWS_REGION: "other",
  SSOX_AWS_DEFAULT_REGION: "other",
};

const IDENTITY = {
  profile: "dev",
  session: "acme",
  accountId: "012345678901",
  roleName: "DeveloperAccess",
  region: "eu-west-1",
  expiration: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  configFile: "/home/u/.aws/config",
} as const;

const SERVED = {
  mode: "server",
  endpointUrl: "http://127.0.0.1:4000/credentials/1",
  authorizationToken: "token",
  overlayFile: "/run/overlay",
  overlayProfile: "ssox-exec-1",
} as const;

const KEYS = {
  mode: "env",
  accessKeyId: "ASIA1",
  secretAccessKey: "s",
  sessionToken: "t",
} as const;

const DESCRIBED = {
  SSOX_PROFILE: "dev",
  SSOX_SESSION: "acme",
  SSOX_ACCOUNT_ID: "012345678901",
  SSOX_ROLE: "DeveloperAccess",
  SSOX_EXPIRATION: "2026-01-02T03:04:05Z",
};

describe("childEnvironment", () => {
  it("gives a served child exactly the endpoint and the overlay", () => {
    const parent = {
      ...POLLUTED,
      HOME: "/home/u",
      AWS_CA_BUNDLE: "/ca",
      AWS_ENDPOINT_URL: "http://e",
    };
    expect(childEnvironment(parent, IDENTITY, SERVED)).toEqual({
      HOME: "/home/u",
      AWS_CA_BUNDLE: "/ca",
      AWS_ENDPOINT_URL: "http://e",
      ...DESCRIBED,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: SERVED.endpointUrl,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "token",
      AWS_PROFILE: "ssox-exec-1",
      AWS_CONFIG_FILE: "/run/overlay",
      SSOX_AWS_CONFIG_FILE: "/home/u/.aws/config",
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      SSOX_REGION: "eu-west-1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SDK_LOAD_CONFIG: "1",
      NO_PROXY: "127.0.0.1",
      no_proxy: "127.0.0.1",
    });
  });

  it("gives a child of env mode exactly the keys", () => {
    const parent = { ...POLLUTED, HOME: "/home/u", AWS_CONFIG_FILE: "/mine", NO_PROXY: "a" };
    expect(childEnvironment(parent, IDENTITY, KEYS)).toEqual({
      HOME: "/home/u",
      AWS_CONFIG_FILE: "/mine",
      NO_PROXY: "a",
      ...DESCRIBED,
      AWS_ACCESS_KEY_ID: "ASIA1",
      AWS_SECRET_ACCESS_KEY: "s",
      AWS_SESSION_TOKEN: "t",
      AWS_CREDENTIAL_EXPIRATION: "2026-01-02T03:04:05Z",
      AWS_ACCOUNT_ID: "012345678901",
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      SSOX_REGION: "eu-west-1",
    });
  });

  it.each([SERVED, KEYS])("leaves the parent's region alone without another ($mode)", (mode) => {
    const parent = { AWS_REGION: "us-east-2", AWS_DEFAULT_REGION: "us-west-2" };
    expect(childEnvironment(parent, { ...IDENTITY, region: undefined }, mode)).toMatchObject(
      parent,
    );
    const none = childEnvironment({}, { ...IDENTITY, region: undefined }, mode);
    expect(none).not.toHaveProperty("AWS_REGION");
    expect(none).not.toHaveProperty("AWS_DEFAULT_REGION");
  });

  it("has no SSOX_REGION, not even an outer one, without a region of its own", () => {
    const env = childEnvironment(POLLUTED, { ...IDENTITY, region: undefined }, SERVED);
    expect(Object.keys(env).filter((name) => /^SSOX_.*REGION$/.test(name))).toEqual([]);
  });

  it("keeps the region that it replaces", () => {
    const parent = { AWS_REGION: "us-east-2", SSOX_AWS_DEFAULT_REGION: "old" };
    const env = childEnvironment(parent, IDENTITY, SERVED);
    expect(env).toMatchObject({ AWS_REGION: "eu-west-1", SSOX_AWS_REGION: "us-east-2" });
    expect(env).not.toHaveProperty("SSOX_AWS_DEFAULT_REGION");
  });

  it("has no SSOX_PROFILE, not even an outer one, when no profile was named", () => {
    const env = childEnvironment(POLLUTED, { ...IDENTITY, profile: undefined }, SERVED);
    expect(env).not.toHaveProperty("SSOX_PROFILE");
  });

  it("puts its own overlay before that of an outer exec", () => {
    const parent = { AWS_CONFIG_FILE: "/run/outer", SSOX_AWS_CONFIG_FILE: "/home/u/.aws/config" };
    expect(childEnvironment(parent, IDENTITY, SERVED)).toMatchObject({
      AWS_CONFIG_FILE: "/run/overlay",
      SSOX_AWS_CONFIG_FILE: "/home/u/.aws/config",
    });
  });

  it("leaves the overlay of an outer exec in env mode", () => {
    const parent = { AWS_CONFIG_FILE: "/run/outer", SSOX_AWS_CONFIG_FILE: "/home/u/.aws/config" };
    const env = childEnvironment(parent, IDENTITY, KEYS);
    expect(env["AWS_CONFIG_FILE"]).toBe("/home/u/.aws/config");
    expect(env).not.toHaveProperty("SSOX_AWS_CONFIG_FILE");
  });

  it.each([
    [{}, "127.0.0.1", "127.0.0.1"],
    [{ NO_PROXY: "a,b" }, "a,b,127.0.0.1", "a,b,127.0.0.1"],
    [{ no_proxy: "a" }, "a,127.0.0.1", "a,127.0.0.1"],
    [{ NO_PROXY: "a", no_proxy: "b" }, "a,127.0.0.1", "b,127.0.0.1"],
    [{ NO_PROXY: "", no_proxy: "b" }, "b,127.0.0.1", "b,127.0.0.1"],
    [{ NO_PROXY: "x 127.0.0.1" }, "x 127.0.0.1", "x 127.0.0.1"],
    [{ NO_PROXY: "*" }, "*", "*"],
    [{ NO_PROXY: "127.0.0.11" }, "127.0.0.11,127.0.0.1", "127.0.0.11,127.0.0.1"],
  ])("extends the proxy exceptions of %j", (parent, upper, lower) => {
    const env = childEnvironment(parent, IDENTITY, SERVED);
    expect([env["NO_PROXY"], env["no_proxy"]]).toEqual([upper, lower]);
  });

  it("compares names without case on Windows, and writes each once", () => {
    const parent = {
      Path: "C:\\",
      aws_profile: "other",
      Aws_Container_Authorization_Token_File: "other",
      aws_region: "us-east-2",
      no_proxy: "a",
    };
    const env = childEnvironment(parent, IDENTITY, SERVED, true);
    expect(env).toMatchObject({
      Path: "C:\\",
      AWS_PROFILE: "ssox-exec-1",
      NO_PROXY: "a,127.0.0.1",
    });
    const names = Object.keys(env).map((name) => name.toUpperCase());
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toContain("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  });

  it("keeps names that differ in case alone elsewhere", () => {
    expect(childEnvironment({ aws_profile: "x" }, IDENTITY, KEYS)).toHaveProperty(
      "aws_profile",
      "x",
    );
  });

  it("drops variables without value", () => {
    expect(childEnvironment({ NOTHING: undefined }, IDENTITY, KEYS)).not.toHaveProperty("NOTHING");
  });
});
