import { describe, expect, test } from "vitest";
import { asObject, parseJsonObject, stringIn } from "../../src/domain/json.ts";

describe("a JSON object", () => {
  test("is read", () => {
    expect(parseJsonObject(' {"a": {"b": 1}}\n')).toEqual({ a: { b: 1 } });
  });

  test.each(["", "{", "null", "[]", '["a"]', '"text"', "1", "true", '{"a":1} x', "\ufeff{}"])(
    "is not %j",
    (text) => {
      expect(parseJsonObject(text)).toBe(undefined);
    },
  );

  test.each([null, undefined, [], "text", 1])("is not the value %j", (value) => {
    expect(asObject(value)).toBe(undefined);
  });

  test("changes no other object", () => {
    parseJsonObject('{"__proto__": {"polluted": "yes"}}');
    expect(stringIn({}, "polluted")).toBe(undefined);
  });
});

test.each([
  ["text", "text"],
  ["", undefined],
  [1, undefined],
  [null, undefined],
  [["text"], undefined],
])("the string in %j is %j", (value, expected) => {
  expect(stringIn({ key: value }, "key")).toBe(expected);
  expect(stringIn({}, "key")).toBe(undefined);
});
