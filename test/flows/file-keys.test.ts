import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Environment } from "../../src/system/environment.ts";
import {
  desk,
  eventually,
  HOUR,
  MINUTE,
  minutesLeft,
  notesOf,
  served,
} from "../helpers/exec-desk.ts";
import { requestsOf } from "../helpers/lab.ts";

/*
 * Keys in the credentials file, which other programs write there while a job runs.
 */

const ADA = "arn:aws:sts::111122223333:assumed-role/Ada";
const BOB = "arn:aws:sts::111122223333:assumed-role/Bob";

/** A section with keys; secret and token go by the id. */
const keysIn = (profile: string, id: string, secret = `s-${id}`, token = `t-${id}`) =>
  `[${profile}]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\naws_session_token = ${token}\n`;

describe("a job with keys that another program writes into the credentials file", () => {
  it("gets the new ones", async () => {
    const { job, write, advance, told } = await start({ A1: `${ADA}/1`, A2: `${ADA}/2` });
    await job(async (env) => {
      await advance(5 * HOUR);
      for (const id of ["A2", "A1", "A2"]) {
        write(keysIn("temporary", id));
        await advance(MINUTE);
        const wanted = { status: 200, AccessKeyId: id, Token: `t-${id}` };
        await expect.poll(() => served(env), eventually).toMatchObject(wanted);
        await advance(HOUR);
      }
    });
    expect(told()).toEqual([]);
  });

  it("gets none that are half written", async () => {
    const { job, write, advance, told } = await start({ A1: `${ADA}/1`, A2: `${ADA}/2` });
    await job(async (env) => {
      await advance(HOUR);
      for (let round = 0; round < 3; round += 1) {
        for (const text of ["[temp", "", keysIn("temporary", "A2", "s-A1", "t-A1")]) {
          write(text, "now");
          await advance(9_000);
          expect(await served(env)).toMatchObject({ AccessKeyId: "A1", Token: "t-A1" });
        }
      }
      write(keysIn("temporary", "A2"));
      await advance(MINUTE);
      const wanted = { AccessKeyId: "A2", Token: "t-A2" };
      await expect.poll(() => served(env), eventually).toMatchObject(wanted);
    });
    expect(told()).toEqual([]);
  });

  it("keeps the last ones where they are taken away, says so once, and finds them again", async () => {
    const { job, write, remove, advance, told } = await start({ A1: ADA, A2: ADA });
    await job(async (env) => {
      remove();
      await advance(12 * HOUR);
      expect(await served(env)).toMatchObject({ status: 200, AccessKeyId: "A1" });
      write(keysIn("temporary", "A2"));
      await advance(MINUTE);
      await expect.poll(() => served(env), eventually).toMatchObject({ AccessKeyId: "A2" });
    });
    expect(told()).toEqual([
      'ssox: cannot renew the credentials: The profile "temporary" has no aws_access_key_id any more. → aws configure --profile temporary',
    ]);
  });

  it("stays who it is where they are somebody else's, also when its own have ended", async () => {
    const callers: Record<string, string | undefined> = {
      A1: `${ADA}/1`,
      A2: `${ADA}/2`,
      B1: `${BOB}/1`,
    };
    const { job, write, advance, told } = await start(callers);
    await job(async (env) => {
      write(keysIn("temporary", "B1"));
      await advance(MINUTE);
      await expect.poll(told, eventually).toHaveLength(1);
      callers["A1"] = undefined;
      await advance(2 * HOUR);
      expect(await served(env)).toMatchObject({ status: 200, AccessKeyId: "A1" });
      write(keysIn("temporary", "A2"));
      await advance(MINUTE);
      await expect.poll(() => served(env), eventually).toMatchObject({ AccessKeyId: "A2" });
    });
    expect(told()).toEqual([
      `ssox: cannot renew the credentials: The profile "temporary" has the keys of ${BOB} now, and the program runs as ${ADA}. → start the program anew to run it as the other one`,
    ]);
  });

  it("takes those of whom nobody can tell any more whose the first were", async () => {
    const { job, write, advance, told } = await start({ A2: ADA });
    await job(async (env) => {
      write(keysIn("temporary", "A2"));
      await advance(MINUTE);
      await expect.poll(() => served(env), eventually).toMatchObject({ AccessKeyId: "A2" });
    });
    expect(told()).toEqual([]);
  });

  it("does not take those that AWS refuses", async () => {
    const { job, write, advance, told } = await start({ A1: ADA });
    await job(async (env) => {
      write(keysIn("temporary", "A2"));
      await advance(MINUTE);
      await expect.poll(told, eventually).toHaveLength(1);
      expect(await served(env)).toMatchObject({ status: 200, AccessKeyId: "A1" });
    });
    expect(told()).toEqual([expect.stringContaining("does not accept these credentials")]);
  });
});

describe("a job whose role is assumed with such keys", () => {
  it("gets the role for the new ones", async () => {
    const accountId = "111122223333";
    const organisation = {
      users: [{ name: "ada" }],
      accounts: [{ id: accountId, roles: [{ name: "DeveloperAccess" }] }],
    };
    const role = `role_arn = arn:aws:iam::${accountId}:role/Deployer\nduration_seconds = 900\n`;
    const config = `[profile deploy]\n${role}source_profile = temporary\n`;
    // The keys are those of a role that the lab has given, which end after an hour.
    const place = await desk({}, { config, organisation, wrongRequests: true });
    const { run, signIn, clock, context, lab } = place;
    await signIn();
    const write = async (env: Environment) => {
      const { AWS_ACCESS_KEY_ID: id = "", AWS_SECRET_ACCESS_KEY: secret } = env;
      const text = keysIn("temporary", id, secret, env["AWS_SESSION_TOKEN"]);
      writeFileSync(context.paths.credentialsFile, text);
      return 0;
    };
    const rewrite = () => run(write, { mode: "env", needs: "50m" });
    await rewrite();
    const job = async (env: Environment) => {
      for (let time = 0; time < 3 * HOUR; time += 5 * MINUTE) {
        await clock.advance(5 * MINUTE);
        if (time % (40 * MINUTE) === 0) await rewrite();
        await expect.poll(() => minutesLeft(env, clock), eventually).toBeGreaterThanOrEqual(5);
      }
      return 0;
    };
    expect(await run(job, { selection: { profile: "deploy" } })).toBe(0);
    expect(notesOf(context)).toEqual([]);
    expect(requestsOf(lab, "AssumeRole").length).toBeGreaterThan(15);
  });
});

/** @param callers ARNs by the ids of the keys; STS refuses all others */
async function start(callers: Readonly<Record<string, string | undefined>>) {
  const { run, clock, context } = await desk();
  Object.assign(context.env, { AWS_ENDPOINT_URL_STS: await startSts(callers) });
  const { credentialsFile } = context.paths;
  const write = (text: string, when?: "now") => {
    writeFileSync(credentialsFile, text);
    // The time of the machine lags behind the clock of the test: it was written long ago.
    if (when === "now") utimesSync(credentialsFile, clock.now() / 1000, clock.now() / 1000);
  };
  write(keysIn("temporary", "A1"));
  return {
    write,
    remove: () => rmSync(credentialsFile),
    advance: (time: number) => clock.advance(time),
    told: () => notesOf(context),
    async job(body: (env: Environment) => Promise<void>) {
      const child = async (env: Environment) => {
        await clock.advance(MINUTE);
        await body(env);
        return 0;
      };
      expect(await run(child, { selection: { profile: "temporary" } })).toBe(0);
    },
  };
}

async function startSts(callers: Readonly<Record<string, string | undefined>>): Promise<string> {
  const server = createServer((request, response) => {
    const [, id = ""] = /Credential=(\w+)\//.exec(request.headers.authorization ?? "") ?? [];
    const arn = callers[id];
    const error = "<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>";
    const result = `<Arn>${arn}</Arn><UserId>AROA:x</UserId><Account>111122223333</Account>`;
    response.writeHead(arn ? 200 : 403, { "Content-Type": "text/xml" });
    response.end(
      arn
        ? `<GetCallerIdentityResponse><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`
        : error,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
