import { existsSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { runSsox } from "../helpers/program.ts";
import {
  DEVICE,
  disturbed,
  lengthOf,
  PKCE,
  processesWith,
  someMoment,
  startPlace,
} from "./place.ts";

const ROUNDS = process.env["SSOX_SOAK"] ? 200 : 12;
const EXIT = { SIGINT: 130, SIGTERM: 143 } as const;

for (const [what, words] of [
  ["a device login", DEVICE],
  ["a login in the browser", PKCE],
  ["a refresh", undefined],
] as const) {
  it(
    `Ctrl-C or SIGTERM at any moment of ${what} loses no token that was granted, and leaves nothing else`,
    async () => {
      const place = await startPlace({ latency: 15 });
      const command = words ?? place.credentials;
      const length = await lengthOf(place, command);
      const seen = { "ended by the signal": 0, "ended before": 0, "token kept": 0 };
      for (let round = 0; round < ROUNDS; round += 1) {
        const signal = round % 3 === 2 ? "SIGTERM" : "SIGINT";
        if (words === undefined) await place.expire();
        else rmSync(place.tokenFile, { force: true });
        const before = place.token("before");
        const granted = place.granted();
        const moment = someMoment(round, ROUNDS, length, place);
        // The second one ends a program that hangs: at once, but never in an exchange.
        const isPressedTwice = round % 4 < 2;
        const end = await disturbed(place, command, moment, async (child) => {
          child.kill(signal);
          if (isPressedTwice) await delay(5).then(() => child.kill(signal));
        });
        await place.quiet();
        const told = `round ${round}: ${signal} at ${JSON.stringify(end)}`;
        // 0: it had done its work before. The signal itself: node was not up yet.
        expect([0, EXIT[signal], signal], told).toContain(end.status ?? end.signal);
        seen[end.status === 0 ? "ended before" : "ended by the signal"] += 1;
        if (end.status === EXIT[signal]) expect(end.stdout, told).toBe("");
        const isGranted = place.granted() > granted;
        if (isGranted) seen["token kept"] += 1;
        expect(place.token(told) !== before, told).toBe(isGranted);
        if (!isPressedTwice) expect(place.leftovers(), told).toEqual([]);
        for (const file of place.leftovers()) rmSync(file);
        if (words === undefined) {
          expect(await runSsox(command, place), told).toMatchObject({ status: 0 });
        }
      }
      console.log(`signals in ${what}: ${JSON.stringify(seen)}`);
      expect(seen["ended by the signal"]).toBeGreaterThan(0);
      expect(seen["token kept"]).toBeGreaterThan(0);
      expect(place.lab.statistics().refreshTokenReuse).toBe(0);
      await expectNoOrphans(place.mark);
      expect((await runSsox(["status"], place)).status).toBe(0);
    },
    ROUNDS * 15_000,
  );
}

/** Every process of a place has its mark in the environment; the browser ends by itself. */
async function expectNoOrphans(mark: string): Promise<void> {
  if (!existsSync("/proc/self/environ")) return;
  await vi.waitFor(() => expect(processesWith(mark)).toEqual([]), {
    timeout: 20_000,
    interval: 100,
  });
}
