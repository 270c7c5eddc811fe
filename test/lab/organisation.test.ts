import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { organisationFrom, organisationFromFile } from "../../src/lab/organisation/from-file.ts";
import {
  HOSTILE_ACCOUNT_NAMES,
  HOSTILE_ROLE_NAMES,
} from "../../src/lab/organisation/hostile-names.ts";
import { madeUpOrganisation } from "../../src/lab/organisation/made-up.ts";

describe("a made-up organisation", () => {
  test("is the same for the same options, and another for another seed", () => {
    const options = { accounts: 50, roles: 5, hostileNames: true, seed: 7 };
    expect(madeUpOrganisation(options)).toEqual(madeUpOrganisation(options));
    expect(madeUpOrganisation({ ...options, seed: 8 })).not.toEqual(madeUpOrganisation(options));
  });

  test("begins with names that people know", () => {
    const { accounts } = madeUpOrganisation({ accounts: 4, roles: 3 });
    expect(accounts.map(({ name }) => name)).toEqual([
      "sandbox",
      "staging",
      "production",
      "shared-services",
    ]);
    expect(accounts[0]?.roles).toEqual([
      { name: "DeveloperAccess" },
      { name: "ReadOnlyAccess" },
      { name: "AdministratorAccess" },
    ]);
  });

  test("has users of whom the first has everything, and each later one less", () => {
    const { accounts, users } = madeUpOrganisation({ accounts: 6, roles: 2, users: 3 });
    expect(users.map(({ name }) => name)).toEqual([
      "ada@example.com",
      "grace@example.com",
      "edsger@example.com",
    ]);
    expect(users.map(({ assignments }) => assignments?.size)).toEqual([undefined, 3, 2]);
    expect(users[2]?.assignments?.get(accounts[3]?.id ?? "")).toEqual([
      "DeveloperAccess",
      "ReadOnlyAccess",
    ]);
  });

  test("of 1,000 accounts with 20 roles has distinct ids of twelve digits, distinct roles", () => {
    const { accounts } = madeUpOrganisation({ accounts: 1000, roles: 20 });
    const ids = accounts.map(({ id }) => id);
    expect(new Set(ids).size).toBe(1000);
    expect(ids.filter((id) => !/^\d{12}$/.test(id))).toEqual([]);
    expect(ids.filter((id) => id.startsWith("00")).length).toBe(200);
    expect(accounts.every(({ email }) => email?.includes("@"))).toBe(true);
    expect(new Set(accounts[999]?.roles.map(({ name }) => name)).size).toBe(20);
  });

  test("has every hostile name when asked, and none otherwise", () => {
    const accounts = 4 + HOSTILE_ACCOUNT_NAMES.length + 3;
    const hostile = madeUpOrganisation({ accounts, roles: 30, hostileNames: true });
    expect(hostile.accounts.slice(4, -3).map(({ name }) => name)).toEqual(HOSTILE_ACCOUNT_NAMES);
    const roles = hostile.accounts[0]?.roles.map(({ name }) => name) ?? [];
    expect(roles).toEqual(expect.arrayContaining([...HOSTILE_ROLE_NAMES]));
    expect(roles.filter((name) => !/^[\w+=,.@-]{1,32}$/.test(name))).toEqual([]);
    const tame = madeUpOrganisation({ accounts, roles: 30 });
    expect(tame.accounts.filter(({ name }) => !/^[a-z0-9-]+$/.test(name ?? ""))).toEqual([]);
  });
});

describe("an organisation from a file", () => {
  function fileWith(text: string): string {
    const folder = mkdtempSync(path.join(tmpdir(), "ssox-organisation-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, "organisation.json");
    writeFileSync(file, text);
    return file;
  }

  test("is read", () => {
    const document = {
      users: [
        { name: "grace", email: "g@example.com" },
        { name: "ada", assignments: { "012345678901": ["B"] } },
      ],
      accounts: [
        {
          id: "012345678901",
          name: "one",
          email: "a@b.c",
          roles: ["A", { name: "B", sessionSeconds: 900 }],
        },
        { id: "111122223333", roles: [] },
      ],
    };
    expect(organisationFromFile(fileWith(JSON.stringify(document)))).toEqual({
      users: [
        { name: "grace", email: "g@example.com" },
        { name: "ada", assignments: new Map([["012345678901", ["B"]]]) },
      ],
      accounts: [
        {
          id: "012345678901",
          name: "one",
          email: "a@b.c",
          roles: [{ name: "A" }, { name: "B", sessionSeconds: 900 }],
        },
        { id: "111122223333", roles: [] },
      ],
    });
  });

  const account = { id: "111122223333", roles: [] };
  test.each([
    [[], "the document must be an object"],
    [{}, "accounts must be an array"],
    [{ users: [{ name: "two words" }], accounts: [] }, "users[0].name must be"],
    [{ users: [], accounts: [] }, "users must be a list of at least one"],
    [{ users: [{ name: "ada" }, { name: "ada" }], accounts: [] }, '"ada" twice'],
    [
      { users: [{ name: "ada", assignments: { "1": [] } }], accounts: [] },
      'users[0].assignments["1"] must be one of the accounts',
    ],
    [
      {
        users: [{ name: "ada", assignments: { "111122223333": ["A"] } }],
        accounts: [{ id: "111122223333", roles: ["a"] }],
      },
      "must be one of the account's roles",
    ],
    [{ accounts: [1] }, "accounts[0] must be an object"],
    [
      { accounts: [{ ...account, id: 111122223333 }] },
      "accounts[0].id must be a string of twelve digits",
    ],
    [{ accounts: [{ ...account, id: "1" }] }, "accounts[0].id must be a string of twelve digits"],
    [{ accounts: [account, account] }, "account 111122223333 is listed twice"],
    [{ accounts: [{ ...account, name: 1 }] }, "accounts[0].name must be a string"],
    [{ accounts: [{ ...account, roles: "A" }] }, "accounts[0].roles must be an array"],
    [{ accounts: [{ ...account, roles: ["A", "a b"] }] }, "accounts[0].roles[1] must be"],
    [
      { accounts: [{ ...account, roles: ["A", "A"] }] },
      'accounts[0].roles must be a list without "A" twice',
    ],
    [
      { accounts: [{ ...account, roles: [{ name: "A", sessionSeconds: 50_000 }] }] },
      "sessionSeconds must be",
    ],
  ])("%j: %s", (document, message) => {
    expect(() => organisationFrom(document, "f.json")).toThrow(
      expect.objectContaining({
        code: "ConfigInvalid",
        message: expect.stringContaining(message),
      }),
    );
  });

  test("that is not there, or no JSON, says so", () => {
    expect(() => organisationFromFile("/nowhere/x.json")).toThrow(/Cannot read \/nowhere\/x\.json/);
    expect(() => organisationFromFile(fileWith("{"))).toThrow(/it is not JSON/);
  });
});
