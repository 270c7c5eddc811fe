import { expect, it } from "vitest";
import { roleOfArn } from "../../src/domain/role-arn.ts";

it.each([
  ["arn:aws:iam::111122223333:role/Admin", "aws", "Admin"],
  ["arn:aws-us-gov:iam::111122223333:role/aws-reserved/sso/R_1", "aws-us-gov", "R_1"],
])("reads %s", (arn, partition, roleName) => {
  expect(roleOfArn(arn)).toEqual({ partition, accountId: "111122223333", roleName });
});

it.each([
  "",
  "Admin",
  "arn:aws:iam::1:role/Admin",
  "arn:aws:iam::111122223333:user/ada",
  "arn:aws:iam::111122223333:role/",
])("finds no role in %j", (arn) => {
  expect(roleOfArn(arn)).toBeUndefined();
});
