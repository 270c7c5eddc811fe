import { appendFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import type { Environment } from "../../src/system/environment.ts";
import {
  type Desk,
  desk,
  eventually,
  HOUR,
  MINUTE,
  minutesLeft,
  normal,
  notesOf,
  outage,
  served,
} from "../helpers/exec-desk.ts";
import { requestsOf } from "../helpers/lab.ts";

/*
 * The machine's clock is set while a program runs. The lab's is right, and so is the time since
 * the start of the machine.
 */

const BOTH_WAYS = [
  ["back", -2 * HOUR],
  ["forward", 2 * HOUR],
] as const;

/** Fails for an answer that is over by the service's clock. */
async function askedTruly(env: Environment, { clock }: Desk): Promise<number> {
  const { status, Expiration } = await served(env);
  if (status === 200) expect(Date.parse(Expiration ?? "")).toBeGreaterThan(clock.now());
  return status;
}

describe.each(BOTH_WAYS)("a clock that is set two hours %s", (_way, by) => {
  it("ends nothing early for a job, and nothing late", async () => {
    const place = await desk({ roleCredentials: 900 });
    const { run, signIn, clock, machine, lab, context } = place;
    await signIn();
    await run(async (env) => {
      await clock.advance(5 * MINUTE);
      machine.by = by;
      for (let minute = 0; minute < 180; minute += 1) {
        await clock.advance(MINUTE);
        expect(await askedTruly(env, place)).toBe(200);
      }
      return 0;
    });
    // After 10 minutes each: 18 in 180, the first one, and one for the look at the clock.
    expect(requestsOf(lab, "GetRoleCredentials").length).toBeLessThanOrEqual(22);
    expect(notesOf(context)).toEqual([]);
  });

  it("is looked into with the next answer", async () => {
    const place = await desk();
    const { run, signIn, clock, machine, lab } = place;
    await signIn();
    const fetched = () => requestsOf(lab, "GetRoleCredentials").length;
    await run(async (env) => {
      await clock.advance(5 * MINUTE);
      machine.by = Math.sign(by) * 29_000;
      await served(env);
      await clock.advance(10 * MINUTE);
      expect(fetched()).toBe(1);
      machine.by = Math.sign(by) * 31_000;
      expect(await askedTruly(env, place)).toBe(200);
      await expect.poll(fetched, eventually).toBe(2);
      await expect.poll(() => minutesLeft(env, clock), eventually).toBeGreaterThan(58);
      await clock.advance(10 * MINUTE);
      expect(fetched()).toBe(2);
      return 0;
    });
  });

  it("is looked into when nobody asks, too", async () => {
    const { run, signIn, clock, machine, lab } = await desk();
    await signIn();
    await run(async () => {
      await clock.advance(5 * MINUTE);
      machine.by = by;
      await clock.advance(6 * MINUTE);
      await expect.poll(() => requestsOf(lab, "GetRoleCredentials"), eventually).toHaveLength(2);
      return 0;
    });
  });

  it("serves nothing that is over while AWS cannot be asked, and recovers", async () => {
    const place = await desk({ roleCredentials: 900 });
    const { run, signIn, clock, machine, relay } = place;
    await signIn();
    await run(async (env) => {
      relay.relaying = outage;
      machine.by = by;
      const answers: number[] = [];
      for (let minute = 0; minute < 20; minute += 1) {
        await clock.advance(MINUTE);
        answers.push(await askedTruly(env, place));
      }
      expect(answers.at(-1)).toBe(503);
      // Nobody knows which clock is right: the SDKs would not take what has ended by theirs.
      if (by < 0) expect(answers.slice(0, 14)).toEqual(Array(14).fill(200));
      relay.relaying = normal;
      await vi.waitFor(async () => {
        await clock.advance(10_000);
        expect(await askedTruly(env, place)).toBe(200);
      }, eventually);
      return 0;
    });
  });

  it("does not move the warnings of the session's end", async () => {
    const { run, clock, machine, context, login, configure } = await desk({ session: 7_320 });
    configure("ssox_session_duration = 2h2m");
    await login();
    await run(async (env) => {
      await clock.advance(HOUR);
      machine.by = by;
      await served(env);
      await clock.advance(46 * MINUTE);
      expect(notesOf(context)).toEqual([]);
      await clock.advance(2 * MINUTE);
      expect(notesOf(context)).toHaveLength(1);
      await clock.advance(10 * MINUTE);
      return 0;
    });
    expect(notesOf(context)).toEqual([
      "ssox: the session acme ends in 15 min → ssox login --session acme --force",
      "ssox: the session acme ends in 5 min → ssox login --session acme --force",
    ]);
  });

  it("keeps a role that is assumed in time: STS tells its own", async () => {
    const accountId = "111122223333";
    const organisation = {
      users: [{ name: "ada" }],
      accounts: [{ id: accountId, roles: [{ name: "DeveloperAccess" }] }],
    };
    const config = `\n[profile deploy]\nrole_arn = arn:aws:iam::${accountId}:role/Deployer\nsource_profile = dev\nduration_seconds = 900\n`;
    // The SDK corrects the time of its signature after a refusal.
    const place = await desk({}, { config, wrongRequests: true, organisation });
    const { run, signIn, clock, machine, context } = place;
    await signIn();
    const job = async (env: Environment) => {
      await clock.advance(5 * MINUTE);
      machine.by = by;
      for (let minute = 0; minute < 90; minute += 3) {
        await clock.advance(3 * MINUTE);
        await expect.poll(() => askedTruly(env, place), eventually).toBe(200);
        await expect.poll(() => minutesLeft(env, clock), eventually).toBeGreaterThan(1.9);
      }
      return 0;
    };
    expect(await run(job, { selection: { profile: "deploy" } })).toBe(0);
    expect(notesOf(context)).toEqual([]);
  });
});

it("a clock that was wrong from the start may be put right, where no answer tells the time", async () => {
  const place = await desk();
  const { run, clock, machine, context } = place;
  const ends = `${context.paths.home}/ends`;
  appendFileSync(
    context.paths.configFile,
    `\n[profile p]\ncredential_process = printf '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"t","Expiration":"%s"}' "$(tail -n 1 ${ends})"\n`,
  );
  const end = (left: number) =>
    appendFileSync(ends, `${new Date(clock.now() + left).toISOString()}\n`);
  machine.by = 2 * HOUR;
  end(3 * HOUR);
  const job = async (env: Environment) => {
    machine.by = 0;
    await clock.advance(50 * MINUTE);
    expect(await askedTruly(env, place)).toBe(200);
    // Shorter than the error, which nobody has noticed yet.
    end(2.5 * HOUR);
    await vi.waitFor(async () => {
      await clock.advance(5 * MINUTE);
      expect(await minutesLeft(env, clock)).toBeGreaterThan(130);
    }, eventually);
    await clock.advance(3 * HOUR);
    end(HOUR);
    await vi.waitFor(async () => {
      await clock.advance(10_000);
      expect(await askedTruly(env, place)).toBe(200);
    }, eventually);
    return 0;
  };
  expect(await run(job, { selection: { profile: "p" } })).toBe(0);
});
