import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { didYouMean } from "../../src/domain/did-you-mean.ts";
import { nearNames } from "../../src/domain/near-names.ts";

const COMMANDS = [
  "accounts",
  "credential-process",
  "doctor",
  "env",
  "exec",
  "login",
  "logout",
  "roles",
  "status",
  "sync-profiles",
  "whoami",
];
const ROLES = [
  "AdministratorAccess",
  "DeveloperAccess",
  "ReadOnlyAccess",
  "Billing",
  "prod",
  "Prod",
];

describe("the names that are near", () => {
  it.each<[written: string, names: readonly string[], near: readonly string[]]>([
    ["statsu", COMMANDS, ["status"]],
    ["stat", COMMANDS, ["status"]],
    ["sts", COMMANDS, ["status"]],
    ["lgin", COMMANDS, ["login"]],
    ["loign", COMMANDS, ["login"]],
    ["loginn", COMMANDS, ["login"]],
    ["log", COMMANDS, ["login", "logout"]],
    ["ex", COMMANDS, ["exec"]],
    ["execute", COMMANDS, ["exec"]],
    ["sync", COMMANDS, ["sync-profiles"]],
    ["each", COMMANDS, []],
    ["x", COMMANDS, []],
    ["", COMMANDS, []],
    ["terraform", COMMANDS, []],
    ["developeraccess", ROLES, ["DeveloperAccess"]],
    ["DevloperAcces", ROLES, ["DeveloperAccess"]],
    ["ReadOnly", ROLES, ["ReadOnlyAccess"]],
    ["PROD", ROLES, ["prod", "Prod"]],
    ["PowerUserAccess", ROLES, []],
    ["Admin", ROLES, ["AdministratorAccess"]],
    [
      "sandbox.developeracces",
      ["sandbox.DeveloperAccess", "sandbox.AdministratorAccess"],
      ["sandbox.DeveloperAccess"],
    ],
    ["p.a", ["p.b", "p.c", "p.d", "p.e"], ["p.b", "p.c", "p.d"]],
    ["twin", ["twins", "twins"], ["twins"]],
    ["x".repeat(10_000), ["x".repeat(10_001)], []],
  ])("to %j, of %j, are %j", (written, names, near) => {
    expect(nearNames(written, names)).toEqual(near);
  });

  it("are some of the names, three at most, and one that is off by a letter is found", () => {
    const name = fc.stringMatching(/^[a-z][a-z.-]{5,20}$/);
    fc.assert(
      fc.property(name, fc.array(name), fc.nat(), (meant, others, at) => {
        const wrong = meant.slice(0, at % meant.length) + meant.slice((at % meant.length) + 1);
        const near = nearNames(wrong, [...others, meant]);
        expect([...others, meant]).toEqual(expect.arrayContaining([...near]));
        expect(near.length).toBeLessThanOrEqual(3);
        expect(near.length).toBeGreaterThan(0);
      }),
    );
  });

  it("are found among thousands", () => {
    const names = Array.from({ length: 5_000 }, (_, n) => `account-${n}.AdministratorAccess`);
    expect(nearNames("acount-4711.AdministratorAccess", names)).toEqual([
      "account-4711.AdministratorAccess",
    ]);
  });
});

describe("what an error says of them", () => {
  const NAMES = ["login", "logout", "status", "a", "aa-1", "aa-2", "aa-3"];

  it.each([
    ["statsu", "status", ""],
    ["log", undefined, ' Did you mean "login" or "logout"?'],
    ["aa-4", undefined, ' Did you mean "aa-1", "aa-2" or "aa-3"?'],
    ["terraform", undefined, ""],
  ])("of %j: %j is the only one; %j", (wanted, only, question) => {
    expect(didYouMean(wanted, NAMES)).toEqual({ only, question });
  });
});
