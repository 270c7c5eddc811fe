import { describe, expect, it } from "vitest";
import { hasKeysAlone, isCredentialKey } from "../../src/domain/credential-keys.ts";

const KEYS = { aws_access_key_id: "AKIA1", aws_secret_access_key: "s" };

describe("hasKeysAlone", () => {
  it.each([
    {},
    { region: "eu-west-1", output: "json", services: "local" },
    { aws_account_id: "111122223333" },
    { mfa_serial: "arn:aws:iam::111122223333:mfa/bob", ssox_managed: "acme" },
  ])("is true beside %j", (others) => {
    expect(hasKeysAlone("own", { ...KEYS, ...others })).toBe(true);
  });

  it.each([
    "credential_process",
    "role_arn",
    "source_profile",
    "credential_source",
    "web_identity_token_file",
    "login_session",
    "sso_session",
    "sso_start_url",
    "aws_session_token",
    "aws_security_token",
  ])("is false beside %s, though it is empty", (key) => {
    expect(hasKeysAlone("own", { ...KEYS, [key]: "" })).toBe(false);
  });

  it.each([
    ["team/own.1@x-%y", true],
    ["my own", false],
    ["café", false],
    ["a=b", false],
    ["", false],
  ])("of the name %j is %s", (name, expected) => {
    expect(hasKeysAlone(name, KEYS)).toBe(expected);
  });
});

describe("isCredentialKey", () => {
  it.each([
    ["aws_secret_access_key", true],
    ["aws_security_token", true],
    ["sso_anything", true],
    ["ssox_break_glass", true],
    ["duration_seconds", true],
    ["region", false],
    ["ca_bundle", false],
    ["", false],
  ])("of %j is %s", (key, expected) => {
    expect(isCredentialKey(key)).toBe(expected);
  });
});
