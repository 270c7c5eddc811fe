import { expect, test } from "vitest";
import { parseDuration } from "../../src/domain/duration.ts";

test.each<[text: string, seconds: number | undefined]>([
  ["90s", 90],
  ["45m", 2_700],
  ["8h", 28_800],
  ["7d", 604_800],
  ["1h30m", 5_400],
  ["0h", undefined],
  ["8", undefined],
  ["8 h", undefined],
  ["-8h", undefined],
  ["8H", undefined],
  ["1.5h", undefined],
  ["", undefined],
  ["9999999999h", undefined],
])("%s is %s seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});
