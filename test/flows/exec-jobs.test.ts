import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { credentialProcess } from "../../src/flows/credential-process.ts";
import type { Environment } from "../../src/system/environment.ts";
import { startRawServer } from "../aws/raw-server.ts";
import { sha1 } from "../helpers/context.ts";
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

const CHAIN = (accountId: string) => `
[profile deploy]
role_arn = arn:aws:iam::${accountId}:role/Deployer
source_profile = dev
role_session_name = ada
duration_seconds = 900
`;
const KEYS = `
[profile keys]
aws_access_key_id = AKIA1
aws_secret_access_key = s1
[profile temporary]
aws_access_key_id = ASIA1
aws_secret_access_key = s1
aws_session_token = t1
`;

/** In the credentials file. */
const OWN = "[own]\naws_access_key_id = AKIA2\naws_secret_access_key = s1\n";

describe("a job that outlives its credentials", () => {
  it("of three hours never fails on credentials of 15 minutes, with outages shorter than what is left", async () => {
    const { run, signIn, clock, relay, lab } = await desk({ roleCredentials: 900 });
    await signIn();
    const answers: number[] = [];
    await run(async (env) => {
      for (let minute = 0; minute < 180; minute += 1) {
        // Down for four minutes out of twenty, from a minute before a renewal is due.
        relay.relaying = minute % 20 >= 9 && minute % 20 < 13 ? outage : normal;
        await clock.advance(MINUTE);
        const { status, Expiration = "" } = await served(env);
        answers.push(status);
        expect(Date.parse(Expiration)).toBeGreaterThan(clock.now());
      }
      return 0;
    });
    expect(answers).toEqual(Array(180).fill(200));
    expect(requestsOf(lab, "GetRoleCredentials").length).toBeLessThan(30);
  });

  it("of credentials of 45 seconds goes on while the service does not answer for some of those that remain", async () => {
    const { run, signIn, clock, relay } = await desk({ roleCredentials: 45 });
    await signIn();
    await run(async (env) => {
      let asked = 0;
      relay.relaying = async () => {
        asked += 1;
        return await new Promise(() => {});
      };
      await clock.advance(31_000);
      expect(asked).toBe(1);
      // A third of the 14 that remain, and 5 seconds at least: of real ones, as connections have.
      await new Promise((resolve) => setTimeout(resolve, 5_500));
      relay.relaying = normal;
      await clock.advance(3_000);
      // The connection itself is given up after 15.
      await expect.poll(() => minutesLeft(env, clock), { timeout: 5_000 }).toBeGreaterThan(0.7);
      return 0;
    });
  });

  it("asks the service once for each renewal, however many ask ssox", async () => {
    const { run, signIn, clock, relay, lab } = await desk();
    await signIn();
    const fetched = () =>
      requestsOf(lab, "GetRoleCredentials").filter(({ status }) => status === 200).length;
    const crowd = (env: Environment) => Promise.all(Array.from({ length: 100 }, () => served(env)));
    await run(async (env) => {
      expect(fetched()).toBe(1);
      for (const [time, meanwhile, renewals] of [
        [41 * MINUTE, 200, 2],
        [41 * MINUTE, 200, 3],
        [2 * HOUR, 503, 4],
      ] as const) {
        let goOn = () => {};
        const held = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        relay.relaying = async (_request, pass) => {
          await held;
          return await pass();
        };
        await clock.advance(time);
        // Who asks during the renewal has the old ones, as long as they last.
        for (const { status } of await crowd(env)) expect(status).toBe(meanwhile);
        goOn();
        await expect.poll(() => minutesLeft(env, clock), eventually).toBeGreaterThan(55);
        await crowd(env);
        expect(fetched()).toBe(renewals);
      }
      return 0;
    });
  });

  it("whose last refresh is unanswered is held until that is settled, and no longer", async () => {
    const { run, signIn, clock, relay, context } = await desk({ accessToken: 50 * 60 });
    await signIn();
    const file = `${context.paths.tokenCache}/${sha1("acme")}.json`;
    const before = readFileSync(file, "utf8");
    const calls: string[] = [];
    let answer = () => {};
    let ended = 0;
    let isOver = false;
    const over = run(async () => {
      const asked = new Promise<void>((resolve) => {
        relay.relaying = async (request, pass) => {
          calls.push(request.path);
          resolve();
          await new Promise<void>((settle) => {
            answer = settle;
          });
          return await pass();
        };
      });
      await clock.advance(41 * MINUTE);
      await asked;
      return 0;
    }).then(() => {
      isOver = true;
      ended = performance.now();
    });
    await vi.waitFor(() => expect(calls).toEqual(["/token"]), eventually);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isOver).toBe(false);
    const settled = performance.now();
    answer();
    await over;
    expect(ended - settled).toBeLessThan(5_000);
    // The only copy of the next refresh token is kept; nothing is asked with it.
    expect(JSON.parse(readFileSync(file, "utf8"))).not.toEqual(JSON.parse(before));
    expect(calls).toEqual(["/token"]);
  });

  it("through a role that is assumed is served by assuming it again", async () => {
    // The SDK corrects the time of its signature after a refusal: its clock is the machine's.
    const accountId = "111122223333";
    const organisation = {
      users: [{ name: "ada" }],
      accounts: [{ id: accountId, roles: [{ name: "DeveloperAccess" }] }],
    };
    const options = { config: CHAIN(accountId), wrongRequests: true, organisation };
    const { run, signIn, clock, context, lab } = await desk({}, options);
    await signIn();
    const keys = new Set<string | undefined>();
    const job = async (env: Environment) => {
      expect(env).toMatchObject({ SSOX_PROFILE: "deploy", SSOX_ROLE: "Deployer" });
      expect(env).toMatchObject({ SSOX_SESSION: "acme", SSOX_ACCOUNT_ID: accountId });
      for (let time = 0; time < HOUR; time += 5 * MINUTE) {
        await clock.advance(5 * MINUTE);
        await expect.poll(() => minutesLeft(env, clock), eventually).toBeGreaterThanOrEqual(5);
        keys.add((await served(env)).AccessKeyId);
      }
      return 0;
    };
    expect(await run(job, { selection: { profile: "deploy" } })).toBe(0);
    expect(keys.size).toBeGreaterThanOrEqual(5);
    expect(requestsOf(lab, "GetRoleCredentials").length).toBeLessThanOrEqual(2);
    expect(notesOf(context)).toEqual([]);
  });

  it("is served keys of a file with an end that is put off", async () => {
    const { run, clock, lab } = await desk({}, { config: KEYS });
    const job = async (env: Environment) => {
      expect(env).not.toHaveProperty("SSOX_EXPIRATION");
      for (let hour = 0; hour < 3; hour += 1) {
        expect(await served(env)).toMatchObject({ status: 200, AccessKeyId: "ASIA1", Token: "t1" });
        // So short that every SDK asks again within minutes: the end of the keys is unknown.
        expect(await minutesLeft(env, clock)).toBeCloseTo(11, 0);
        await clock.advance(HOUR);
      }
      return 0;
    };
    expect(await run(job, { selection: { profile: "temporary" } })).toBe(0);
    expect(lab.requests).toEqual([]);
  });

  it("finds a user's long-term keys in their profile, where every SDK does", async () => {
    const { run, context, runtime } = await desk({}, { config: KEYS });
    const outer = { AWS_ACCESS_KEY_ID: "OTHER", AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://x" };
    Object.assign(context.env, outer);
    const job = async (env: Environment) => {
      expect(env).toMatchObject({ AWS_PROFILE: "keys", SSOX_PROFILE: "keys" });
      const others = Object.keys(env).filter((name) =>
        /CONTAINER|AWS_.*KEY|CONFIG_FILE/.test(name),
      );
      expect(others).toEqual([]);
      return 0;
    };
    expect(await run(job, { selection: { profile: "keys" }, region: "eu-west-1" })).toBe(0);
    expect(existsSync(runtime)).toBe(false);
  });

  it.each([
    ["a process beside them", "own", `${OWN}credential_process = /bin/false\n`, "AKIA2"],
    ["none beside them but in the other file", "keys", "[keys]\naws_session_token = t\n", "AKIA1"],
    ["a name that not every SDK reads", "my own", OWN.replace("own", "my own"), "AKIA2"],
    ["a comment", "own", `${OWN}output = json # always\n`, "AKIA2"],
  ])(
    "has a process give a user's keys where not every SDK finds them: %s",
    async (_what, profile, credentials, id) => {
      const { run, context, runtime } = await desk({}, { config: KEYS });
      writeFileSync(context.paths.credentialsFile, credentials);
      const job = async (env: Environment) => {
        const { AWS_PROFILE: added = "", AWS_CONFIG_FILE: file = "" } = env;
        expect(added).toMatch(/^ssox-exec-/);
        const overlay = readFileSync(file, "utf8");
        const [, line = ""] = /^credential_process = (.*)$/m.exec(overlay) ?? [];
        expect(line).toBe(
          `${context.processes.program.join(" ")} credential-process --profile ${added}`,
        );
        expect(overlay.slice(overlay.indexOf(`[profile ${added}]`))).not.toContain(id);
        const within = { ...context, env };
        expect(await credentialProcess({ profile: added }, within)).toEqual({
          Version: 1,
          AccessKeyId: id,
          SecretAccessKey: "s1",
        });
        return 0;
      };
      expect(await run(job, { selection: { profile } })).toBe(0);
      expect(readdirSync(runtime)).toEqual([]);
    },
  );

  it("does not run a program again and again that gives the same credentials", async () => {
    const { run, clock, context } = await desk({}, { config: "" });
    const runs = `${context.paths.home}/runs`;
    const end = new Date(clock.now() + 20 * MINUTE).toISOString();
    const keys = `{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"t","Expiration":"${end}"}`;
    appendFileSync(
      context.paths.configFile,
      `[profile p]\ncredential_process = echo . >> ${runs}; echo '${keys}'\n`,
    );
    const ran = () => readFileSync(runs, "utf8").trim().split("\n").length;
    const job = async () => {
      await clock.advance(14 * MINUTE);
      // The program is a real one, and takes real time.
      await vi.waitFor(() => expect(ran()).toBeGreaterThanOrEqual(2), { timeout: 30_000 });
      await clock.advance(5 * MINUTE);
      return 0;
    };
    expect(await run(job, { selection: { profile: "p" } })).toBe(0);
    expect(ran()).toBeLessThan(30);
  });
});

describe("the end of the session", () => {
  it("that is configured is told of 15 and 5 minutes before, once each", async () => {
    const place = await desk({ session: 7_320 });
    place.configure("ssox_session_duration = 2h2m");
    await place.login();
    const told = () => notesOf(place.context).length;
    await place.run(async () => {
      const counts: number[] = [];
      for (const minutes of [106, 2, 8, 2, 2]) {
        await place.clock.advance(minutes * MINUTE);
        counts.push(told());
      }
      expect(counts).toEqual([0, 1, 1, 2, 2]);
      return 0;
    });
    expect(notesOf(place.context)).toEqual([
      "ssox: the session acme ends in 15 min → ssox login --session acme --force",
      "ssox: the session acme ends in 5 min → ssox login --session acme --force",
    ]);
  });

  it("is not told of after another sign-in", async () => {
    const place = await desk({ session: 7_320 });
    place.configure("ssox_session_duration = 2h2m");
    await place.login();
    await place.run(async () => {
      await place.clock.advance(HOUR + 30 * MINUTE);
      await place.login();
      await place.clock.advance(HOUR);
      return 0;
    });
    expect(notesOf(place.context)).toEqual([]);
  });

  it("of a token that cannot be renewed is the token's", async () => {
    const { run, signIn, clock, context } = await desk({ accessToken: 3600 });
    await signIn({ refreshToken: undefined });
    await run(async () => {
      await clock.advance(50 * MINUTE);
      return 0;
    });
    expect(notesOf(context)).toEqual([expect.stringContaining("acme ends in 15 min")]);
  });

  it("that nothing tells is not made up from the token's", async () => {
    const { run, signIn, clock, context } = await desk({ accessToken: 3600 });
    await signIn();
    await run(async () => {
      await clock.advance(3 * HOUR);
      return 0;
    });
    expect(notesOf(context)).toEqual([]);
  });

  it("that nothing tells is told of when the service refuses to renew the token", async () => {
    const { run, signIn, clock, context } = await desk({
      session: 5400,
      accessToken: 3600,
      roleCredentials: 1800,
    });
    await signIn();
    await run(async (env) => {
      await vi.waitFor(async () => {
        await clock.advance(MINUTE);
        expect(notesOf(context)).toHaveLength(1);
      }, eventually);
      expect(await served(env)).toMatchObject({ status: 200 });
      await clock.advance(2 * HOUR);
      expect(await served(env)).toMatchObject({
        status: 403,
        message: expect.stringContaining("ssox login --session acme"),
      });
      await signIn();
      await clock.advance(1_000);
      expect(await served(env)).toMatchObject({ status: 200 });
      return 0;
    });
    expect(notesOf(context)).toEqual([
      "ssox: the session acme has ended: AWS renews it no more → ssox login --session acme",
    ]);
  });
});

describe("--needs", () => {
  const started = async () => 0;

  it("refuses a session that is known to end before", async () => {
    const place = await desk({ session: 2 * 3600 });
    place.configure("ssox_session_duration = 2h");
    await place.login();
    await place.clock.advance(30 * MINUTE);
    expect(await place.run(started, { needs: "90m" })).toBe(0);
    await expect(place.run(started, { needs: "91m" })).rejects.toMatchObject({
      code: "SessionTooShort",
      message: "The session acme is good for 1 h 30 min more, and 1 h 31 min are needed.",
      hint: "ssox login --session acme --force",
    });
    // Another sign-in is no longer than this one.
    await expect(place.run(started, { needs: "121m" })).rejects.toMatchObject({
      hint: "ask your administrator for a longer session of the access portal",
    });
    expect(notesOf(place.context)).toEqual([]);
  });

  it("says so where nothing is known, and goes on", async () => {
    const { run, signIn, context } = await desk();
    await signIn();
    expect(await run(started, { needs: "59m" })).toBe(0);
    expect(notesOf(context)).toEqual([]);
    expect(await run(started, { needs: "4h" })).toBe(0);
    expect(notesOf(context)).toEqual([
      "ssox: nothing tells whether the session acme lasts for 4 h.",
    ]);
  });

  it("refuses a role that nobody renews: in env mode", async () => {
    const { run, signIn, clock } = await desk();
    await signIn();
    expect(await run(started, { mode: "env", needs: "60m" })).toBe(0);
    await clock.advance(20 * MINUTE);
    // Newer ones are fetched for it where there are some.
    expect(await run(started, { mode: "env", needs: "60m" })).toBe(0);
    await expect(run(started, { mode: "env", needs: "61m" })).rejects.toMatchObject({
      code: "SessionTooShort",
      hint: "use --mode server, which renews them",
    });
  });

  it.each([
    ["keys", "server"],
    ["keys", "env"],
    // Nobody renews long-term keys, and nothing ends that they assume a role with.
    ["role", "server"],
  ] as const)("is covered by a user's long-term keys: %s, in %s mode", async (profile, mode) => {
    const { run, context } = await withRoleOf("keys");
    expect(await run(started, { selection: { profile }, mode, needs: "999h" })).toBe(0);
    expect(notesOf(context)).toEqual([]);
  });

  it.each([
    ["temporary", "server"],
    ["temporary", "env"],
    ["role", "server"],
  ] as const)(
    "says that nothing tells how long keys with a token last: %s, in %s mode",
    async (profile, mode) => {
      const { run, context } = await withRoleOf("temporary");
      expect(await run(started, { selection: { profile }, mode, needs: "90m" })).toBe(0);
      expect(notesOf(context)).toEqual([
        "ssox: nothing tells whether what the credentials come from lasts for 1 h 30 min.",
      ]);
    },
  );

  it("says that nothing tells how long a program's lasts that tells no end", async () => {
    const printed = `{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"t"}`;
    const config = `[profile p]\ncredential_process = echo '${printed}'\n`;
    const { run, context } = await desk({}, { config });
    expect(await run(started, { selection: { profile: "p" }, needs: "4h" })).toBe(0);
    expect(notesOf(context)).toHaveLength(1);
  });

  it.each(["", "soon", "4", "-1h", "0s"])("is no duration: %j", async (needs) => {
    const { run } = await desk();
    await expect(run(started, { needs })).rejects.toMatchObject({ code: "Usage" });
  });
});

/** A role that is assumed with the keys of that profile, at an STS that takes any. */
async function withRoleOf(profile: string): Promise<Desk> {
  const role = `[profile role]\nrole_arn = arn:aws:iam::111122223333:role/R\nsource_profile = ${profile}\n`;
  const place = await desk({}, { config: KEYS + role });
  const end = new Date(place.clock.now() + HOUR).toISOString();
  const issued = `<Credentials><AccessKeyId>ASIAR</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${end}</Expiration></Credentials>`;
  const sts = await startRawServer({
    headers: { "Content-Type": "text/xml" },
    body: `<AssumeRoleResponse><AssumeRoleResult>${issued}</AssumeRoleResult></AssumeRoleResponse>`,
  });
  Object.assign(place.context.env, { AWS_ENDPOINT_URL_STS: sts.url });
  return place;
}
