import { expect, test } from "vitest";
import { stillValidLines } from "../../src/views/still-valid.ts";

const NOW = new Date(2026, 2, 4, 9, 5).getTime();
const credentials = (accountId: string | undefined, roleName: string | undefined) => {
  return { accountId, roleName, expiration: NOW + 3_600_000 };
};

test("a few are told in sentences, in order", () => {
  const some = [
    credentials("2", "Admin"),
    credentials("1", "Admin"),
    credentials(undefined, undefined),
  ];
  expect(stillValidLines(some, NOW, 80)).toEqual([
    "Credentials of a role in an account stay valid at AWS until 10:05.",
    "Credentials of Admin in 1 stay valid at AWS until 10:05.",
    "Credentials of Admin in 2 stay valid at AWS until 10:05.",
  ]);
  expect(stillValidLines([], NOW, 80)).toEqual([]);
});

test("many are a table", () => {
  const many = ["4", "3", "2", "1"].map((id) => credentials(id, "Admin"));
  expect(stillValidLines([...many, credentials("1", undefined)], NOW, 80)).toEqual([
    "These credentials stay valid at AWS until they expire:",
    [
      "ACCOUNT  ROLE   UNTIL",
      "1        -      10:05",
      "1        Admin  10:05",
      "2        Admin  10:05",
      "3        Admin  10:05",
      "4        Admin  10:05",
    ].join("\n"),
  ]);
});
