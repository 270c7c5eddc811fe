import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { allRolesByFile, SessionMarks } from "../../src/state/session-marks.ts";
import { thisProcess } from "../../src/system/files/process-identity.ts";

const NOW = Date.UTC(2026, 0, 1);
const NAME = "ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

function stateFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function marksIn(state: string): SessionMarks {
  return new SessionMarks(state, `/home/anna/.aws/sso/cache/${NAME}`);
}

test("a sign-in gets an id of its own, and its time", () => {
  const state = stateFolder();
  const marks = marksIn(state);
  expect(marks.read()).toBe(undefined);
  expect(marks.of("token-1")).toBe(undefined);
  marks.signedIn("token-1", NOW);
  const first = marks.of("token-1");
  expect(first).toEqual({
    renewedAt: NOW,
    learnedLength: undefined,
    rejected: false,
    asker: undefined,
    unanswered: false,
    tokenFile: "token-1",
    signInId: expect.stringMatching(/^[0-9a-f]{24}$/),
    signedInAt: NOW,
    refused: false,
  });
  marks.signedIn("token-1", NOW);
  expect(marks.of("token-1")?.signInId).not.toBe(first?.signInId);
  const file = path.join(state, "sessions", NAME);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("it does not count for a token file that another program wrote", () => {
  const marks = marksIn(stateFolder());
  marks.signedIn("token-1", NOW);
  expect(marks.of("token-2")).toBe(undefined);
  expect(marks.read()?.tokenFile).toBe("token-1");
});

test("a refresh goes on with the same sign-in, an unknown token is another one", () => {
  const marks = marksIn(stateFolder());
  marks.signedIn("token-1", NOW);
  const before = marks.of("token-1");
  marks.renewed("token-2", before, NOW + 1);
  const after = { ...before, tokenFile: "token-2", renewedAt: NOW + 1 };
  expect(marks.of("token-2")).toEqual(after);
  const other = marks.accept("token-3");
  expect(other).toMatchObject({ tokenFile: "token-3", signedInAt: undefined, refused: false });
  expect(other.signInId).not.toBe(before?.signInId);
});

test("a refusal belongs to this very token file, and keeps the sign-in", () => {
  const marks = marksIn(stateFolder());
  marks.signedIn("token-1", NOW);
  const before = marks.of("token-1");
  marks.refuse("token-1", NOW);
  expect(marks.of("token-1")).toEqual({ ...before, refused: true });
  marks.renewed("token-2", marks.of("token-1"), NOW);
  expect(marks.of("token-2")?.refused).toBe(false);
  marks.refuse("token-3", NOW);
  expect(marks.of("token-3")).toMatchObject({ refused: true, signedInAt: undefined });
  expect(marks.of("token-3")?.signInId).not.toBe(before?.signInId);
});

test("the length of a session is learned when its end is seen, and outlives the next sign-ins", () => {
  const HOUR = 3_600_000;
  const marks = marksIn(stateFolder());
  marks.signedIn("token-1", NOW);
  marks.renewed("token-2", marks.of("token-1"), NOW + 7.2 * HOUR);
  marks.refuse("token-2", NOW + 8.1 * HOUR);
  expect(marks.of("token-2")?.learnedLength).toBe(8 * HOUR);
  marks.signedIn("token-3", NOW + 9 * HOUR);
  expect(marks.of("token-3")?.learnedLength).toBe(8 * HOUR);
  expect(marks.accept("token-4").learnedLength).toBe(8 * HOUR);
});

test("who asks for the next token is known until the answer is", () => {
  const marks = marksIn(stateFolder());
  marks.signedIn("token-1", NOW);
  const before = marks.of("token-1");
  marks.ask("token-1");
  expect(marks.of("token-1")).toEqual({ ...before, asker: thisProcess() });
  marks.askedInVain("token-1");
  expect(marks.of("token-1")).toEqual(before);
  marks.ask("token-1");
  marks.renewed("token-2", marks.of("token-1"), NOW + 1);
  expect(marks.of("token-2")).toEqual({ ...before, tokenFile: "token-2", renewedAt: NOW + 1 });
  marks.ask("token-3");
  expect(marks.of("token-3")).toMatchObject({ asker: thisProcess(), signedInAt: undefined });
});

test.each([
  ["its process ended", (marks: SessionMarks) => marks.ask("token-1")],
  [
    "it could not be kept",
    (marks: SessionMarks) => {
      marks.ask("token-1");
      marks.lose("token-1");
      marks.askedInVain("token-1");
    },
  ],
])("an answer is lost when %s: the refusal after it is no end of a session", (_why, lose) => {
  const HOUR = 3_600_000;
  const marks = marksIn(stateFolder());
  marks.signedIn("token-1", NOW);
  lose(marks);
  marks.ask("token-1");
  marks.refuse("token-1", NOW + HOUR);
  const lost = { refused: true, unanswered: true, asker: undefined, learnedLength: undefined };
  expect(marks.of("token-1")).toMatchObject(lost);
  marks.ask("token-1");
  marks.renewed("token-2", marks.of("token-1"), NOW + HOUR);
  expect(marks.of("token-2")).toMatchObject({ refused: false, unanswered: false });
});

test("roles are marked with their sign-in; a new sign-in and a sign-out drop all marks", () => {
  const state = stateFolder();
  const marks = marksIn(state);
  const mark = { signInId: "an-id", obtainedAt: NOW, expiration: NOW + 1 };
  marks.signedIn("token-1", NOW);
  expect(marks.markedRoles()).toEqual([]);
  marks.markRole("/home/anna/.aws/cli/cache/role.json", mark);
  expect(marks.roleMark("/elsewhere/role.json")).toEqual(mark);
  expect(marks.markedRoles()).toEqual(["role.json"]);
  marks.renewed("token-2", marks.of("token-1"), NOW);
  expect(marks.markedRoles()).toEqual(["role.json"]);
  marks.signedIn("token-3", NOW);
  expect([marks.markedRoles(), marks.roleMark("role.json")]).toEqual([[], undefined]);
  marks.markRole("role.json", mark);
  marks.forget();
  marks.forget();
  expect(readdirSync(path.join(state, "sessions"))).toEqual([]);
});

test("a mark names its role; one of an older ssox does not", () => {
  const state = stateFolder();
  const marks = marksIn(state);
  const mark = { signInId: "an-id", obtainedAt: NOW, expiration: NOW + 1 };
  const role = { accountId: "111122223333", roleName: "Admin" };
  marks.signedIn("token", NOW);
  marks.markRole("named.json", { ...mark, role });
  marks.markRole("older.json", mark);
  expect(marks.roleMark("older.json")).toEqual(mark);
  expect([...marks.rolesByFile()]).toEqual([["named.json", role]]);
  expect(allRolesByFile(state)).toEqual(marks.rolesByFile());
});

test("sessions do not share marks", () => {
  const state = stateFolder();
  const [one, other] = [marksIn(state), new SessionMarks(state, "/x/other.json")];
  one.signedIn("token", NOW);
  one.markRole("role.json", { signInId: "an-id", obtainedAt: 1, expiration: 2 });
  expect([other.read(), other.markedRoles()]).toEqual([undefined, []]);
  other.forget();
  expect(one.markedRoles()).toEqual(["role.json"]);
});

test.each([
  "",
  "{",
  "null",
  "[]",
  '{"tokenFile":"token-1"}',
  '{"signInId":"x"}',
  '{"tokenFile":1,"signInId":"x"}',
])("a damaged mark is none: %j", (text) => {
  const state = stateFolder();
  const marks = marksIn(state);
  marks.signedIn("token-1", NOW);
  writeFileSync(path.join(state, "sessions", NAME), text);
  expect(marks.read()).toBe(undefined);
});

test.each([
  "",
  "{}",
  '{"signInId":"x","obtainedAt":"1","expiration":2}',
  '{"signInId":"x","obtainedAt":1}',
])("a damaged mark of a role is none: %j", (text) => {
  const state = stateFolder();
  const marks = marksIn(state);
  marks.markRole("role.json", { signInId: "an-id", obtainedAt: 1, expiration: 2 });
  writeFileSync(path.join(state, "sessions", path.basename(NAME, ".json"), "role.json"), text);
  expect(marks.roleMark("role.json")).toBe(undefined);
});

test("a state folder that cannot be written costs a call later, and no more", () => {
  const state = path.join(stateFolder(), "file");
  writeFileSync(state, "no folder");
  const marks = marksIn(state);
  marks.signedIn("token-1", NOW);
  expect(marks.accept("token-1")).toMatchObject({ tokenFile: "token-1" });
  marks.refuse("token-1", NOW);
  marks.markRole("role.json", { signInId: "an-id", obtainedAt: 1, expiration: 2 });
  marks.forget();
  expect([marks.read(), marks.markedRoles()]).toEqual([undefined, []]);
  expect(readFileSync(state, "utf8")).toBe("no folder");
});

test("what was seen of the service's clock stays with the session, from one sign-in to the next", () => {
  const state = stateFolder();
  const skew = { ahead: 3_600_000, startedAt: 5 };
  const marks = marksIn(state);
  marks.seeSkew(skew);
  expect(marks.skew()).toEqual(skew);
  // There was no mark to keep it in.
  expect(marksIn(state).skew()).toBe(undefined);
  marks.signedIn("token-1", NOW);
  expect(marksIn(state).of("token-1")).toMatchObject({ skew, signedInAt: NOW });
  marksIn(state).signedIn("token-2", NOW);
  marksIn(state).accept("token-3");
  expect(marksIn(state).skew()).toEqual(skew);
  marksIn(state).renewed("token-4", undefined, NOW);
  expect(marksIn(state).skew()).toEqual(skew);
  marksIn(state).forget();
  expect(marksIn(state).skew()).toBe(undefined);
});

test("a clock that was put right is remembered, and written once", () => {
  const state = stateFolder();
  const marks = marksIn(state);
  marks.seeSkew({ ahead: 3_600_000, startedAt: 5 });
  marks.signedIn("token-1", NOW);
  const file = path.join(state, "sessions", NAME);
  const written = () => statSync(file, { bigint: true }).ino;
  const before = written();
  marksIn(state).seeSkew({ ahead: 3_600_900, startedAt: 300 });
  expect(written()).toBe(before);
  marksIn(state).seeSkew(undefined);
  expect(written()).not.toBe(before);
  expect(marksIn(state).of("token-1")).toMatchObject({ skew: undefined, signedInAt: NOW });
});

test.each([5, "x", {}, { ahead: "1", startedAt: 1 }, { ahead: 1 }, [1, 2], null])(
  "%j is no skew",
  (skew) => {
    const state = stateFolder();
    marksIn(state).signedIn("token-1", NOW);
    const file = path.join(state, "sessions", NAME);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), skew }));
    expect(marksIn(state).of("token-1")).toMatchObject({ skew: undefined });
  },
);
