import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { resolveTarget } from "../../src/flows/target.ts";
import { targetCredentials } from "../../src/flows/target-credentials.ts";
import {
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

describe("exec in server mode", () => {
  it("55 · runs the program with an endpoint that gives the role, and cleans up", async () => {
    const { run, signIn, lab, runtime, context } = await desk();
    await signIn();
    let url = "";
    const status = await run(
      async (env, command, args) => {
        expect([command, args]).toEqual(["terraform", ["plan", "--help"]]);
        expect(env).toMatchObject({ AWS_REGION: "eu-west-1", SSOX_PROFILE: "dev", CI: "true" });
        expect(env["AWS_PROFILE"]).toMatch(/^ssox-exec-/);
        expect(existsSync(env["AWS_CONFIG_FILE"] ?? "")).toBe(true);
        expect(await served(env)).toMatchObject({
          status: 200,
          AccessKeyId: expect.stringMatching(/^ASIA/),
          AccountId: env["SSOX_ACCOUNT_ID"],
          Expiration: env["SSOX_EXPIRATION"],
        });
        url = env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] ?? "";
        return 42;
      },
      { command: "terraform", args: ["plan", "--help"] },
    );
    expect(status).toBe(42);
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(1);
    expect(readdirSync(runtime)).toEqual([]);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
    expect(context.terminal.stderr).toBe("");
  });

  it("cleans up after a program that could not be started", async () => {
    const { run, signIn, runtime, clock } = await desk();
    await signIn();
    const failing = run(async () => {
      throw new Error("not started");
    });
    await expect(failing).rejects.toThrow("not started");
    expect(readdirSync(runtime)).toEqual([]);
    expect(clock.sleeping).toBe(0);
  });

  it("keeps an eight-hour job in credentials of 15 minutes or more", async () => {
    const { run, signIn, clock, lab, context } = await desk();
    await signIn();
    await run(async (env) => {
      for (let time = 0; time < 8 * HOUR; time += 10 * MINUTE) {
        await clock.advance(10 * MINUTE);
        await expect.poll(() => minutesLeft(env, clock), eventually).toBeGreaterThanOrEqual(15);
      }
      return 0;
    });
    const fetched = requestsOf(lab, "GetRoleCredentials").length;
    expect(fetched).toBeGreaterThanOrEqual(12);
    expect(fetched).toBeLessThanOrEqual(17);
    expect(context.terminal.stderr).toBe("");
  });

  it("renews what is near its end before the program starts", async () => {
    const { run, signIn, clock } = await desk();
    await signIn();
    await run(async () => 0);
    await clock.advance(44 * MINUTE);
    await run(async (env) => {
      expect(await minutesLeft(env, clock)).toBeGreaterThan(55);
      return 0;
    });
  });

  it("starts with what there is when that renewal fails", async () => {
    const { run, signIn, clock, relay, context } = await desk();
    await signIn();
    await run(async () => 0);
    await clock.advance(44 * MINUTE);
    relay.relaying = outage;
    await run(async (env) => {
      expect(await minutesLeft(env, clock)).toBeCloseTo(16, 0);
      relay.relaying = normal;
      await clock.advance(2_000);
      await expect.poll(() => minutesLeft(env, clock), eventually).toBeGreaterThan(55);
      return 0;
    });
    expect(context.terminal.stderr).toBe("");
  });

  it("serves the old ones to their last second while the service is down, and recovers", async () => {
    const { run, signIn, clock, relay, context } = await desk();
    await signIn();
    await run(async (env) => {
      relay.relaying = outage;
      await clock.advance(HOUR - 2_000);
      expect(await served(env)).toMatchObject({ status: 200 });
      expect(context.terminal.stderr).toBe("");
      await clock.advance(3_000);
      expect(await served(env)).toMatchObject({ status: 503 });
      await vi.waitFor(async () => {
        await clock.advance(10_000);
        expect(notesOf(context)).toHaveLength(1);
      }, eventually);
      relay.relaying = normal;
      await vi.waitFor(async () => {
        await clock.advance(10_000);
        expect(await served(env)).toMatchObject({ status: 200 });
      }, eventually);
      return 0;
    });
    expect(notesOf(context)).toEqual([expect.stringContaining("cannot renew the credentials")]);
  });

  it("tells of an ended sign-in minutes before, and picks up one done elsewhere", async () => {
    const { run, signIn, clock, lab, context } = await desk({ session: 1800 });
    await signIn();
    const command = "ssox login --session acme";
    await run(async (env) => {
      const first = await served(env);
      await vi.waitFor(async () => {
        await clock.advance(MINUTE);
        expect(notesOf(context)).toHaveLength(1);
      }, eventually);
      expect(notesOf(context)[0]).toContain(command);
      expect(await minutesLeft(env, clock)).toBeGreaterThan(10);
      await clock.advance((await minutesLeft(env, clock)) * MINUTE - 1_000);
      expect(await served(env)).toEqual(first);
      await clock.advance(2_000);
      const refused = await served(env);
      expect(refused.status).toBe(403);
      expect(refused.message).toContain(command);

      await signIn();
      await clock.advance(1_000);
      expect(await served(env)).toMatchObject({ status: 200 });
      return 0;
    });
    expect(notesOf(context)).toHaveLength(1);
    expect(
      requestsOf(lab, "GetRoleCredentials").filter(({ status }) => status === 200),
    ).toHaveLength(2);
  });

  it("has new ones for the first request after the machine slept", async () => {
    const { run, signIn, clock } = await desk();
    await signIn();
    await run(async (env) => {
      await clock.advance(10 * MINUTE);
      clock.sleepThrough(3 * HOUR);
      expect(await served(env)).toMatchObject({ status: 200 });
      expect(await minutesLeft(env, clock)).toBeGreaterThan(55);
      return 0;
    });
  });

  it("takes what another process fetched instead of asking again", async () => {
    const { run, signIn, clock, lab, context } = await desk();
    await signIn();
    await run(async (env) => {
      await clock.advance(39 * MINUTE);
      const target = await resolveTarget({ profile: "dev" }, "never", context);
      await targetCredentials(
        target,
        { maySignIn: "never", newerThan: clock.now() + HOUR / 2 },
        context,
      );
      await clock.advance(2 * MINUTE);
      await expect.poll(() => minutesLeft(env, clock), eventually).toBeGreaterThan(55);
      return 0;
    });
    expect(requestsOf(lab, "GetRoleCredentials")).toHaveLength(2);
  });

  it("ends with the program although the service hangs", async () => {
    const { run, signIn, clock, relay } = await desk();
    await signIn();
    const started = performance.now();
    await run(async () => {
      const asked = new Promise<void>((resolve) => {
        relay.relaying = async () => {
          resolve();
          return await new Promise(() => {});
        };
      });
      await clock.advance(41 * MINUTE);
      await asked;
      return 0;
    });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("replaces the profile's region, in the overlay too", async () => {
    const { run, signIn } = await desk();
    await signIn();
    await run(
      async (env) => {
        expect(env).toMatchObject({
          AWS_REGION: "ap-southeast-2",
          AWS_DEFAULT_REGION: "ap-southeast-2",
        });
        return 0;
      },
      { region: "ap-southeast-2" },
    );
    const odd = run(async () => 0, { region: "eu-west-1\nrole_arn = x" });
    await expect(odd).rejects.toMatchObject({ code: "Usage" });
  });

  it("does not start the program without a sign-in", async () => {
    const { run, context } = await desk();
    const failing = run(async () => expect.unreachable("the program was started"));
    await expect(failing).rejects.toMatchObject({
      code: "LoginRequired",
      hint: "ssox login --session acme --flow device",
    });
    expect(context.terminal.stderr).toBe("");
  });
});

describe("exec in env mode", () => {
  it("gives the program the keys, and neither endpoint nor overlay", async () => {
    const { run, signIn, runtime } = await desk();
    await signIn();
    const status = await run(
      async (env) => {
        expect(env).toMatchObject({
          AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA/),
          AWS_SECRET_ACCESS_KEY: expect.any(String),
          AWS_SESSION_TOKEN: expect.any(String),
          AWS_CREDENTIAL_EXPIRATION: env["SSOX_EXPIRATION"],
          AWS_DEFAULT_REGION: "eu-west-1",
        });
        const names = Object.keys(env);
        expect(names.filter((name) => /CONTAINER|CONFIG_FILE|PROFILE$/.test(name))).toEqual([
          "SSOX_PROFILE",
        ]);
        return 3;
      },
      { mode: "env" },
    );
    expect(status).toBe(3);
    expect(existsSync(runtime)).toBe(false);
  });
});
