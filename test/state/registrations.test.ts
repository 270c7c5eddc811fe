import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  forgetRegistrations,
  keepRegistration,
  keptRegistration,
  type RegistrationKey,
} from "../../src/state/registrations.ts";

const NOW = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const KEY: RegistrationKey = {
  sessionName: "corp",
  startUrl: "https://x/start",
  region: "eu-west-1",
  scopes: ["sso:account:access"],
  flow: "pkce",
};
const REGISTRATION = {
  clientId: "the-client",
  clientSecret: "the-secret",
  expiresAt: NOW + 60 * MINUTE,
};

function stateFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function onlyFile(state: string): string {
  const folder = path.join(state, "registrations");
  const [name = ""] = readdirSync(folder);
  return path.join(folder, name);
}

test("what is kept is found, in a private file that AWS clients do not take for a token", () => {
  const state = stateFolder();
  expect(keptRegistration(state, KEY, NOW)).toBe(undefined);
  keepRegistration(state, KEY, REGISTRATION);
  expect(keptRegistration(state, KEY, NOW)).toEqual(REGISTRATION);
  const file = onlyFile(state);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(path.basename(file)).toMatch(/^[0-9a-f]{40}\.json$/);
  expect(JSON.parse(readFileSync(file, "utf8"))).not.toHaveProperty("accessToken");
});

test.each<Partial<RegistrationKey>>([
  { sessionName: "other" },
  { startUrl: "https://y/start" },
  { region: "us-east-1" },
  { scopes: undefined },
  { scopes: [] },
  { scopes: ["sso:account:access", "more"] },
  { flow: "device" },
])("it serves nothing else: %j", (changed) => {
  const state = stateFolder();
  keepRegistration(state, KEY, REGISTRATION);
  expect(keptRegistration(state, { ...KEY, ...changed }, NOW)).toBe(undefined);
});

test.each([
  [15 * MINUTE, true],
  [15 * MINUTE - 1_000, false],
  [-1_000, false],
])("with %i ms left it is of use: %s", (left, expected) => {
  const state = stateFolder();
  keepRegistration(state, KEY, { ...REGISTRATION, expiresAt: NOW + left });
  expect(keptRegistration(state, KEY, NOW) !== undefined).toBe(expected);
});

test.each([
  "",
  "{",
  "null",
  "[]",
  "{}",
  '{"clientId":"c","clientSecret":"s"}',
  '{"clientId":"c","clientSecret":"s","expiresAt":"2030-01-01"}',
  '{"clientId":5,"clientSecret":"s","expiresAt":"2030-01-01T00:00:00Z"}',
])("a damaged file is none: %j", (text) => {
  const state = stateFolder();
  keepRegistration(state, KEY, REGISTRATION);
  writeFileSync(onlyFile(state), text);
  expect(keptRegistration(state, KEY, NOW)).toBe(undefined);
});

test("one that cannot be kept: WriteFailed", () => {
  const state = path.join(stateFolder(), "file");
  writeFileSync(state, "");
  expect(() => keepRegistration(state, KEY, REGISTRATION)).toThrow(
    expect.objectContaining({ code: "WriteFailed" }),
  );
});

test("those of a session are forgotten under every region, and no other session's", () => {
  const state = stateFolder();
  const former = { ...KEY, region: "us-east-1" };
  const other = { ...KEY, sessionName: "other" };
  forgetRegistrations(state, KEY.sessionName);
  for (const key of [KEY, former, other]) keepRegistration(state, key, REGISTRATION);
  forgetRegistrations(state, KEY.sessionName);
  expect([KEY, former, other].map((key) => keptRegistration(state, key, NOW))).toEqual([
    undefined,
    undefined,
    REGISTRATION,
  ]);
});
