import { expect, test } from "vitest";
import { isCi } from "../../src/domain/ci.ts";

test.each([
  ["true", true],
  ["1", true],
  ["woodpecker", true],
  ["", false],
  ["0", false],
  ["false", false],
  ["False", false],
])("CI=%s: %s", (CI, expected) => {
  expect(isCi({ CI })).toBe(expected);
  expect(isCi({})).toBe(false);
});
