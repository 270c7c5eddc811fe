import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { temporaryHome } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";
import { openContainer } from "../helpers/namespaces.ts";
import { runSsox } from "../helpers/program.ts";
import { DEVICE, disturbed, lengthOf, PKCE, type Place, someMoment, startPlace } from "./place.ts";

/** How often the disk fills up at some moment of a run. */
const ROUNDS = process.env["SSOX_SOAK"] ? 200 : 12;
const FULL = /^ssox: error WriteFailed: .*no space is left on the disk.* → free some space/m;

for (const [what, words] of [
  ["a device login", DEVICE],
  ["a login in the browser", PKCE],
  ["a refresh", undefined],
] as const) {
  it(
    `a disk that is full from any moment of ${what} on costs no token that was granted`,
    async (test) => {
      const home = temporaryHome();
      const disk = `mount -t tmpfs -o size=1m,mode=700 none ${home}`;
      const container = await openContainer(disk, test);
      const place = await startPlace({ latency: 15 }, { home, ...container });
      const command = words ?? place.credentials;
      const length = await lengthOf(place, command);
      const seen = { "disk full": 0, "ended before": 0, "token kept": 0 };
      for (let round = 0; round < ROUNDS; round += 1) {
        await place.expire(words && { refreshToken: undefined });
        const before = place.token("before");
        const granted = place.granted();
        const moment = someMoment(round, ROUNDS, length, place);
        const end = await disturbed(place, command, moment, () => fill(place));
        const told = `round ${round}: ${JSON.stringify(end)}`;
        expect([0, 6], told).toContain(end.status);
        if (end.status === 6) expect(end.stderr, told).toMatch(FULL);
        seen[end.status === 6 ? "disk full" : "ended before"] += 1;
        const isGranted = place.granted() > granted;
        if (isGranted) seen["token kept"] += 1;
        expect(place.token(told) !== before, told).toBe(isGranted);
        expect(place.leftovers(), told).toEqual([]);
        rmSync(filler(place));
        expect(await runSsox(command, place), told).toMatchObject({ status: 0 });
      }
      console.log(`a full disk in ${what}: ${JSON.stringify(seen)}`);
      expect(seen["disk full"]).toBeGreaterThan(0);
      expect(seen["token kept"]).toBeGreaterThan(0);
      expect(place.lab.statistics().refreshTokenReuse).toBe(0);
    },
    ROUNDS * 15_000,
  );
}

for (const [what, expiresAt, told] of [
  ["a valid token", "2099-01-01T00:00:00Z", ""],
  ["one that would have to be renewed first", "2020-01-01T00:00:00Z", "The session may live on"],
] as const) {
  it(`a sign-out needs no space: ${what} goes from a full disk`, async (test) => {
    const home = temporaryHome();
    const disk = `mount -t tmpfs -o size=1m,mode=700 none ${home}`;
    const place = await startPlace({}, { home, ...(await openContainer(disk, test)) });
    await place.expire({ expiresAt });
    fill(place);
    const end = await runSsox(["logout"], place);
    expect(end).toMatchObject({ status: 0, stdout: "Signed out of acme.\n" });
    expect(end.stderr).toContain(told);
    expect(place.token("after")).toBeUndefined();
    expect(requestsOf(place.lab, "Logout")).toHaveLength(1);
  }, 60_000);
}

function filler(place: Place): string {
  return path.join(path.dirname(place.paths.configFile), "filler");
}

/** Takes what space there is. */
function fill(place: Place): void {
  const more = Buffer.alloc(2_000_000);
  expect(() => writeFileSync(filler(place), more)).toThrow(/ENOSPC/);
}
