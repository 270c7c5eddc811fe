import { existsSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { makeFolder } from "../../../src/system/files/make-folder.ts";
import { temporaryHome } from "../../helpers/context.ts";

it("makes it, and those above it, for the user alone", () => {
  const home = temporaryHome();
  makeFolder(path.join(home, "a", "b"));
  for (const name of ["a", "a/b"]) {
    expect(statSync(path.join(home, name)).mode & 0o777).toBe(0o700);
  }
});

it("leaves one that is there, behind a link too", () => {
  const home = temporaryHome();
  symlinkSync(home, path.join(home, "link"));
  makeFolder(home);
  makeFolder(path.join(home, "link"));
  makeFolder(path.parse(home).root);
});

it("says what is in the way", () => {
  const home = temporaryHome();
  const file = path.join(home, "file");
  writeFileSync(file, "");
  symlinkSync(path.join(home, "nowhere", "else"), path.join(home, "dangling"));
  expect(() => makeFolder(file)).toThrow("EEXIST");
  expect(() => makeFolder(path.join(file, "below"))).toThrow("ENOTDIR");
  expect(() => makeFolder(path.join(home, "dangling"))).toThrow("EEXIST");
});

it.skipIf(!existsSync("/proc/self"))("ends where nothing can be made", () => {
  expect(() => makeFolder("/proc/nobody/.aws")).toThrow("ENOENT");
});
