import { performance } from "node:perf_hooks";
import { expect, test } from "vitest";
import { systemClock } from "../../src/system/clock.ts";

test("it tells the time and sleeps", async () => {
  const started = performance.now();
  const before = Date.now();
  await systemClock.sleep(50);
  expect(performance.now() - started).toBeGreaterThan(45);
  expect(systemClock.now()).toBeGreaterThanOrEqual(before);
});

test("a sleep ends with the signal, for its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const sleeping = systemClock.sleep(60_000, controller.signal);
  controller.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(systemClock.sleep(60_000, controller.signal)).rejects.toBe(reason);
}, 5_000);

test("a sleep of months does not end at once", async () => {
  const controller = new AbortController();
  let over = false;
  const sleeping = systemClock
    .sleep(90 * 86_400_000, controller.signal)
    .finally(() => {
      over = true;
    })
    .catch(() => {});
  await systemClock.sleep(50);
  expect(over).toBe(false);
  controller.abort();
  await sleeping;
});
