import { expect, test } from "vitest";
import { FakeClock } from "../helpers/clock.ts";

test("wakes sleepers in order, each at its own time", async () => {
  const clock = new FakeClock(0);
  const woken: [string, number][] = [];
  const sleep = async (name: string, milliseconds: number) => {
    await clock.sleep(milliseconds);
    woken.push([name, clock.now()]);
  };
  const all = [sleep("late", 3000), sleep("early", 1000).then(() => sleep("then", 500))];
  await clock.advance(2000);
  expect(woken).toEqual([
    ["early", 1000],
    ["then", 1500],
  ]);
  expect(clock.now()).toBe(2000);
  await clock.advance(1000);
  expect(woken.at(-1)).toEqual(["late", 3000]);
  await Promise.all(all);
  expect(clock.sleeping).toBe(0);
});

test("a sleep ends with its signal", async () => {
  const clock = new FakeClock(0);
  const controller = new AbortController();
  const sleep = clock.sleep(1000, controller.signal);
  controller.abort(new Error("enough"));
  await expect(sleep).rejects.toThrow("enough");
  await expect(clock.sleep(1, controller.signal)).rejects.toThrow("enough");
  expect(clock.sleeping).toBe(0);
});

test("run moves the time until the work is done", async () => {
  const clock = new FakeClock(0);
  const work = async () => {
    for (let time = 0; time < 5; time += 1) await clock.sleep(60_000);
    return clock.now();
  };
  expect(await clock.run(work())).toBe(300_000);
  await expect(
    clock.run(clock.sleep(1).then(() => Promise.reject(new Error("no")))),
  ).rejects.toThrow("no");
});
