import { describe, expect, it } from "vitest";
import { profileOfProcess } from "../../src/domain/call-of-ssox.ts";
import { type ProfileTable, planCredentials } from "../../src/domain/credential-source.ts";

type Settings = Record<string, string>;

/** Profiles of the config file, and those that the credentials file has keys for. */
function table(config: Record<string, Settings>, credentials: Record<string, Settings> = {}) {
  const names = new Set([...Object.keys(config), ...Object.keys(credentials)]);
  const profiles = [...names].map((name) => {
    const [own = {}, other = {}] = [config[name], credentials[name]];
    return [name, { settings: { ...own, ...other }, config: own, credentials: other }] as const;
  });
  return new Map(profiles) satisfies ProfileTable;
}

const SSO = { sso_session: "acme", sso_account_id: "111122223333", sso_role_name: "Dev" };
const KEYS = { aws_access_key_id: "AKIA1", aws_secret_access_key: "s1" };
const PROCESS = { credential_process: "/opt/keys --print" };
const WEB = { web_identity_token_file: "/run/token", role_arn: "arn:aws:iam::1:role/W" };
const ROLE = { role_arn: "arn:aws:iam::1:role/R", source_profile: "base" };

describe("the source within one profile", () => {
  it.each<[string, Settings, Settings, string]>([
    ["SSO", SSO, {}, "sso"],
    ["keys in config", KEYS, {}, "keys"],
    ["keys in credentials", {}, KEYS, "keys"],
    ["a process", PROCESS, {}, "process"],
    ["web identity", WEB, {}, "web-identity"],
    ["web identity before SSO and the rest", { ...WEB, ...SSO, ...PROCESS }, KEYS, "web-identity"],
    ["SSO before keys and process", { ...SSO, ...PROCESS }, KEYS, "sso"],
    ["keys in credentials before a process", PROCESS, KEYS, "keys"],
    ["a process before keys in config", { ...PROCESS, ...KEYS }, {}, "process"],
    ["a process in the credentials file", KEYS, PROCESS, "process"],
    ["SSO by its role alone", { sso_role_name: "Dev", ...KEYS }, {}, "sso"],
    ["keys for an SSO session without a role", { sso_session: "acme", ...KEYS }, {}, "keys"],
  ])("is botocore's: %s", (_what, config, credentials, kind) => {
    const { source, roles } = planCredentials(table({ p: config }, { p: credentials }), "p");
    expect(source.kind).toBe(kind);
    expect(roles).toEqual([]);
  });

  it("takes keys whole from the file that they count in", () => {
    const mine = { ...KEYS, aws_session_token: "t", aws_account_id: "111122223333" };
    expect(planCredentials(table({ p: PROCESS }, { p: mine }), "p").source).toEqual({
      kind: "keys",
      profile: "p",
      file: "credentials",
      keys: {
        accessKeyId: "AKIA1",
        secretAccessKey: "s1",
        sessionToken: "t",
        accountId: "111122223333",
      },
    });
    const old = { ...mine, aws_security_token: "old" };
    const { source } = planCredentials(table({ p: old }), "p");
    expect(source).toMatchObject({ keys: { sessionToken: "old" } });
  });
});

describe("a chain of roles", () => {
  it("goes from the source to the profile that was named", () => {
    const profiles = table({
      a: { role_arn: "arn:a", source_profile: "b", role_session_name: "me", external_id: "x" },
      b: { role_arn: "arn:b", source_profile: "c", duration_seconds: "900", mfa_serial: "m" },
      c: SSO,
    });
    expect(planCredentials(profiles, "a")).toEqual({
      source: { kind: "sso", profile: "c" },
      roles: [
        {
          profile: "b",
          roleArn: "arn:b",
          roleSessionName: undefined,
          externalId: undefined,
          durationSeconds: 900,
          mfaSerial: "m",
        },
        {
          profile: "a",
          roleArn: "arn:a",
          roleSessionName: "me",
          externalId: "x",
          durationSeconds: undefined,
          mfaSerial: undefined,
        },
      ],
    });
  });

  it.each(["Environment", "Ec2InstanceMetadata", "EcsContainer"])("begins at %s", (named) => {
    const { source, roles } = planCredentials(
      table({ a: { role_arn: "arn:a", credential_source: named } }),
      "a",
    );
    expect(source).toMatchObject({
      kind: "named",
      name: named,
    });
    expect(roles.map(({ roleArn }) => roleArn)).toEqual(["arn:a"]);
  });

  it("ends at a source with keys, whatever role that one has", () => {
    const profiles = table({ a: { ...ROLE, source_profile: "b" }, b: { ...ROLE, ...KEYS } });
    const { source, roles } = planCredentials(profiles, "a");
    expect(source).toMatchObject({ kind: "keys", profile: "b" });
    expect(roles).toHaveLength(1);
  });

  it("may begin with the profile's own keys", () => {
    const { source, roles } = planCredentials(
      table({ a: { ...ROLE, ...KEYS, source_profile: "a" } }),
      "a",
    );
    expect(source).toMatchObject({ kind: "keys", profile: "a" });
    expect(roles).toHaveLength(1);
  });

  it("takes a web identity as any other source", () => {
    const { source, roles } = planCredentials(table({ a: { ...ROLE }, base: WEB }), "a");
    expect(source).toMatchObject({ kind: "web-identity", role: { profile: "base" } });
    expect(roles).toHaveLength(1);
  });

  it.each<[string, Record<string, Settings>, string, string]>([
    ["of one", { a: { ...ROLE, source_profile: "a" } }, "ConfigInvalid", "a → a"],
    [
      "of two",
      { a: { ...ROLE, source_profile: "b" }, b: { ...ROLE, source_profile: "a" } },
      "ConfigInvalid",
      "a → b → a",
    ],
    [
      "further on",
      {
        a: { ...ROLE, source_profile: "b" },
        b: { ...ROLE, source_profile: "c" },
        c: { ...ROLE, source_profile: "b" },
      },
      "ConfigInvalid",
      "b → c → b",
    ],
    [
      "by way of ssox",
      {
        a: { ...ROLE, source_profile: "b" },
        b: { credential_process: "ssox credential-process --profile a" },
      },
      "ConfigInvalid",
      "a → b → a",
    ],
    [
      "of ssox with itself",
      { a: { credential_process: 'node /x/ssox.js credential-process --profile="a"' } },
      "ConfigInvalid",
      "a → a",
    ],
    [
      "of keys and ssox",
      {
        a: {
          ...KEYS,
          ...ROLE,
          source_profile: "a",
          credential_process: "ssox credential-process --profile a",
        },
      },
      "ConfigInvalid",
      "a → a",
    ],
  ])("names a circle %s", (_what, config, code, path) => {
    expect(() => planCredentials(table(config), "a")).toThrowError(
      expect.objectContaining({ code, message: expect.stringContaining(path) }),
    );
  });

  it.each<[string, Settings, string]>([
    ["both sources", { ...ROLE, credential_source: "Environment" }, "ConfigInvalid"],
    ["no source", { role_arn: "arn:a" }, "ConfigInvalid"],
    ["a source that is nowhere", { ...ROLE, source_profile: "gone" }, "ConfigInvalid"],
    [
      "an unknown credential_source",
      { role_arn: "arn:a", credential_source: "environment" },
      "ConfigInvalid",
    ],
    ["a token file without a role", { web_identity_token_file: "/t" }, "ConfigInvalid"],
    ["half a key", { aws_access_key_id: "AKIA1" }, "ConfigInvalid"],
    ["a sign-in of the AWS CLI", { login_session: "arn:x" }, "Usage"],
    ["nothing", { region: "eu-west-1" }, "Usage"],
    ["a source with nothing", { ...ROLE, source_profile: "empty" }, "Usage"],
  ])("is refused with %s", (_what, settings, code) => {
    expect(() => planCredentials(table({ a: settings, empty: {} }), "a")).toThrowError(
      expect.objectContaining({ code, hint: expect.any(String) }),
    );
  });

  it.each<[string, Record<string, Settings>, string]>([
    ["a role or an account", { a: { region: "eu-west-1" } }, "ssox roles"],
    [
      "the program with the keys of a user",
      { a: { mfa_serial: "arn:m" } },
      "set credential_process COMMAND --profile a",
    ],
    [
      "the program with the keys that others need",
      { a: ROLE, base: {} },
      "set credential_process COMMAND --profile base",
    ],
    ["a role or an account, for SSO", { a: ROLE, base: { sso_session: "acme" } }, "ssox roles"],
  ])("without credentials, the hint is %s", (_what, config, hint) => {
    expect(() => planCredentials(table(config), "a")).toThrowError(
      expect.objectContaining({ code: "Usage", hint: expect.stringContaining(hint) }),
    );
  });
});

describe("a credential_process that calls ssox", () => {
  it("is the role that it is called for", () => {
    const line = `/n/node /opt/ssox/bin/ssox.js credential-process --account 111122223333 --role Dev --session acme`;
    expect(planCredentials(table({ p: { credential_process: line } }), "p").source).toEqual({
      kind: "ssox",
      profile: "p",
      accountId: "111122223333",
      roleName: "Dev",
      session: "acme",
    });
  });

  it("is the profile that it is called for", () => {
    const line = "ssox credential-process --profile 'other one'";
    const profiles = table({ p: { credential_process: line }, "other one": SSO });
    expect(planCredentials(profiles, "p").source).toEqual({ kind: "sso", profile: "other one" });
    expect(profileOfProcess(line)).toBe("other one");
  });

  it.each([
    "ssox credential-process --account sandbox --role Dev",
    "env HOME=/other ssox credential-process --account 111122223333 --role Dev",
    "HOME=/other ssox credential-process --account 111122223333 --role Dev",
    "sudo ssox credential-process --account 111122223333 --role Dev",
    "/opt/ssox-tools/vend credential-process --account 111122223333 --role Dev",
    "/bin/sh -c 'ssox credential-process --account 111122223333 --role Dev'",
    "sudo -u other ssox credential-process --profile p",
    "ssh there ssox credential-process --profile p",
    "ssox-like --profile p",
    "other credential-process --profile p",
  ])("is run where it is not plain what it gives: %s", (line) => {
    expect(planCredentials(table({ p: { credential_process: line } }), "p").source).toMatchObject({
      kind: "process",
    });
  });
});

describe("a long chain", () => {
  it.each([
    ["roles", (to: string) => ({ role_arn: "arn:aws:iam::1:role/R", source_profile: to })],
    [
      "processes",
      (to: string) => ({ credential_process: `ssox credential-process --profile ${to}` }),
    ],
  ])("of %s is followed for 100 profiles, and refused beyond, however long it is", (_what, way) => {
    for (const many of [100, 101, 20_000]) {
      const ways = Array.from({ length: many }, (_, at) => [`p${at}`, way(`p${at + 1}`)] as const);
      const profiles = table({ ...Object.fromEntries(ways), [`p${many}`]: KEYS });
      const plan = () => planCredentials(profiles, "p0").source.kind;
      if (many === 100) expect(plan()).toBe("keys");
      else expect(plan).toThrow('"p0" leads to more than 100 other profiles');
    }
  });

  it("in a circle is not told in full", () => {
    const ways = Array.from({ length: 50 }, (_, at) => {
      return [`p${at}`, { ...ROLE, source_profile: `p${(at + 1) % 50}` }] as const;
    });
    expect(() => planCredentials(table(Object.fromEntries(ways)), "p0")).toThrow(
      "back to itself: p0 → p1 → p2 → p3 → … → p49 → p0.",
    );
  });
});
