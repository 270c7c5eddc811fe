import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { findSession, readAwsConfig } from "../../src/aws/config.ts";
import { readToken } from "../../src/aws/token-cache.ts";
import { renewedToken, usableToken } from "../../src/flows/usable-token.ts";
import type { LabOptions } from "../../src/lab/options.ts";
import { FakeClock } from "../helpers/clock.ts";
import {
  filesBelow,
  type Relaying,
  signInAsAwsCli,
  startRelay,
  type TestContext,
  testContext,
  timestamp,
} from "../helpers/context.ts";
import { awsConfigFor, requestsOf, startTestLab } from "../helpers/lab.ts";
import { asOrdinaryUser } from "../helpers/ordinary-user.ts";

const MINUTE = 60_000;

describe("a token with 15 minutes left", () => {
  it("is read without lock, without request and without a write", async () => {
    const { lab, clock, context, use, signedIn } = await start();
    const { token } = await signedIn();
    await clock.advance(45 * MINUTE);
    const before = filesBelow(context.paths.home);
    const requests = lab.requests.length;
    expect((await use())?.token.accessToken).toBe(token["accessToken"]);
    expect(filesBelow(context.paths.home)).toEqual(before);
    expect(lab.requests.length).toBe(requests);
  });

  it("is not enough for what the service has refused: it is refreshed", async () => {
    const { lab, use, signedIn, session, context } = await start();
    const { token } = await signedIn();
    const held = await use();
    if (!held) throw new Error("there is no token");
    const renewed = await renewedToken(session, held, context);
    expect(renewed?.token.accessToken).not.toBe(token["accessToken"]);
    expect(refreshes(lab)).toHaveLength(1);
  });
});

describe("a token with less than 15 minutes left", () => {
  it("is refreshed, and filed as the AWS CLI files it, 0600 and nothing beside it", async () => {
    const { lab, clock, use, signedIn, context } = await start();
    const { file, token } = await signedIn();
    chmodSync(file, 0o644);
    await clock.advance(46 * MINUTE);
    const held = await use();
    expect(held?.token.accessToken).not.toBe(token["accessToken"]);
    const written: Record<string, string> = JSON.parse(readFileSync(file, "utf8"));
    expect(written).toEqual({
      ...token,
      accessToken: held?.token.accessToken,
      expiresAt: timestamp(clock.now() + 60 * MINUTE),
      refreshToken: held?.token.refreshToken,
    });
    expect(written["refreshToken"]).not.toBe(token["refreshToken"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys(filesBelow(context.paths.tokenCache))).toEqual([path.basename(file)]);
    expect(refreshes(lab)).toHaveLength(1);
  });

  it("keeps its refresh token when the answer has none", async () => {
    const { clock, use, signedIn } = await start({ refreshTokens: "lenient" });
    const { file, token } = await signedIn();
    await clock.advance(46 * MINUTE);
    const held = await use();
    expect(held?.token.accessToken).not.toBe(token["accessToken"]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      refreshToken: token["refreshToken"],
      accessToken: held?.token.accessToken,
    });
  });

  it("is refreshed once by many at a time", async () => {
    const { lab, clock, use, signedIn } = await start();
    await signedIn();
    await clock.advance(46 * MINUTE);
    const held = await Promise.all(Array.from({ length: 8 }, () => use()));
    expect(new Set(held.map((each) => each?.token.accessToken)).size).toBe(1);
    expect(refreshes(lab)).toHaveLength(1);
  });

  it.each<[string, Relaying]>([
    ["the network is down", async () => "cut"],
    ["a proxy answers with a page", async () => page(200)],
    ["the service fails", async () => page(503)],
    ["the answer lacks the token", async () => json(200, { expiresIn: 3600 })],
    ["the service refuses the request itself", async () => json(400, { error: "invalid_request" })],
  ])("is used as it is when %s", async (_what, relaying) => {
    const { clock, use, signedIn, relay, context } = await start();
    const { file, token } = await signedIn();
    const before = readFileSync(file, "utf8");
    await clock.advance(46 * MINUTE);
    relay.relaying = relaying;
    expect((await clock.run(use()))?.token.accessToken).toBe(token["accessToken"]);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(Object.keys(filesBelow(context.paths.tokenCache))).toEqual([path.basename(file)]);
  });

  it("is used as it is when the service hangs: one try for the first, and less for who waits behind it", async () => {
    const { clock, use, signedIn, relay } = await start();
    const { token } = await signedIn();
    await clock.advance(46 * MINUTE);
    let requests = 0;
    relay.relaying = async () => {
      requests += 1;
      return await new Promise<"cut">(() => {});
    };
    const done: string[] = [];
    const asking = use().finally(() => done.push("who asked"));
    await vi.waitFor(() => expect(requests).toBe(1), { timeout: 20_000 });
    const waiting = use().finally(() => done.push("who waited"));
    for (const held of await Promise.all([asking, waiting])) {
      expect(held?.token.accessToken).toBe(token["accessToken"]);
    }
    expect(done).toEqual(["who waited", "who asked"]);
    expect(requests).toBe(1);
  });

  it("is used to its last second when it has no refresh token", async () => {
    const { lab, clock, use, signedIn } = await start();
    const { token } = await signedIn({ refreshToken: undefined });
    await clock.advance(60 * MINUTE - 1000);
    expect((await use())?.token.accessToken).toBe(token["accessToken"]);
    await clock.advance(1000);
    expect(await use()).toBeUndefined();
    expect(refreshes(lab)).toEqual([]);
  });

  it("is not refreshed with a registration that has ended", async () => {
    const { lab, clock, use, signedIn } = await start();
    const { token } = await signedIn({ registrationExpiresAt: timestamp(clock.now() + MINUTE) });
    await clock.advance(46 * MINUTE);
    expect((await use())?.token.accessToken).toBe(token["accessToken"]);
    await clock.advance(14 * MINUTE);
    expect(await use()).toBeUndefined();
    expect(refreshes(lab)).toEqual([]);
  });
});

describe("an expired token", () => {
  it("22 · is not exchanged where the next one could not be written", async () => {
    const { lab, clock, use, signedIn, context } = await start();
    const { file } = await signedIn();
    await clock.advance(61 * MINUTE);
    const folder = context.paths.tokenCache;
    await asOrdinaryUser(context.paths.home, async () => {
      chmodSync(folder, 0o500);
      await expect(use()).rejects.toMatchObject({ code: "WriteFailed" });
      expect(refreshes(lab)).toEqual([]);
      expect(readToken(file).kind).toBe("token");
      chmodSync(folder, 0o700);
    });
  });

  it("is not given up when the service only asks for patience", async () => {
    const { lab, clock, use, signedIn, relay } = await start();
    await signedIn();
    await clock.advance(61 * MINUTE);
    relay.relaying = async () => ({
      status: 400,
      headers: { "content-type": "application/json" },
      body: '{"error":"slow_down"}',
    });
    await expect(use()).rejects.toMatchObject({ code: "Throttled" });
    relay.relaying = async (_request, pass) => await pass();
    expect(await use()).toHaveProperty("token");
    expect(refreshes(lab)).toHaveLength(1);
  });

  it("is an error of the network when that is down, and stays in its file", async () => {
    const { clock, use, signedIn, relay } = await start();
    const { file } = await signedIn();
    const before = filesBelow(path.dirname(file));
    await clock.advance(61 * MINUTE);
    relay.relaying = async () => "cut";
    await expect(use()).rejects.toMatchObject({ code: "NetworkError", exitStatus: 5 });
    expect(filesBelow(path.dirname(file))[path.basename(file)]).toBe(before[path.basename(file)]);
    relay.relaying = (_request, pass) => pass();
    expect(await use()).toBeDefined();
  });

  it("needs a sign-in when the service refuses the request itself", async () => {
    const { clock, use, signedIn, relay } = await start();
    await signedIn();
    await clock.advance(61 * MINUTE);
    relay.relaying = async () => json(400, { error: "invalid_scope" });
    expect(await clock.run(use())).toBeUndefined();
  });

  it("needs a sign-in after invalid_grant, and nobody asks again until the file changes", async () => {
    const { lab, clock, use, signedIn } = await start({ lifetimes: { session: 1800 } });
    await signedIn();
    await clock.advance(61 * MINUTE);
    expect(await clock.run(use())).toBeUndefined();
    expect(refreshes(lab)).toHaveLength(1);
    expect(await use()).toBeUndefined();
    expect(await use()).toBeUndefined();
    expect(refreshes(lab)).toHaveLength(1);
    await signedIn();
    await clock.advance(46 * MINUTE);
    await clock.run(use());
    expect(refreshes(lab)).toHaveLength(2);
  });

  it("20 · is the new one when another program used the refresh token first, and writes late", async () => {
    const { lab, clock, use, signedIn, relay, context } = await start();
    const { file, token } = await signedIn();
    await clock.advance(61 * MINUTE);
    relay.relaying = async (_request, pass) => {
      const { clientId, clientSecret, refreshToken } = token;
      const grant = { grantType: "refresh_token", clientId, clientSecret, refreshToken };
      const first = await fetch(`${lab.url}/token`, {
        method: "POST",
        body: JSON.stringify(grant),
      });
      const { accessToken } = JSON.parse(await first.text());
      const expiresAt = timestamp(context.clock.now() + 3600_000);
      // Two seconds later, while ssox waits for just this.
      void clock.sleep(2000).then(() => {
        writeFileSync(file, JSON.stringify({ ...token, accessToken, expiresAt }));
      });
      relay.relaying = (_next, passNext) => passNext();
      return await pass();
    };
    const held = await clock.run(use());
    expect(held?.token.accessToken).toBe(JSON.parse(readFileSync(file, "utf8")).accessToken);
    expect(held?.token.accessToken).not.toBe(token["accessToken"]);
  });

  it("that the service refused is no reason to sign in while the network is down", async () => {
    const { use, signedIn, relay, session, context } = await start();
    await signedIn();
    const held = await use();
    if (!held) throw new Error("there is no token");
    relay.relaying = async () => "cut";
    await expect(renewedToken(session, held, context)).rejects.toMatchObject({
      code: "NetworkError",
    });
  });
});

describe("a token file", () => {
  it.each([
    ["empty", ""],
    ["cut", '{"startUrl": "https://d-12'],
    ["of another shape", '{"accessToken": 7}'],
    ["without a zone in its time", '{"accessToken": "a", "expiresAt": "2036-01-01T00:00:00"}'],
  ])(
    "21 · that is %s means a sign-in, once it had time to become whole",
    async (_what, content) => {
      const { clock, use, signedIn } = await start();
      const { file } = await signedIn();
      writeFileSync(file, content);
      const begun = clock.now();
      expect(await clock.run(use())).toBeUndefined();
      expect(clock.now() - begun).toBeGreaterThanOrEqual(2500);
      expect(clock.now() - begun).toBeLessThanOrEqual(3500);
      expect(readFileSync(file, "utf8")).toBe(content);
    },
  );

  it("that becomes whole meanwhile is used", async () => {
    const { clock, use, signedIn } = await start();
    const { file, token } = await signedIn();
    writeFileSync(file, '{"startUrl": "htt');
    void clock.sleep(2000).then(() => writeFileSync(file, JSON.stringify(token)));
    expect((await clock.run(use()))?.token.accessToken).toBe(token["accessToken"]);
  });

  it("21 · that is missing means a sign-in at once, and no folder is made", async () => {
    const { use, context } = await start();
    const before = filesBelow(context.paths.home);
    expect(await use()).toBeUndefined();
    expect(filesBelow(context.paths.home)).toEqual(before);
  });

  it("of another start URL is none of the session's", async () => {
    const { lab, use, signedIn } = await start();
    await signedIn({ startUrl: "https://d-9999999999.awsapps.com/start" });
    expect(await use()).toBeUndefined();
    expect(refreshes(lab)).toEqual([]);
  });

  it.each(["#/", "/", "/#/"])("whose start URL ends in %s is the session's", async (end) => {
    const { lab, use, signedIn } = await start();
    await signedIn({ startUrl: lab.startUrl + end });
    expect(await use()).toBeDefined();
  });

  it.each([
    ["….mmmZ", (time: string) => time.replace("Z", ".123Z")],
    ["…UTC", (time: string) => time.replace("Z", "UTC")],
    ["…+00:00", (time: string) => time.replace("Z", "+00:00")],
  ])("with its time written as %s is read", async (_form, written) => {
    const { clock, use, signedIn } = await start();
    await signedIn({ expiresAt: written(timestamp(clock.now() + 20 * MINUTE)) });
    expect(await use()).toBeDefined();
  });

  it("22 · in a folder that is a link is refreshed where it really lies", async () => {
    const { clock, use, signedIn, context } = await start();
    const link = context.paths.tokenCache;
    const folder = path.join(context.paths.home, "elsewhere");
    mkdirSync(folder);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(folder, link);
    const { file, token } = await signedIn();
    await clock.advance(46 * MINUTE);
    const held = await use();
    expect(held?.token.accessToken).not.toBe(token["accessToken"]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(Object.keys(filesBelow(folder))).toEqual([path.basename(file)]);
    const written = readFileSync(path.join(folder, path.basename(file)), "utf8");
    expect(JSON.parse(written).accessToken).toBe(held?.token.accessToken);
  });

  it("that is a folder cannot be read", async () => {
    const { use, signedIn } = await start();
    const { file } = await signedIn();
    rmSync(file);
    mkdirSync(file);
    await expect(use()).rejects.toMatchObject({ code: "CacheInvalid", exitStatus: 6 });
  });
});

it("ends the wait for a damaged file when the user does", async () => {
  const { use, signedIn, context } = await start();
  const { file } = await signedIn();
  writeFileSync(file, "");
  const ended = expect(use()).rejects.toMatchObject({ signal: "SIGTERM" });
  context.interrupt("SIGTERM");
  await ended;
});

async function start(options: LabOptions = {}) {
  const clock = new FakeClock();
  const lab = await startTestLab({ ...options, clock });
  const relay = await startRelay(lab);
  const context: TestContext = testContext({ clock, lab: relay, config: awsConfigFor(lab) });
  const session = findSession(readAwsConfig(context.paths.configFile), "acme");
  return {
    lab,
    clock,
    relay,
    context,
    session,
    use: () => usableToken(session, context),
    signedIn: (overrides: Record<string, string | undefined> = {}) =>
      signInAsAwsCli(lab, context, overrides),
  };
}

function refreshes(lab: Parameters<typeof requestsOf>[0]) {
  return requestsOf(lab, "CreateToken").filter(({ grantType }) => grantType === "refresh_token");
}

function json(status: number, document: object) {
  const headers = { "content-type": "application/json" };
  return { status, headers, body: JSON.stringify(document) };
}

function page(status: number) {
  return { status, headers: { "content-type": "text/html" }, body: "<html>Log in to the WiFi" };
}
