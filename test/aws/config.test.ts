import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  type AwsConfig,
  findProfile,
  findSession,
  readAwsConfig,
  selectSession,
  sessionNames,
  sessionOfProfile,
} from "../../src/aws/config.ts";
import { SsoxError } from "../../src/errors.ts";
import { asOrdinaryUser } from "../helpers/ordinary-user.ts";

let file: string;

beforeEach(() => {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  file = path.join(folder, "config");
});

function read(content: string | Buffer): AwsConfig {
  writeFileSync(file, content);
  return readAwsConfig(file);
}

function failure(act: () => unknown): Pick<SsoxError, "code" | "message" | "hint"> {
  try {
    act();
  } catch (error) {
    if (error instanceof SsoxError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const CORP = "[sso-session corp]\nsso_start_url = https://corp/start\nsso_region = eu-west-1\n";
const LEGACY = (name: string, url = "https://old/start", region = "us-east-1") =>
  `[profile ${name}]\nsso_start_url = ${url}\nsso_region = ${region}\nsso_account_id = 012345678901\nsso_role_name = R\n`;

describe("reading", () => {
  test("a missing file is empty", () => {
    const { sessions, legacySessions, profiles, document } = readAwsConfig(file);
    expect([sessions.size, legacySessions.size, profiles.size, document.text]).toEqual([
      0,
      0,
      0,
      "",
    ]);
  });

  test("sessions, profiles of both forms, and others", () => {
    const { sessions, legacySessions, profiles } = read(
      `${CORP}sso_registration_scopes = sso:account:access, , a:b\nssox_store = keychain\n` +
        `[profile new]\nsso_session = corp\nsso_account_id = 000000000001\nsso_role_name = R\nregion = x\nssox_managed = corp\n` +
        `${LEGACY("old")}[default]\nregion = eu-west-1\ns3 =\n  a = b\n`,
    );
    expect([...sessions.values()]).toEqual([
      {
        name: "corp",
        kind: "session",
        startUrl: "https://corp/start",
        region: "eu-west-1",
        scopes: ["sso:account:access", "a:b"],
        settings: expect.objectContaining({ ssox_store: "keychain" }),
      },
    ]);
    expect([...legacySessions]).toEqual([
      ["https://old/start", expect.objectContaining({ kind: "legacy", name: "https://old/start" })],
    ]);
    expect([...profiles.keys()]).toEqual(["new", "old", "default"]);
    expect(profiles.get("new")).toMatchObject({
      line: 6,
      managedBy: "corp",
      sso: {
        session: { name: "corp" },
        sessionName: "corp",
        accountId: "000000000001",
        roleName: "R",
      },
    });
    expect(profiles.get("old")?.sso).toEqual({
      session: legacySessions.get("https://old/start"),
      accountId: "012345678901",
      roleName: "R",
    });
    expect(profiles.get("default")).toMatchObject({ sso: undefined, managedBy: undefined });
    expect({ ...profiles.get("default")?.settings }).toEqual({ region: "eu-west-1" });
  });

  test("settings have no prototype to fall through to", () => {
    const { profiles } = read("[profile p]\n__proto__ = x\nconstructor = y\n");
    const settings = profiles.get("p")?.settings ?? {};
    expect(Object.getPrototypeOf(settings)).toBe(null);
    expect(Object.entries(settings)).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });

  test("of two sections with one name the later one counts", () => {
    const { profiles } = read('[profile p]\na = 1\n[profile "p"]\nb = 2\n');
    expect({ ...profiles.get("p")?.settings }).toEqual({ b: "2" });
  });

  test.each([
    ["[profile p]\na = 1\na = 2\n", 3],
    ["\ufeff[profile p]\n", 1],
    [Buffer.from("[profile p]\r\n# ok\r\na = caf\xe9\r\n", "latin1"), 3],
    [Buffer.from("[profile p]\na = caf\xe9", "latin1"), 2],
  ])("what botocore rejects is refused with its line: %j", (content, line) => {
    const { code, message, hint } = failure(() => read(content));
    expect(code).toBe("ConfigInvalid");
    expect(message).toContain(`${file}, line ${line}: `);
    expect(hint).toBe(`edit line ${line} of ${file}`);
  });

  test("what cannot be read is no empty file", () => {
    mkdirSync(file);
    expect(failure(() => readAwsConfig(file))).toMatchObject({
      code: "ConfigInvalid",
      message: expect.stringContaining(file),
    });
  });

  test("nor is one without permission", async () => {
    writeFileSync(file, CORP);
    await asOrdinaryUser(path.dirname(file), async () => {
      chmodSync(file, 0);
      expect(failure(() => readAwsConfig(file)).code).toBe("ConfigInvalid");
    });
  });
});

describe("a session by its name", () => {
  test("is found, of either form", () => {
    const config = read(CORP + LEGACY("old"));
    expect(findSession(config, "corp")).toMatchObject({ kind: "session", region: "eu-west-1" });
    expect(findSession(config, "https://old/start")).toMatchObject({ region: "us-east-1" });
  });

  test("that is not there: the error names those that are", () => {
    const { code, message, hint } = failure(() => findSession(read(CORP + LEGACY("old")), "nope"));
    expect(code).toBe("UnknownSession");
    expect(message).toContain('"corp", "https://old/start"');
    expect(hint).toBe("--session corp");
  });

  test.each([
    ["[sso-session s]\nsso_region = eu-west-1\n", 1, "has no sso_start_url"],
    ["[sso-session s]\nsso_start_url = https://x\n", 1, "has no sso_region"],
    ["[sso-session s]\nsso_start_url = https://x\nsso_region =\n", 3, "has no sso_region"],
    [
      "[sso-session s]\nsso_start_url = https://x\nsso_region = evil.example/#\n",
      3,
      "no name of a region",
    ],
    [
      "[sso-session s]\nsso_start_url = https://x\nsso_region = eu-west-1.evil\n",
      3,
      "no name of a region",
    ],
  ])("that lacks something: the error names the key and its line: %j", (text, line, what) => {
    const config = read(text);
    expect(config.sessions.size).toBe(0);
    const { code, message } = failure(() => findSession(config, "s"));
    expect(code).toBe("ConfigInvalid");
    expect(message).toContain(`line ${line}: `);
    expect(message).toContain(what);
  });

  test.each(["eu-west-1", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "ap-southeast-12"])(
    "in the region %s",
    (region) => {
      expect(read(CORP.replace("eu-west-1", region)).sessions.get("corp")?.region).toBe(region);
    },
  );

  test("of one start URL in two regions there is none", () => {
    const config = read(LEGACY("a") + LEGACY("b", "https://old/start", "us-east-2"));
    expect(config.legacySessions.size).toBe(0);
    const { code, message } = failure(() => findSession(config, "https://old/start"));
    expect(code).toBe("ConfigInvalid");
    expect(message).toContain('the profiles "a" and "b"');
    expect(sessionOfProfile(config, findProfile(config, "b")).region).toBe("us-east-2");
  });
});

describe("the session that is meant", () => {
  test("is the only section, whatever old-form profiles stand beside it", () => {
    expect(selectSession(read(CORP + LEGACY("old")), undefined).name).toBe("corp");
  });

  test("is the start URL that all old-form profiles share", () => {
    expect(selectSession(read(LEGACY("a") + LEGACY("b")), undefined)).toMatchObject({
      kind: "legacy",
      name: "https://old/start",
    });
  });

  test("is the named one", () => {
    expect(selectSession(read(CORP + LEGACY("a")), "https://old/start").kind).toBe("legacy");
  });

  test.each([
    ["two sections", CORP + CORP.replaceAll("corp", "dev"), ["corp", "dev"]],
    ["two start URLs", LEGACY("a") + LEGACY("b", "https://b"), ["https://old/start", "https://b"]],
  ])("must be named where there are %s", (_name, text, names) => {
    const config = read(text);
    expect(sessionNames(config)).toEqual(names);
    const { code, message, hint } = failure(() => selectSession(config, undefined));
    expect(code).toBe("Usage");
    for (const name of names) expect(message).toContain(JSON.stringify(name));
    expect(hint).toBe(`--session ${names[0]}`);
  });

  test("a section that lacks something is still the only one", () => {
    expect(failure(() => selectSession(read("[sso-session s]\n"), undefined)).code).toBe(
      "ConfigInvalid",
    );
  });

  test.each(["", "[profile p]\nregion = eu-west-1\n"])("there is none in %j", (text) => {
    expect(failure(() => selectSession(read(text), undefined))).toMatchObject({
      code: "UnknownSession",
      hint: "ssox login --start-url URL --sso-region REGION",
    });
  });

  test("an old-form profile without a region: its line is named", () => {
    const text = "[profile p]\nsso_start_url = https://x\n";
    expect(failure(() => selectSession(read(text), undefined))).toMatchObject({
      code: "ConfigInvalid",
      message: expect.stringContaining('line 1: the profile "p" has no sso_region'),
    });
  });
});

describe("the session of a profile", () => {
  test("that is not defined", () => {
    const config = read("[profile p]\nsso_session = gone\nsso_account_id = 1\n");
    expect(config.profiles.get("p")?.sso?.session).toBe(undefined);
    expect(failure(() => sessionOfProfile(config, findProfile(config, "p")))).toMatchObject({
      code: "ConfigInvalid",
      message: expect.stringContaining("[sso-session gone] that is not in the file"),
    });
  });

  test("that lacks something", () => {
    const config = read("[profile p]\nsso_session = s\n[sso-session s]\nsso_region = eu-west-1\n");
    expect(failure(() => sessionOfProfile(config, findProfile(config, "p"))).message).toContain(
      "line 3: the session s has no sso_start_url",
    );
  });

  test("of a profile that is none of IAM Identity Center", () => {
    const config = read("[profile p]\nregion = x\n");
    expect(failure(() => sessionOfProfile(config, findProfile(config, "p"))).code).toBe(
      "ConfigInvalid",
    );
  });

  test("an unknown profile", () => {
    expect(failure(() => findProfile(read(CORP), "constructor")).code).toBe("UnknownProfile");
  });

  test.each([
    ["none at all", 0, "", "ssox sync-profiles"],
    ["one", 1, ' The only one is "p1".', "ssox pick"],
    ["a few", 3, ' There are "p1", "p2", "p3".', "ssox pick"],
    ["more than can be told", 6, "", "ssox pick"],
  ])("an unknown profile where there is %s", (_, count, told, hint) => {
    const names = Array.from({ length: count }, (__, at) => `[profile p${at + 1}]\n`);
    const error = failure(() => findProfile(read(names.join("")), "sandbox"));
    expect(error.message.split('has no profile "sandbox".')[1]).toBe(told);
    expect(error.hint).toBe(hint);
  });
});
