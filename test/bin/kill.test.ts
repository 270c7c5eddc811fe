import { rmSync } from "node:fs";
import { expect, it } from "vitest";
import { REFRESH_TOKENS } from "../../src/lab/options.ts";
import { runSsox } from "../helpers/program.ts";
import { DEVICE, disturbed, lengthOf, PKCE, type Place, someMoment, startPlace } from "./place.ts";

/** How often a run is killed at some moment. */
const KILLS = process.env["SSOX_SOAK"] ? 200 : 30;
const NOT_SIGNED_IN = /^ssox: error LoginRequired: You are not signed in to acme/;
const ANSWER_LOST = /its refresh token was used, but the answer was lost/;

for (const refreshTokens of REFRESH_TOKENS) {
  it(
    `kill -9 at any moment of a refresh, ${refreshTokens} refresh tokens: the token file is whole, and only a lost answer costs a sign-in`,
    async () => {
      const place = await startPlace({ latency: 15, refreshTokens });
      const length = await lengthOf(place, place.credentials);
      const seen = { "old token": 0, "new token": 0, "answer lost": 0 };
      for (let round = 0; round < KILLS; round += 1) {
        await place.expire();
        const { what, told } = await killed(place, place.credentials, round, length);
        const isLost = what === "answer lost" && refreshTokens === "single-use";
        seen[what] += 1;
        rmSync(place.paths.roleCache, { recursive: true, force: true });
        const next = await runSsox(place.credentials, { env: place.env });
        if (isLost) {
          expect(next, told).toMatchObject({ status: 3, stdout: "" });
          expect(next.stderr, told).toMatch(NOT_SIGNED_IN);
          expect(next.stderr, told).toMatch(ANSWER_LOST);
        } else expect(next, told).toMatchObject({ status: 0, stderr: "" });
        place.token(told);
      }
      console.log(`kill -9 in a refresh, ${refreshTokens}: ${JSON.stringify(seen)}`);
      expect(seen["answer lost"]).toBeGreaterThan(0);
      expect(seen["new token"]).toBeGreaterThan(0);
    },
    KILLS * 15_000,
  );

  it(
    `kill -9 at any moment of a login, ${refreshTokens} refresh tokens: the token file is whole, and the next login works`,
    async () => {
      const place = await startPlace({ latency: 15, refreshTokens });
      const flows = [DEVICE, PKCE] as const;
      const lengths = [await lengthOf(place, DEVICE), await lengthOf(place, PKCE)] as const;
      const seen = { "old token": 0, "new token": 0, "answer lost": 0 };
      for (let round = 0; round < KILLS; round += 1) {
        const flow = Math.floor(round / 2) % 2 === 0 ? 0 : 1;
        // One that nothing can renew.
        await place.expire({ refreshToken: undefined });
        const { what, told } = await killed(place, flows[flow], round, lengths[flow]);
        seen[what] += 1;
        const next = await runSsox(place.credentials, { env: place.env });
        if (what === "new token") expect(next, told).toMatchObject({ status: 0, stderr: "" });
        else {
          expect(next, told).toMatchObject({ status: 3, stdout: "" });
          expect(next.stderr, told).toMatch(NOT_SIGNED_IN);
        }
        expect(await runSsox(flows[1 - flow] ?? DEVICE, { env: place.env }), told).toMatchObject({
          status: 0,
        });
        expect(await runSsox(place.credentials, { env: place.env }), told).toMatchObject({
          status: 0,
        });
      }
      console.log(`kill -9 in a login, ${refreshTokens}: ${JSON.stringify(seen)}`);
      expect(seen["answer lost"]).toBeGreaterThan(0);
    },
    KILLS * 20_000,
  );
}

/**
 * Kills a run, and says what is left of it: the old token, the new one, or the
 * old one although the lab's log says that the service had granted the next.
 */
async function killed(place: Place, words: readonly string[], round: number, length: number) {
  const before = place.token("before");
  const granted = place.granted();
  const moment = someMoment(round, KILLS, length, place);
  const end = await disturbed(place, words, moment, (child) => child.kill("SIGKILL"));
  await place.quiet();
  const told = `round ${round}, ${words.join(" ")}, ${JSON.stringify(end)}`;
  const now = place.token(told);
  expect(now, told).toBeDefined();
  const isGranted = place.granted() > granted;
  if (now !== before) expect(isGranted, told).toBe(true);
  const what = now !== before ? "new token" : isGranted ? "answer lost" : "old token";
  return { what, told } as const;
}
