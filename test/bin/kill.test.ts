import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { REFRESH_TOKENS, type RefreshTokens } from "../../src/lab/options.ts";
import { type ProgramEnd, runSsox } from "../helpers/program.ts";
import { requireOrSkip } from "../helpers/witness.ts";
import { DEVICE, disturbed, lengthOf, PKCE, type Place, someMoment, startPlace } from "./place.ts";

/** How often a run is killed at some moment. */
const KILLS = process.env["SSOX_SOAK"] ? 200 : 30;
const NOT_SIGNED_IN = /^ssox: error LoginRequired: You are not signed in to acme/;
const ANSWER_LOST = /its refresh token was used, but the answer was lost/;

describe.each(REFRESH_TOKENS)("kill -9 with %s refresh tokens", (refreshTokens) => {
  it(
    "at any moment of a refresh leaves a whole token file, and costs a sign-in only where the answer was lost",
    async () => {
      const place = await startPlace({ latency: 15, refreshTokens });
      const length = await lengthOf(place, place.credentials);
      const seen = { "old token": 0, "new token": 0, "answer lost": 0 };
      for (let round = 0; round < KILLS; round += 1) {
        await place.expire();
        const moment = someMoment(round, KILLS, length, place);
        const run = () => killedAt(moment, place.credentials, place);
        const { what, told } = await leftBy(run, `round ${round}`, place);
        seen[what] += 1;
        await expectNext(what, refreshTokens, told, place);
      }
      console.log(`kill -9 in a refresh, ${refreshTokens}: ${JSON.stringify(seen)}`);
      expect(seen["answer lost"]).toBeGreaterThan(0);
      expect(seen["new token"]).toBeGreaterThan(0);
    },
    KILLS * 15_000,
  );

  it(
    "at any moment of a login leaves a whole token file, and the next login works",
    async () => {
      const place = await startPlace({ latency: 15, refreshTokens });
      // By turns, each of them for two kinds of moments.
      const flows = [DEVICE, DEVICE, PKCE, PKCE];
      const lengths = new Map([
        [DEVICE, await lengthOf(place, DEVICE)],
        [PKCE, await lengthOf(place, PKCE)],
      ]);
      const seen = { "old token": 0, "new token": 0, "answer lost": 0 };
      for (let round = 0; round < KILLS; round += 1) {
        const words = flows[round % 4] ?? DEVICE;
        // One that nothing can renew.
        await place.expire({ refreshToken: undefined });
        const moment = someMoment(round, KILLS, lengths.get(words) ?? 0, place);
        const run = () => killedAt(moment, words, place);
        const { what, told } = await leftBy(run, `round ${round}, ${words.join(" ")}`, place);
        seen[what] += 1;
        const next = await runSsox(place.credentials, place);
        expect(next.status, told).toBe(what === "new token" ? 0 : 3);
        if (next.status === 3) expect(next.stderr, told).toMatch(NOT_SIGNED_IN);
        const login = flows[(round + 2) % 4] ?? DEVICE;
        expect(await runSsox(login, place), told).toMatchObject({ status: 0 });
        expect(await runSsox(place.credentials, place), told).toMatchObject({ status: 0 });
      }
      console.log(`kill -9 in a login, ${refreshTokens}: ${JSON.stringify(seen)}`);
      expect(seen["answer lost"]).toBeGreaterThan(0);
    },
    KILLS * 20_000,
  );
});

/** Kills a process at a call of the system. */
const STRACE = "strace";
/** What a refresh does to files, and to their names. */
const CALLS = ["link", "pwrite64", "ftruncate", "fchmod", "fsync", "rename", "unlink", "utimensat"];

it.skipIf(!process.env["SSOX_SOAK"])(
  "kill -9 at each call of the system by which a refresh changes a file, with single-use refresh tokens",
  async (test) => {
    requireOrSkip(spawnSync(STRACE, ["-V"]).status === 0 || undefined, STRACE, test);
    const place = await startPlace({ latency: 5, refreshTokens: "single-use" });
    const seen = { "old token": 0, "new token": 0, "answer lost": 0 };
    for (const call of CALLS) {
      for (let nth = 1, isKilled = true; isKilled; nth += 1) {
        await place.expire();
        const filter = ["-e", `trace=${call}`, "-e", `inject=${call}:signal=KILL:when=${nth}`];
        const inside = [STRACE, "-f", "-qq", "-o", "/dev/null", ...filter];
        const run = () => runSsox(place.credentials, { ...place, inside });
        const { what, told, end } = await leftBy(run, `${call} ${nth}`, place);
        isKilled = end.status === null;
        if (isKilled) seen[what] += 1;
        await expectNext(what, "single-use", told, place);
      }
    }
    console.log(`kill -9 at each call of a refresh: ${JSON.stringify(seen)}`);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  },
  20 * 60_000,
);

async function killedAt(moment: Promise<void>, words: readonly string[], place: Place) {
  return await disturbed(place, words, moment, (child) => child.kill("SIGKILL"));
}

/**
 * Says what a run has left: the old token, the new one, or the old one although
 * the lab's log says that the service had granted the next.
 */
async function leftBy(run: () => Promise<ProgramEnd>, when: string, place: Place) {
  const before = place.token("before");
  const granted = place.granted();
  const end = await run();
  await place.quiet();
  const told = `${when}: ${JSON.stringify(end)}`;
  const now = place.token(told);
  expect(now, told).toBeDefined();
  const isGranted = place.granted() > granted;
  if (now !== before) expect(isGranted, told).toBe(true);
  const what = now !== before ? "new token" : isGranted ? "answer lost" : "old token";
  return { what, told, end } as const;
}

/** The next command after a killed refresh. */
async function expectNext(
  what: "old token" | "new token" | "answer lost",
  refreshTokens: RefreshTokens,
  told: string,
  place: Place,
): Promise<void> {
  rmSync(place.paths.roleCache, { recursive: true, force: true });
  const next = await runSsox(place.credentials, place);
  if (what === "answer lost" && refreshTokens === "single-use") {
    expect(next, told).toMatchObject({ status: 3, stdout: "" });
    expect(next.stderr, told).toMatch(NOT_SIGNED_IN);
    expect(next.stderr, told).toMatch(ANSWER_LOST);
  } else expect(next, told).toMatchObject({ status: 0, stderr: "" });
  place.token(told);
}
