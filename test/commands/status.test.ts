import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { SsoxError } from "../../src/errors.ts";
import { main } from "../../src/main.ts";
import { userBrowser } from "../helpers/browser.ts";
import { startScene, timestamp } from "../helpers/context.ts";
import { awsConfigFor } from "../helpers/lab.ts";
import { root } from "../helpers/program.ts";

it("prints each session as it is", async () => {
  const { lab, clock, context } = await startScene({ browser: userBrowser() });
  const session = { name: "acme", startUrl: lab.startUrl, region: "eu-west-1", store: "file" };
  expect(await main(["status", "--json"], root, context)).toBe(0);
  expect(JSON.parse(context.terminal.stdout)).toEqual({
    sessions: [{ ...session, state: "signed-out" }],
    roleCredentials: [],
  });
  await main(["login", "--json"], root, context);
  const printed = context.terminal.stdout.length;
  expect(await main(["status", "--json"], root, context)).toBe(0);
  expect(JSON.parse(context.terminal.stdout.slice(printed))).toEqual({
    sessions: [
      {
        ...session,
        state: "valid",
        expiresAt: timestamp(clock.now() + 3_600_000),
        registrationExpiresAt: timestamp(clock.now() + 90 * 86_400_000),
        signedInAt: timestamp(clock.now()),
      },
    ],
    roleCredentials: [],
  });
});

it("with --session ends with 3 unless that one can be used, and prints its own document", async () => {
  const { clock, context } = await startScene({ browser: userBrowser() });
  const words = ["status", "--session", "acme", "--json"];
  expect(await main(words, root, context)).toBe(3);
  expect(JSON.parse(context.terminal.stdout)).toHaveProperty("sessions.0.state", "signed-out");
  expect(context.terminal.stderr).toMatch(/^(Calls go to .+\n)+$/);
  await main(["login", "--json"], root, context);
  expect(await main(words, root, context)).toBe(0);
  await clock.advance(3_600_000);
  expect(await main(words, root, context)).toBe(0);
  await clock.advance(91 * 86_400_000);
  expect(await main(words, root, context)).toBe(3);
});

it("shows people a table, and tells them where nothing is set up", async () => {
  const { lab, context } = await startScene();
  expect(await main(["status"], root, context)).toBe(0);
  expect(context.terminal.stdout).toContain("signed-out");
  expect(context.terminal.stdout).toContain(lab.startUrl);
  rmSync(context.paths.configFile);
  expect(await main(["status"], root, context)).toBe(0);
  expect(context.terminal.stderr).toContain("ssox login --start-url");
});

it.each([
  ["as configured", "ssox_session_duration = 8h\n", 8, "configured"],
  ["not at all where nothing tells it", "", undefined, undefined],
])("tells the end of the session %s", async (_what, line, hours, basis) => {
  const { lab, clock, context } = await startScene({ browser: userBrowser() });
  writeFileSync(context.paths.configFile, awsConfigFor(lab) + line);
  await main(["login"], root, context);
  const printed = context.terminal.stdout.length;
  await main(["status", "--json"], root, context);
  const [session] = JSON.parse(context.terminal.stdout.slice(printed)).sessions;
  expect([session.sessionEndsAt, session.sessionEndBasis]).toEqual([
    hours && timestamp(clock.now() + hours * 3_600_000),
    basis,
  ]);
});

it("tells of an ssox_session_duration that is none", async () => {
  const { lab, context } = await startScene();
  writeFileSync(context.paths.configFile, `${awsConfigFor(lab)}ssox_session_duration = eight\n`);
  expect(await main(["status"], root, context)).toBe(6);
  expect(context.terminal.stderr).toContain(
    'ssox_session_duration of acme is "eight", not a duration, as 8h or 90m.',
  );
});

it("learns the length of a session from the last one's end", async () => {
  const { clock, context } = await startScene({ browser: userBrowser() });
  const credentials = async () => {
    const words = ["accounts", "--refresh"];
    return await clock.run(main(words, root, context));
  };
  await main(["login"], root, context);
  for (let hour = 1; hour < 9; hour += 1) {
    await clock.advance(3_600_000);
    await credentials();
  }
  await main(["login"], root, context);
  const printed = context.terminal.stdout.length;
  await main(["status", "--json"], root, context);
  const [session] = JSON.parse(context.terminal.stdout.slice(printed)).sessions;
  expect(session).toMatchObject({
    sessionEndBasis: "learned",
    sessionEndsAt: timestamp(clock.now() + 8 * 3_600_000),
  });
});

it.each([
  [
    "has an odd sso_region",
    "sso_region = ../evil.com\nsso_start_url = https://x.awsapps.com/start",
  ],
  ["has no sso_start_url", "sso_region = eu-west-1"],
])("tells of a session that %s, alone or beside others", async (_what, keys) => {
  const { context } = await startScene();
  const { configFile } = context.paths;
  const good = readFileSync(configFile, "utf8");
  const bad = `[sso-session bad]\n${keys}\n`;
  writeFileSync(configFile, bad);
  expect(await main(["status", "--json"], root, context)).toBe(6);
  expect(JSON.parse(context.terminal.stdout)).toMatchObject({ error: { code: "ConfigInvalid" } });
  const printed = context.terminal.stdout.length;
  writeFileSync(configFile, bad + good);
  expect(await main(["status", "--json"], root, context)).toBe(8);
  expect(JSON.parse(context.terminal.stdout.slice(printed))).toMatchObject({
    sessions: [{ name: "acme", state: "signed-out" }],
    failed: [{ session: "bad", code: "ConfigInvalid", message: expect.any(String) }],
  });
});

it.each([
  ["whose ssox_store is mistyped", "vault", "ConfigInvalid"],
  ["whose keychain cannot be used", "keychain", "KeychainUnavailable"],
])("shows the others beside a session %s", async (_what, store, code) => {
  const fail = async () => {
    throw new SsoxError("KeychainUnavailable", "It is locked.", { hint: "unlock it" });
  };
  const keychain = { get: fail, set: fail, remove: fail, prove: fail };
  const { context } = await startScene({ keychain });
  const { configFile } = context.paths;
  const text = readFileSync(configFile, "utf8");
  const bad = text.replace("[sso-session acme]", `[sso-session aaa]\nssox_store = ${store}`);
  writeFileSync(configFile, bad + text);
  expect(await main(["status", "--json"], root, context)).toBe(8);
  expect(JSON.parse(context.terminal.stdout)).toMatchObject({
    sessions: [{ name: "acme", state: "signed-out" }],
    failed: [{ session: "aaa", code, message: expect.any(String) }],
  });
  expect(context.terminal.stderr).toMatch(/^aaa: .+ → .+$/m);
  expect(await main(["status"], root, context)).toBe(8);
  expect(context.terminal.stdout).toContain("signed-out");
  const printed = context.terminal.stdout.length;
  const alone = ["status", "--session", "aaa", "--json"];
  expect(await main(alone, root, context)).toBe(6);
  expect(JSON.parse(context.terminal.stdout.slice(printed))).toMatchObject({ error: { code } });
});
