import { expect, it } from "vitest";
import { namesPreview } from "../../src/domain/names-preview.ts";
import { parseTemplate } from "../../src/domain/profile-template.ts";
import { roleFilter } from "../../src/domain/role-filter.ts";

const account = (number: number, ...roles: string[]) => ({
  id: String(111_111_111_110 + number),
  name: `account-${number}`,
  email: undefined,
  roles,
});

const preview = (template: string, exclude: string[] = [], count = 10) =>
  namesPreview(
    parseTemplate(template),
    "acme",
    { accounts: Array.from({ length: count }, (_, index) => account(index, "Admin", "ReadOnly")) },
    roleFilter([], exclude),
  );

it("shows names from all over the listing, and the longest", () => {
  const { samples, longest, count, crowded } = preview("{account_name}.{role_name}");
  expect(samples.map(({ name }) => name)).toEqual([
    "account-0.Admin",
    "account-2.ReadOnly",
    "account-4.Admin",
    "account-6.Admin",
    "account-8.Admin",
  ]);
  expect(longest?.name).toBe("account-0.ReadOnly");
  expect({ count, crowded }).toEqual({ count: 20, crowded: 0 });
});

it("counts the names that need the account's id", () => {
  expect(preview("{role_name}")).toMatchObject({ count: 20, crowded: 20 });
  expect(preview("{role_name}").samples[0]?.name).toBe("Admin-111111111110");
  expect(preview("{account_name}")).toMatchObject({ crowded: 20 });
});

it("leaves out what the filters leave out", () => {
  expect(preview("{role_name}", ["*:Admin", "account-?:ReadOnly"], 11)).toMatchObject({
    samples: [{ name: "ReadOnly" }],
    count: 1,
    crowded: 0,
  });
  expect(preview("{role_name}", ["*:*"])).toMatchObject({ samples: [], count: 0 });
});
