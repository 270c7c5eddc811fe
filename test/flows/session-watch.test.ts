import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { findSession, readAwsConfig } from "../../src/aws/config.ts";
import { serializeToken, tokenFile } from "../../src/aws/token-cache.ts";
import { watchSession } from "../../src/flows/session-watch.ts";
import { SessionMarks } from "../../src/state/session-marks.ts";
import { fingerprintOf } from "../../src/system/files/fingerprint.ts";
import { FakeClock } from "../helpers/clock.ts";
import { testContext } from "../helpers/context.ts";

const HOUR = 3_600_000;
const CONFIG = `[sso-session acme]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
ssox_session_duration = 8h
`;

it("does not look without a pause at a session whose token is gone", async () => {
  const clock = new FakeClock();
  const context = testContext({ clock, config: CONFIG });
  const session = findSession(readAwsConfig(context.paths.configFile), "acme");
  const file = tokenFile(context.paths.tokenCache, session);
  mkdirSync(path.dirname(file), { recursive: true });
  const { startUrl, region } = session;
  const token = { startUrl, region, accessToken: "t", expiresAt: clock.now() + 9 * HOUR };
  writeFileSync(file, serializeToken({ ...token, refreshToken: "r" }));
  new SessionMarks(context.paths.state, file).signedIn(fingerprintOf(file) ?? "", clock.now());

  const watch = watchSession(session, context);
  await watch.look();
  expect(watch.due).toBe(clock.now() + 8 * HOUR - HOUR / 4);

  rmSync(file);
  await clock.advance(8 * HOUR - HOUR / 4);
  await watch.look();
  expect(watch.due).toBeGreaterThanOrEqual(clock.now() + 1_000);
  expect(context.terminal.stderr).toBe("");
});
