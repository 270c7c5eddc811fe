import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SsoSession } from "../../src/aws/config.ts";
import {
  readRoleCredentials,
  roleCacheFile,
  serializeRoleCredentials,
} from "../../src/aws/role-cache.ts";
import { findPython, requireOrSkip } from "../helpers/witness.ts";

const START_URL = "https://d-1234567890.awsapps.com/start";
const EXPIRATION = Date.UTC(2026, 10, 22, 9, 8, 46);
const CREDENTIALS = {
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "the/secret+key",
  sessionToken: "the-session-token==",
  expiration: EXPIRATION,
  accountId: "012345678901",
};

function session(name: string, kind: SsoSession["kind"] = "session"): SsoSession {
  return { name, kind, startUrl: START_URL, region: "eu-west-1", scopes: undefined, settings: {} };
}

/** What Python makes of it: the AWS CLI is written in it. */
function python(program: string, ...args: string[]): string {
  const found = findPython({ modules: ["json", "hashlib"] });
  return execFileSync(
    found ?? "python3",
    ["-c", `import hashlib, json, sys\n${program}`, ...args],
    {
      encoding: "utf8",
    },
  );
}

const NAMES = ["corp", "café", "日本", "🎉", 'a"b\\c', "tab\there", "\u007f\u0080\u2028", "</x>"];

describe("the file's name", () => {
  // Taken from runs of AWS CLI 2.9.19 and 2.36.7.
  test("vectors", () => {
    const folder = "/cache";
    const ofSession = { session: session("corp"), accountId: "123456789012", roleName: "Admin" };
    expect(roleCacheFile(folder, ofSession)).toBe(
      "/cache/8457bc68cf9d4aa8d629a61563948e8bd3159d49.json",
    );
    const legacy = {
      session: session(START_URL, "legacy"),
      accountId: "012345678901",
      roleName: "Admin",
    };
    expect(roleCacheFile(folder, legacy)).toBe(
      "/cache/b5bd0abef3b75d0dc992bd7dbdbc20b8ad6a76dd.json",
    );
  });

  test("is what json.dumps gives, for any session name", (context) => {
    requireOrSkip(findPython({ modules: ["json", "hashlib"] }), "Python", context);
    const program = `
for name in json.loads(sys.argv[1]):
    key = {"startUrl": name, "roleName": "A+b=c,d.e@f-g", "accountId": "012345678901"}
    other = {"sessionName": name, "roleName": "A+b=c,d.e@f-g", "accountId": "012345678901"}
    for args in (key, other):
        text = json.dumps(args, sort_keys=True, separators=(",", ":"))
        print(hashlib.sha1(text.encode("utf-8")).hexdigest())`;
    const expected = python(program, JSON.stringify(NAMES)).trim().split("\n");
    const role = { accountId: "012345678901", roleName: "A+b=c,d.e@f-g" };
    const names = NAMES.flatMap((name) => [
      roleCacheFile("", { ...role, session: { ...session(name, "legacy"), startUrl: name } }),
      roleCacheFile("", { ...role, session: session(name) }),
    ]);
    expect(names).toEqual(expected.map((name) => `${name}.json`));
  });
});

describe("the content", () => {
  test("is the AWS CLI's, byte for byte", () => {
    expect(serializeRoleCredentials({ ...CREDENTIALS, expiration: EXPIRATION + 999 })).toBe(
      '{"ProviderType": "sso", "Credentials": {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "the/secret+key", "SessionToken": "the-session-token==", "Expiration": "2026-11-22T09:08:46Z", "AccountId": "012345678901"}}',
    );
  });

  test("is what json.dumps gives", (context) => {
    requireOrSkip(findPython({ modules: ["json"] }), "Python", context);
    for (const sessionToken of NAMES) {
      const text = serializeRoleCredentials({ ...CREDENTIALS, sessionToken });
      expect(python("sys.stdout.write(json.dumps(json.loads(sys.argv[1])))", text)).toBe(text);
    }
  });
});

describe("reading", () => {
  function fileOf(text: string): string {
    const folder = mkdtempSync(path.join(tmpdir(), "ssox-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, "role.json");
    writeFileSync(file, text);
    return file;
  }

  function changed(members: Record<string, unknown>, outer: Record<string, unknown> = {}): string {
    const { ProviderType, Credentials } = JSON.parse(serializeRoleCredentials(CREDENTIALS)) as {
      ProviderType: string;
      Credentials: object;
    };
    return JSON.stringify({ ProviderType, Credentials: { ...Credentials, ...members }, ...outer });
  }

  test("what was written", () => {
    expect(readRoleCredentials(fileOf(serializeRoleCredentials(CREDENTIALS)))).toEqual(CREDENTIALS);
  });

  test("what AWS CLI 2.9.19 writes, without the account", () => {
    expect(readRoleCredentials(fileOf(changed({ AccountId: undefined })))).toEqual({
      ...CREDENTIALS,
      accountId: "",
    });
  });

  test.each([
    ["2026-11-22T09:08:46+00:00", EXPIRATION],
    ["2026-11-22T09:08:46UTC", EXPIRATION],
    ["2026-11-22T09:08:46.5Z", EXPIRATION + 500],
  ])("the time %s", (Expiration, expiration) => {
    expect(readRoleCredentials(fileOf(changed({ Expiration })))).toMatchObject({ expiration });
  });

  test.each([
    ["empty", ""],
    ["cut", serializeRoleCredentials(CREDENTIALS).slice(0, -2)],
    ["of an assumed role", changed({}, { ProviderType: undefined })],
    ["of another provider", changed({}, { ProviderType: "process" })],
    ["without credentials", changed({}, { Credentials: undefined })],
    ["with a list of credentials", changed({}, { Credentials: [] })],
    ...["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"].flatMap((key) =>
      [undefined, null, "", 5].map(
        (value) => [`with ${value} as ${key}`, changed({ [key]: value })] as const,
      ),
    ),
    ["with a time without zone", changed({ Expiration: "2026-11-22T09:08:46" })],
  ] as [string, string][])("a file %s holds none", (_, text) => {
    expect(readRoleCredentials(fileOf(text))).toBe(undefined);
  });

  test("a file that is missing, or a folder, holds none", () => {
    const file = fileOf("");
    expect(readRoleCredentials(`${file}.missing`)).toBe(undefined);
    expect(readRoleCredentials(path.dirname(file))).toBe(undefined);
  });
});
