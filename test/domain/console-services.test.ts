import { expect, it } from "vitest";
import { SERVICE_NAMES, servicePage } from "../../src/domain/console-services.ts";
import { nearNames } from "../../src/domain/near-names.ts";

it("knows each name once, and each leads to a page that needs no escaping", () => {
  expect(new Set(SERVICE_NAMES).size).toBe(SERVICE_NAMES.length);
  for (const name of SERVICE_NAMES) {
    expect(name).toMatch(/^[a-z0-9-]+$/);
    expect(servicePage(name)?.page).toMatch(/^[a-zA-Z0-9/-]+(#[a-zA-Z0-9/:-]+)?$/);
  }
});

it.each([
  ["cw", "cloudwatch"],
  ["ddb", "dynamodb"],
  ["cfn", "cloudformation"],
  ["sfn", "stepfunctions"],
  ["r53", "route53"],
  ["sm", "secretsmanager"],
  ["cloudwatch-logs", "logs"],
])("%s is %s", (alias, name) => {
  expect(servicePage(alias)).toEqual(servicePage(name));
});

it.each([
  ["lamdba", "lambda"],
  ["clouwatch", "cloudwatch"],
  ["s33", "s3"],
  ["iamv2", "iam"],
  ["xyzzy", undefined],
  ["", undefined],
  ["__proto__", undefined],
])("%j is near to %j", (typed, known) => {
  expect(servicePage(typed)).toBeUndefined();
  expect(nearNames(typed, SERVICE_NAMES)).toEqual(known === undefined ? [] : [known]);
});
