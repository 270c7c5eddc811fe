import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SsoSession } from "../../src/aws/config.ts";
import { readToken, serializeToken, type Token, tokenFile } from "../../src/aws/token-cache.ts";
import { fingerprintOf } from "../../src/system/files/fingerprint.ts";

const START_URL = "https://d-1234567890.awsapps.com/start";
const EXPIRES = Date.UTC(2026, 10, 22, 9, 8, 46);

const TOKEN: Token = {
  startUrl: START_URL,
  region: "eu-west-1",
  accessToken: "the-token",
  expiresAt: EXPIRES,
  clientId: "the-client",
  clientSecret: "the-secret",
  registrationExpiresAt: Date.UTC(2027, 1, 20, 1, 8, 45),
  refreshToken: "the-refresh-token",
};

/** As AWS CLI 2.36.7 writes it, byte for byte. */
const TEXT = `{"startUrl": "${START_URL}", "region": "eu-west-1", "accessToken": "the-token", "expiresAt": "2026-11-22T09:08:46Z", "clientId": "the-client", "clientSecret": "the-secret", "registrationExpiresAt": "2027-02-20T01:08:45Z", "refreshToken": "the-refresh-token"}`;

function session(name: string, kind: SsoSession["kind"] = "session"): SsoSession {
  return { name, kind, startUrl: START_URL, region: "eu-west-1", scopes: undefined, settings: {} };
}

function fileOf(text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "token.json");
  writeFileSync(file, text);
  return file;
}

function changed(members: Record<string, unknown>): string {
  return JSON.stringify({ ...(JSON.parse(TEXT) as object), ...members });
}

// Names taken from runs of AWS CLI 2.9.19 and 2.36.7.
test.each([
  ["corp", "session", "ee0bfd2552fbd840c02cc48b6e823320543c450f"],
  ["noscopes", "session", "42962e13bcfdba20d96af75d57b3093a6b9cccbb"],
  [START_URL, "legacy", "7487b5b67d5fa1132cf33fa93ae51ef38cc37752"],
] as const)("the file of %s (%s)", (name, kind, expected) => {
  expect(tokenFile("/cache", session(name, kind))).toBe(`/cache/${expected}.json`);
});

test("a start URL is taken as written", () => {
  const forms = [START_URL, `${START_URL}/`, `${START_URL}#/`, START_URL.toUpperCase()];
  expect(new Set(forms.map((url) => tokenFile("/", session(url, "legacy")))).size).toBe(4);
});

describe("writing", () => {
  test("gives the AWS CLI's bytes", () => {
    expect(serializeToken(TOKEN)).toBe(TEXT);
  });

  test("leaves out what there is not, and never writes null", () => {
    const { startUrl, region, accessToken, expiresAt } = TOKEN;
    expect(serializeToken({ startUrl, region, accessToken, expiresAt: expiresAt + 999 })).toBe(
      `{"startUrl": "${START_URL}", "region": "eu-west-1", "accessToken": "the-token", "expiresAt": "2026-11-22T09:08:46Z"}`,
    );
  });

  test("quotes what needs it", () => {
    const odd = { ...TOKEN, accessToken: 'a"b\\c\nd' };
    expect(readToken(fileOf(serializeToken(odd)))).toMatchObject({ token: odd });
  });
});

describe("reading", () => {
  test("what was written, with the file's fingerprint", () => {
    const file = fileOf(TEXT);
    expect(readToken(file)).toEqual({
      kind: "token",
      token: TOKEN,
      fingerprint: fingerprintOf(file),
    });
  });

  test.each([
    ["2026-11-22T09:08:46Z", EXPIRES],
    ["2026-11-22T09:08:46.789Z", EXPIRES + 789],
    ["2026-11-22T09:08:46UTC", EXPIRES],
    ["2026-11-22T09:08:46+00:00", EXPIRES],
    ["2026-11-22T11:08:46+02:00", EXPIRES],
  ])("the time %s, of token and registration", (text, expected) => {
    const members = { expiresAt: text, registrationExpiresAt: text };
    expect(readToken(fileOf(changed(members)))).toMatchObject({
      token: { expiresAt: expected, registrationExpiresAt: expected },
    });
  });

  test("what the SDK for JavaScript writes: indented, with milliseconds and keys of its own", () => {
    const text = JSON.stringify(
      {
        ...(JSON.parse(TEXT) as object),
        expiresAt: "2026-11-22T09:08:46.000Z",
        tokenType: "Bearer",
      },
      null,
      2,
    );
    expect(readToken(fileOf(text))).toMatchObject({ kind: "token", token: TOKEN });
  });

  test.each(["clientId", "clientSecret", "refreshToken", "registrationExpiresAt"])(
    "without %s, or with one that is none",
    (key) => {
      const { [key as keyof Token]: _, ...rest } = TOKEN;
      for (const value of [undefined, null, "", 5, {}]) {
        const read = readToken(fileOf(changed({ [key]: value })));
        expect(read).toEqual({ kind: "token", token: rest, fingerprint: expect.any(String) });
      }
    },
  );

  test("a registration of unknown time is one without", () => {
    const { registrationExpiresAt: _, ...rest } = TOKEN;
    const read = readToken(fileOf(changed({ registrationExpiresAt: "2027-02-20T01:08:45" })));
    expect(read).toMatchObject({ token: rest });
    expect(read.kind === "token" && "registrationExpiresAt" in read.token).toBe(false);
  });

  test("without start URL and region", () => {
    const text = changed({ startUrl: undefined, region: null });
    expect(readToken(fileOf(text))).toMatchObject({ token: { startUrl: "", region: "" } });
  });

  test.each([
    ["empty", ""],
    ["blank", " \n"],
    ["cut", TEXT.slice(0, -1)],
    ["cut early", TEXT.slice(0, 20)],
    ["of two documents", TEXT + TEXT],
    ["a list", "[]"],
    ["null", "null"],
    [
      "a client registration",
      '{"clientId": "c", "clientSecret": "s", "expiresAt": "2026-11-22T09:08:46Z"}',
    ],
    ["without a time", changed({ expiresAt: undefined })],
    ["with a time without zone", changed({ expiresAt: "2026-11-22T09:08:46" })],
    ["with a number for a time", changed({ expiresAt: 1_790_000_000 })],
    ["with null for a token", changed({ accessToken: null })],
    ["with an empty token", changed({ accessToken: "" })],
    ["binary", "\u0000\u0001\u0002"],
  ])("a file that is %s is damaged", (_, text) => {
    const hasToken = text.includes("accessToken");
    expect(readToken(fileOf(text))).toEqual({ kind: "damaged", hasToken });
  });

  test("a file that is missing", () => {
    expect(readToken(`${fileOf("")}.missing`)).toEqual({ kind: "missing" });
  });

  test("one that cannot be read: CacheInvalid", () => {
    const file = fileOf("");
    const folder = path.join(path.dirname(file), "folder.json");
    mkdirSync(folder);
    expect(() => readToken(folder)).toThrow(
      expect.objectContaining({
        code: "CacheInvalid",
        message: `Cannot read the token file ${folder}: a folder is in its place.`,
        hint: `mv ${folder} ${folder}.old`,
      }),
    );
    expect(() => readToken(path.join(file, "token.json"))).toThrow(
      expect.objectContaining({ code: "CacheInvalid" }),
    );
  });
});
