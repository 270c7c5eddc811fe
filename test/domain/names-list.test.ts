import { expect, it } from "vitest";
import { namesList } from "../../src/domain/names-list.ts";
import { HOSTILE_ACCOUNT_NAMES } from "../../src/lab/organisation/hostile-names.ts";

it("has each name on a line of its own", () => {
  const accounts = [
    { id: "111122223333", name: "sandbox", email: "a@example.com", roles: ["Admin", "Reader"] },
    { id: "444455556666", name: " two  words ", email: undefined, roles: ["Reader"] },
    { id: "777788889999", name: undefined, email: undefined, roles: [] },
  ];
  expect(namesList("acme", { accounts })).toBe(`session acme
account 111122223333 sandbox
account 444455556666  two  words 
account 777788889999
role Admin
role Reader
role-of 111122223333 Admin
role-of 111122223333 Reader
role-of 444455556666 Reader
`);
});

it("has no name that --account refuses, since two accounts have it", () => {
  const names = ["twin", "Twin", "twin", "alone"];
  const accounts = names.map((name, at) => ({ id: `${at}`, name, email: undefined, roles: [] }));
  expect(namesList("acme", { accounts })).toBe(
    "session acme\naccount 0\naccount 1\naccount 2\naccount 3 alone\n",
  );
});

it("has no name that could pass for another line, or that a terminal obeys", () => {
  const hostile = ["a\nrole-of 1 b", "a\rb", "\u001b[31m", "\u0000", "\u2028", "\u202e", "\u0085"];
  const names = [...hostile, ...HOSTILE_ACCOUNT_NAMES];
  const accounts = names.map((name = "", at) => {
    return { id: `${at}`, name, email: undefined, roles: [name] };
  });
  const lines = namesList("a\nb", { accounts }).split("\n");
  const roles = names.filter((name) => name && !/[\p{Cc}\u202e\u2028]/u.test(name));
  expect(lines.filter((line) => line.startsWith("role "))).toEqual(
    [...new Set(roles)].map((name) => `role ${name}`),
  );
  expect(lines.filter((line) => line.startsWith("account "))).toHaveLength(names.length);
  expect(lines.filter((line) => !/^(account|role|role-of) |^$/.test(line))).toEqual([]);
  expect(lines.join("")).not.toMatch(/\p{Cc}/u);
});
