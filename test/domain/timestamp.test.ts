import { describe, expect, test } from "vitest";
import { formatTimestamp, LATEST_MS, parseTimestamp } from "../../src/domain/timestamp.ts";

const MOMENT = Date.UTC(2026, 10, 22, 9, 8, 46);

describe("reading", () => {
  test.each([
    ["2026-11-22T09:08:46Z", MOMENT],
    ["2026-11-22T09:08:46.000Z", MOMENT],
    ["2026-11-22T09:08:46.123Z", MOMENT + 123],
    ["2026-11-22T09:08:46.123456Z", MOMENT + 123],
    ["2026-11-22T09:08:46UTC", MOMENT],
    ["2026-11-22T09:08:46+00:00", MOMENT],
    ["2026-11-22T11:08:46+02:00", MOMENT],
    ["2026-11-22T03:38:46.5-0530", MOMENT + 500],
    ["2026-11-22t09:08:46z", MOMENT],
    ["2026-11-22 09:08:46Z", MOMENT],
    ["1970-01-01T00:00:00Z", 0],
  ])("%s", (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });

  test.each([
    "2026-11-22T09:08:46",
    "2026-11-22T09:08:46.123",
    "2026-11-22",
    "2026-13-22T09:08:46Z",
    "2026-11-22T25:08:46Z",
    "2026-11-22T09:08:46+99:99",
    "2026-11-22T09:08:46Z ",
    "2026-11-22T09:08:46Z\n",
    "2026-11-22T09:08:46 GMT",
    "1790000000",
    "never",
    "",
  ])("none: %j", (text) => {
    expect(parseTimestamp(text)).toBe(undefined);
  });
});

describe("writing", () => {
  test.each([
    [MOMENT, "2026-11-22T09:08:46Z"],
    [MOMENT + 999, "2026-11-22T09:08:46Z"],
    [0, "1970-01-01T00:00:00Z"],
    [LATEST_MS, "9999-12-31T23:59:59Z"],
  ])("%i", (moment, expected) => {
    expect(formatTimestamp(moment)).toBe(expected);
  });

  test("the latest time is the latest one of this form", () => {
    expect(formatTimestamp(LATEST_MS + 1)).not.toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });
});
