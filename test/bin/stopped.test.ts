import { existsSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { openContainer } from "../helpers/namespaces.ts";
import { ended, runSsox, spawnSsox } from "../helpers/program.ts";
import { type Place, processesWith, startPlace } from "./place.ts";

/** A lock that nobody touches is taken over after 15 seconds. */
const STOPPED_MS = process.env["SSOX_SOAK"] ? 30_000 : 18_000;
const WAITERS = 3;

const MOMENTS = {
  "before it asks": async (place: Place) => await until(() => existsSync(lockOf(place))),
  "while it waits for the answer": async (place: Place) => await place.asked(),
};

it("a process that is stopped in a refresh, and wakes up after its lock was taken over: one exchange", async () => {
  // Both at once: next to nothing happens for most of the time.
  await Promise.all(Object.entries(MOMENTS).map(([when, moment]) => stopAndWake(when, moment)));
}, 180_000);

async function stopAndWake(when: string, moment: (place: Place) => Promise<void>) {
  const place = await startPlace({ latency: 300 });
  await place.expire();
  const stopped = spawnSsox(place.credentials, place);
  onTestFinished(() => void stopped.kill("SIGKILL"));
  await moment(place);
  stopped.kill("SIGSTOP");
  const begun = performance.now();
  const waiters = Array.from({ length: WAITERS }, () => runSsox(place.credentials, place));
  await delay(STOPPED_MS);
  stopped.kill("SIGCONT");
  const others = await Promise.all(waiters);
  await ended(stopped);
  for (const { status, stderr } of others) expect({ status, stderr }, when).toEqual(SERVED);
  expect(stopped.exitCode, when).toBe(0);
  expectOneExchange(place);
  const seconds = Math.round((performance.now() - begun) / 1000);
  console.log(`stopped ${when}: ${WAITERS} others served ${seconds} s after`);
}

it("20 processes in two pid namespaces, with an expired token: one exchange", async (test) => {
  const place = await startPlace({ latency: 100 });
  await place.expire();
  const [one, other] = [await openContainer("", test), await openContainer("", test)];
  const ends = await Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      const { inside } = index % 2 === 0 ? one : other;
      return runSsox(place.credentials, { ...place, inside });
    }),
  );
  for (const { status, stderr } of ends) expect({ status, stderr }).toEqual(SERVED);
  expectOneExchange(place);
}, 180_000);

it("a holder that was killed in another pid namespace is waited for, and taken over from", async (test) => {
  const place = await startPlace({ latency: 300 });
  await place.expire();
  const [one, other] = [await openContainer("", test), await openContainer("", test)];
  const mark = "killed in its container";
  const killed = spawnSsox(place.credentials, {
    ...place,
    env: { ...place.env, SSOX_TEST_MARK: mark },
    inside: one.inside,
  });
  // Until it is taken, a second name of it lies beside it, which goes a minute later.
  const isTaken = () => !place.leftovers().some((file) => file.startsWith(`${lockOf(place)}.`));
  await until(() => existsSync(lockOf(place)) && isTaken());
  for (const pid of processesWith(mark)) process.kill(Number(pid), "SIGKILL");
  await ended(killed);
  await place.quiet();
  expect(place.granted("refresh_token")).toBe(0);
  const begun = performance.now();
  const next = await runSsox(place.credentials, { ...place, inside: other.inside });
  expect(next).toMatchObject(SERVED);
  console.log(`killed elsewhere: taken over after ${Math.round(performance.now() - begun)} ms`);
  expectOneExchange(place);
}, 180_000);

const SERVED = { status: 0, stderr: expect.stringMatching(/^(Waiting .*\n)*$/) };

function expectOneExchange(place: Place): void {
  expect(place.granted("refresh_token")).toBe(1);
  expect(place.lab.statistics()).toMatchObject({
    refreshTokenReuse: 0,
    createToken: { refresh_token: { requests: 1, granted: 1 } },
  });
  expect(place.leftovers()).toEqual([]);
}

function lockOf({ tokenFile }: Place): string {
  return tokenFile.replace(/\.json$/, ".lock");
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 20_000, interval: 1 }).toBe(true);
}
