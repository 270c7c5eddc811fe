import { describe, expect, it } from "vitest";
import { pickEntries, pickKey } from "../../src/domain/pick-entries.ts";

const account = (id: string, name: string | undefined, ...roles: string[]) => {
  return { id, name, email: undefined, roles };
};
const ACME = {
  session: "acme",
  accounts: [
    account("111111111111", "sandbox", "Admin", "Reader"),
    account("222222222222", "Audit", "Reader"),
    account("333333333333", undefined, "Admin"),
  ],
};
const SANDBOX = { profile: "sb", accountId: "111111111111", role: "Admin", session: "acme" };
const KEYS = { profile: "keys" };

const shown = (entries: ReturnType<typeof pickEntries>) =>
  entries.map(
    ({ profile = "-", accountId = "-", role = "-" }) => `${profile} ${accountId} ${role}`,
  );

describe("what can be picked", () => {
  it("is each profile, and each listed role that no profile names, by account", () => {
    expect(shown(pickEntries([SANDBOX, KEYS], [ACME], []))).toEqual([
      "- 333333333333 Admin",
      "- 222222222222 Reader",
      "keys - -",
      "sb 111111111111 Admin",
      "- 111111111111 Reader",
    ]);
  });

  it("has the account's name, whether the file or the listing tells of it", () => {
    const entries = pickEntries([SANDBOX], [ACME], []);
    expect(entries).toContainEqual({ ...SANDBOX, accountName: "sandbox" });
    expect(entries).toContainEqual({
      accountId: "111111111111",
      accountName: "sandbox",
      role: "Reader",
      session: "acme",
    });
  });

  it("is a role of one session, though a profile of another one names it", () => {
    const other = { ...SANDBOX, session: "other" };
    expect(shown(pickEntries([other], [ACME], []))).toEqual([
      "- 333333333333 Admin",
      "- 222222222222 Reader",
      "- 111111111111 Admin",
      "sb 111111111111 Admin",
      "- 111111111111 Reader",
    ]);
  });

  it("begins with what was picked lately, the latest first", () => {
    const [, audit] = pickEntries([], [ACME], []);
    const recent = [pickKey(KEYS), audit === undefined ? "" : pickKey(audit), "profile gone"];
    expect(shown(pickEntries([SANDBOX, KEYS], [ACME], recent)).slice(0, 3)).toEqual([
      "keys - -",
      "- 222222222222 Reader",
      "- 333333333333 Admin",
    ]);
  });
});

it("a profile and a role have keys of their own", () => {
  expect(pickKey(SANDBOX)).toBe("profile sb");
  expect(pickKey({ accountId: "1", accountName: "x", role: "R", session: "a b" })).toBe(
    "role 1 R a b",
  );
});
