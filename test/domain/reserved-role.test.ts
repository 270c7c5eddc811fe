import { expect, it } from "vitest";
import { reservedRoleOf } from "../../src/domain/reserved-role.ts";

const NAME = "AWSReservedSSO_Dev_Ops_0123456789abcdef";

it.each([
  ["eu-west-1", "aws", `role/aws-reserved/sso.amazonaws.com/eu-west-1/${NAME}`],
  ["us-east-1", "aws", `role/aws-reserved/sso.amazonaws.com/${NAME}`],
  ["cn-north-1", "aws-cn", `role/aws-reserved/sso.amazonaws.com/cn-north-1/${NAME}`],
])("names the IAM role behind a permission set of %s", (region, partition, path) => {
  const caller = `arn:${partition}:sts::111122223333:assumed-role/${NAME}/ada@example.com`;
  expect(reservedRoleOf(caller, region)).toEqual({
    arn: `arn:${partition}:iam::111122223333:${path}`,
    arnWithoutPath: `arn:${partition}:iam::111122223333:role/${NAME}`,
  });
});

it.each([
  "arn:aws:iam::111122223333:user/ada",
  "arn:aws:sts::111122223333:assumed-role/Gate/ada",
  "nonsense",
])("knows none for %s", (caller) => {
  expect(reservedRoleOf(caller, "eu-west-1")).toBeUndefined();
});
