import { expect, test } from "vitest";
import { type LoggedRequest, logRequest } from "../../src/lab/request-log.ts";
import { remember } from "../../src/lab/state.ts";

test("a map of the lab's forgets what is oldest", () => {
  const map = new Map<string, number>();
  for (let key = 0; key <= 250_000; key += 1) remember(map, String(key), key);
  expect(map.size).toBeGreaterThan(89_000);
  expect(map.size).toBeLessThanOrEqual(100_000);
  expect([map.has("0"), map.has("150000"), map.get("250000")]).toEqual([false, false, 250_000]);
});

test("the request log forgets what is oldest, and stays in order", () => {
  const requests: LoggedRequest[] = [];
  for (let time = 0; time <= 250_000; time += 1) {
    logRequest(requests, { time, service: "portal", operation: "ListAccounts", status: 200 });
  }
  expect(requests.length).toBeGreaterThan(89_000);
  expect(requests.length).toBeLessThanOrEqual(100_000);
  expect(requests.at(-1)?.time).toBe(250_000);
  expect(requests[0]?.time).toBe(250_001 - requests.length);
});
