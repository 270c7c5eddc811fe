import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { recentPicks, rememberPick } from "../../src/state/recent-picks.ts";

function stateFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, "ssox");
}

test("what was picked is kept in a private file, the latest first and once", () => {
  const state = stateFolder();
  expect(recentPicks(state)).toEqual([]);
  for (const key of ["profile a", "profile b", "profile a"]) rememberPick(state, key);
  expect(recentPicks(state)).toEqual(["profile a", "profile b"]);
  expect(statSync(path.join(state, "recent.json")).mode & 0o777).toBe(0o600);
  expect(readdirSync(state)).toEqual(["recent.json"]);
});

test("thirty are kept", () => {
  const state = stateFolder();
  for (let n = 0; n < 40; n += 1) rememberPick(state, `profile ${n}`);
  const kept = recentPicks(state);
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([30, "profile 39", "profile 10"]);
});

test.each(["", "{", "[]", '{"recent":1}', '{"recent":[1,null,{}]}', '{"recent":"profile a"}'])(
  "a file that holds %j tells of none, and the next pick replaces it",
  (text) => {
    const state = stateFolder();
    mkdirSync(state);
    writeFileSync(path.join(state, "recent.json"), text);
    expect(recentPicks(state)).toEqual([]);
    rememberPick(state, "profile a");
    expect(recentPicks(state)).toEqual(["profile a"]);
  },
);

test("a pick that cannot be kept is no failure", () => {
  const state = stateFolder();
  mkdirSync(path.join(state, "recent.json"), { recursive: true });
  rememberPick(state, "profile a");
  expect(recentPicks(state)).toEqual([]);
});
