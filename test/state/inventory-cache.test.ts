import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { keepInventory, keptInventory } from "../../src/state/inventory-cache.ts";

const SESSION = { name: "corp", startUrl: "https://acme.awsapps.com/start" };
const INVENTORY = {
  accounts: [
    { id: "012345678901", name: "One", email: "one@example.com", roles: ["Admin", "Reader"] },
    { id: "000000000002", name: undefined, email: undefined, roles: [] },
  ],
};
const KEPT = { inventory: INVENTORY, listedAt: 5, failed: [], signIn: "a" };

function cacheFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function onlyFile(cache: string): string {
  const names = readdirSync(path.join(cache, "inventory"));
  const [name = ""] = names.filter((one) => one.endsWith(".json"));
  return path.join(cache, "inventory", name);
}

test("a listing is kept with its time, in a private file", () => {
  const cache = cacheFolder();
  expect(keptInventory(cache, SESSION)).toBe(undefined);
  keepInventory(cache, SESSION, KEPT);
  expect(keptInventory(cache, SESSION)).toEqual(KEPT);
  expect(statSync(onlyFile(cache)).mode & 0o777).toBe(0o600);
});

test("its names lie beside it for shells, in a private file, and are replaced with it", () => {
  const cache = cacheFolder();
  const names = () => onlyFile(cache).replace(/json$/, "names");
  keepInventory(cache, SESSION, KEPT);
  expect(readFileSync(names(), "utf8")).toMatch(/^session corp\naccount 012345678901 One\n/);
  expect(statSync(names()).mode & 0o777).toBe(0o600);
  keepInventory(cache, SESSION, { ...KEPT, inventory: { accounts: [] } });
  expect(readFileSync(names(), "utf8")).toBe("session corp\n");
});

test("so is what failed in it", () => {
  const cache = cacheFolder();
  const failed = [{ accountId: "000000000002", code: "Throttled", message: "Too fast." }];
  keepInventory(cache, SESSION, { ...KEPT, failed });
  expect(keptInventory(cache, SESSION)?.failed).toEqual(failed);
  const damaged = { listedAt: 5, accounts: [], failed: [null, { code: "x" }, ...failed] };
  writeFileSync(onlyFile(cache), JSON.stringify(damaged));
  expect(keptInventory(cache, SESSION)?.failed).toEqual(failed);
});

test("one of before its sign-in was kept is of none", () => {
  const cache = cacheFolder();
  keepInventory(cache, SESSION, KEPT);
  writeFileSync(onlyFile(cache), JSON.stringify({ listedAt: 5, accounts: [], failed: [] }));
  expect(keptInventory(cache, SESSION)).toMatchObject({ listedAt: 5, signIn: undefined });
});

test("it belongs to the session's name and start URL", () => {
  const cache = cacheFolder();
  keepInventory(cache, SESSION, KEPT);
  const same = { ...SESSION, startUrl: "https://ACME.awsapps.com/start/#/" };
  expect(keptInventory(cache, same)?.listedAt).toBe(5);
  expect(keptInventory(cache, { ...SESSION, name: "other" })).toBe(undefined);
  const moved = { ...SESSION, startUrl: "https://other.awsapps.com/start" };
  expect(keptInventory(cache, moved)).toBe(undefined);
});

test.each([
  "",
  "{",
  "null",
  "[]",
  "{}",
  '{"listedAt":"5","accounts":[]}',
  '{"listedAt":5,"accounts":{}}',
  '{"listedAt":5,"accounts":[],"failed":1}',
])("a damaged file is none: %j", (text) => {
  const cache = cacheFolder();
  keepInventory(cache, SESSION, KEPT);
  writeFileSync(onlyFile(cache), text);
  expect(keptInventory(cache, SESSION)).toBe(undefined);
});

test("what is no account in it, and no role, is left out", () => {
  const cache = cacheFolder();
  keepInventory(cache, SESSION, KEPT);
  const accounts = [
    null,
    "x",
    { id: 1, roles: [] },
    { id: "1" },
    { id: "2", roles: ["A", 5], name: 6 },
  ];
  writeFileSync(onlyFile(cache), JSON.stringify({ listedAt: 5, accounts }));
  expect(keptInventory(cache, SESSION)?.inventory.accounts).toEqual([
    { id: "2", name: undefined, email: undefined, roles: ["A"] },
  ]);
});

test("a folder that cannot be written is no failure", () => {
  const cache = path.join(cacheFolder(), "file");
  writeFileSync(cache, "");
  keepInventory(cache, SESSION, KEPT);
  expect(keptInventory(cache, SESSION)).toBe(undefined);
});
