import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ListingJournal, type ListingPurpose } from "../../src/state/listing-journal.ts";

const SESSION = { name: "corp", startUrl: "https://acme.awsapps.com/start" };
const ACCOUNTS = [
  { id: "012345678901", name: "One", email: "one@example.com" },
  { id: "000000000002", name: undefined, email: undefined },
];
const HOUR = 3_600_000;
const START = 5 * HOUR;

function cacheFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ssox-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function fileIn(cache: string): string {
  const [name = "none"] = readdirSync(path.join(cache, "inventory"));
  return path.join(cache, "inventory", name);
}

function open(
  cache: string,
  {
    signIn = "a",
    purpose = "read",
    now = START,
    session = SESSION,
  }: { signIn?: string; purpose?: ListingPurpose; now?: number; session?: typeof SESSION } = {},
): ListingJournal {
  const journal = ListingJournal.open(cache, session, { signIn, purpose }, now);
  onTestFinished(() => journal.close());
  return journal;
}

/** One whose process was killed: it is neither closed nor removed. */
function begun(): string {
  const cache = cacheFolder();
  const journal = open(cache);
  journal.noteAccounts(ACCOUNTS);
  journal.noteRoles("012345678901", ["Admin", "Reader"]);
  return cache;
}

test("the next run knows what the last one learnt, and when it began", () => {
  const cache = begun();
  expect(open(cache, { now: START + HOUR })).toMatchObject({
    begunAt: START,
    accounts: ACCOUNTS,
    roles: new Map([["012345678901", ["Admin", "Reader"]]]),
  });
});

test("and learns more", () => {
  const cache = begun();
  open(cache).noteRoles("000000000002", []);
  expect([...open(cache).roles.keys()]).toEqual(["012345678901", "000000000002"]);
});

test.each([
  ["of another sign-in", { signIn: "b" }],
  ["over an hour old", { now: START + HOUR + 1 }],
  ["from the future", { now: START - 1 }],
  ["of another session", { session: { ...SESSION, name: "other" } }],
])("one %s says nothing", (_, differing) => {
  const cache = begun();
  const journal = open(cache, differing);
  expect(journal.accounts).toBe(undefined);
  expect(journal.roles.size).toBe(0);
  journal.noteAccounts(ACCOUNTS);
  expect(open(cache, differing).accounts).toEqual(ACCOUNTS);
});

const PURPOSES = ["read", "refresh", "sync", "prune"] as const;

test.each([
  ["read", PURPOSES],
  ["refresh", ["refresh"]],
  ["sync", PURPOSES],
  ["prune", []],
] as const)("a run to %s goes on with one to %j", (purpose, serving) => {
  const served = PURPOSES.filter((former) => {
    const cache = cacheFolder();
    const journal = open(cache, { purpose: former });
    journal.noteAccounts(ACCOUNTS);
    return open(cache, { purpose }).accounts !== undefined;
  });
  expect(served).toEqual(serving);
});

test("what another process still writes into a journal that was replaced goes nowhere", () => {
  const cache = cacheFolder();
  const former = open(cache);
  open(cache, { signIn: "b" });
  former.noteAccounts(ACCOUNTS);
  former.noteRoles("012345678901", ["Admin"]);
  expect(open(cache, { signIn: "b" }).roles.size).toBe(0);
});

test("a line that was cut says nothing, nor does it spoil the next one", () => {
  const cache = begun();
  appendFileSync(fileIn(cache), '{"accountId":"000000000002","ro');
  const journal = open(cache);
  expect([...journal.roles.keys()]).toEqual(["012345678901"]);
  journal.noteRoles("000000000002", ["Reader"]);
  expect(open(cache).roles.get("000000000002")).toEqual(["Reader"]);
});

test.each(["", "{", "[]\n", "null\n{}\n", '{"begunAt":"5","signIn":"a"}\n'])(
  "a damaged one is begun anew: %j",
  (text) => {
    const cache = begun();
    writeFileSync(fileIn(cache), text);
    expect(open(cache).accounts).toBe(undefined);
    expect(open(cache).begunAt).toBe(START);
  },
);

test("it is private, and goes when the listing has come to its end", () => {
  const cache = begun();
  const file = fileIn(cache);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
  open(cache).remove();
  expect(existsSync(file)).toBe(false);
});

test("a folder that cannot be written is no failure", () => {
  const cache = path.join(cacheFolder(), "file");
  writeFileSync(cache, "");
  const journal = open(cache);
  journal.noteAccounts(ACCOUNTS);
  journal.remove();
  expect(open(cache).accounts).toBe(undefined);
});
