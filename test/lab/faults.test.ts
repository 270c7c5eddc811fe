import { request as httpRequest } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Fault } from "../../src/lab/faults/fault.ts";
import { type Lab, startLab } from "../../src/lab/lab.ts";
import { systemClock } from "../../src/system/clock.ts";
import { FakeClock } from "../helpers/clock.ts";
import { requestsOf, startTestLab } from "../helpers/lab.ts";
import {
  outcome,
  pollDevice,
  portal,
  post,
  refresh,
  register,
  signIn,
  startDevice,
} from "./client.ts";

const ACCOUNTS = "/assignment/accounts";

interface RawReply {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The connection ended before the body did. */
  readonly aborted: boolean;
}

/** ListAccounts as it comes over the wire; rejects when no head of an answer comes. */
function listRaw(lab: Lab, token: unknown): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const headers = { "x-amz-sso_bearer_token": String(token) };
    httpRequest(lab.url + ACCOUNTS, { headers, agent: false }, (response) => {
      const { statusCode: status, headers: received } = response;
      let text = "";
      const end = (aborted: boolean) => resolve({ status, headers: received, text, aborted });
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => end(false)).on("error", () => end(true));
    })
      .on("error", reject)
      .end();
  });
}

describe("a connection that is cut", () => {
  test("by reset: the request has no effect", async () => {
    const lab = await startTestLab();
    const { keys, refreshToken } = await signIn(lab);
    lab.fault({ kind: "reset", operation: "CreateToken" });
    await expect(refresh(lab, keys, refreshToken)).rejects.toThrow();
    expect((await refresh(lab, keys, refreshToken)).status).toBe(200);
  });

  test("by lost: the request has taken effect, and the refresh token is used up", async () => {
    const lab = await startTestLab();
    const { keys, accessToken, refreshToken } = await signIn(lab);
    lab.fault({ kind: "lost", operation: "CreateToken" });
    await expect(refresh(lab, keys, refreshToken)).rejects.toThrow();
    expect(requestsOf(lab, "CreateToken").at(-1)).toMatchObject({ status: 0, fault: "lost" });
    const again = await refresh(lab, keys, refreshToken);
    expect(outcome(again)).toBe("400 InvalidGrantException invalid_grant");
    lab.fault({ kind: "lost", operation: "Logout" });
    await expect(portal(lab, "/logout", accessToken, "POST")).rejects.toThrow();
    expect((await portal(lab, ACCOUNTS, accessToken)).status).toBe(401);
  });
});

test("hang: no answer until the client gives up, no effect, and stop ends it", async () => {
  const lab = await startLab({}, systemClock);
  onTestFinished(() => lab.stop());
  const { keys, accessToken, refreshToken } = await signIn(lab);
  lab.fault({ kind: "hang", operation: "CreateToken" });
  lab.fault({ kind: "hang", operation: "ListAccounts" });
  const giveUp = new AbortController();
  const impatient = fetch(`${lab.url}/token`, {
    method: "POST",
    body: JSON.stringify({ ...keys, grantType: "refresh_token", refreshToken }),
    signal: giveUp.signal,
  });
  await expect.poll(() => lab.statistics().inFlight, PATIENCE).toBe(1);
  giveUp.abort();
  await expect(impatient).rejects.toThrow("aborted");
  expect((await refresh(lab, keys, refreshToken)).status).toBe(200);
  const patient = expect(listRaw(lab, accessToken)).rejects.toThrow();
  await expect.poll(() => lab.statistics().inFlight, PATIENCE).toBe(1);
  await lab.stop();
  await patient;
});

/** Until a request has arrived, on a busy machine too. */
const PATIENCE = { timeout: 20_000 };

describe("an answer that is wrong", () => {
  async function labWith(fault: Fault) {
    const lab = await startTestLab();
    const { accessToken } = await signIn(lab);
    lab.fault({ operation: "ListAccounts", ...fault });
    return { lab, accessToken };
  }

  test.each([
    [500, "InternalFailure"],
    [503, "ServiceUnavailable"],
    [504, "InternalFailure"],
  ])("status %i has the service's error body", async (status, name) => {
    const { lab, accessToken } = await labWith({ kind: "status", status });
    expect(outcome(await portal(lab, ACCOUNTS, accessToken))).toBe(`${status} ${name}`);
    lab.fault({ kind: "status", status, operation: "RegisterClient" });
    const oidc = await post(lab, "/client/register", { clientName: "x", clientType: "public" });
    expect(outcome(oidc)).toBe(`${status} InternalServerException server_error`);
    lab.fault({ kind: "status", status, operation: "GetCallerIdentity" });
    const body = new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" });
    const sts = await fetch(lab.url, { method: "POST", body });
    expect([sts.status, await sts.text()]).toEqual([
      status,
      expect.stringContaining(`<Code>${name}</Code>`),
    ]);
  });

  test.each([200, 503] as const)("html is a captive portal's page with %i", async (status) => {
    const { lab, accessToken } = await labWith({ kind: "html", status });
    const reply = await listRaw(lab, accessToken);
    expect(reply.status).toBe(status);
    expect(reply.headers["content-type"]).toContain("text/html");
    expect(reply.text).toContain("Sign in to this network");
  });

  test("cut is half of the JSON, of the length that it says", async () => {
    const { lab, accessToken } = await labWith({ kind: "cut", close: false });
    const half = await listRaw(lab, accessToken);
    const whole = await listRaw(lab, accessToken);
    expect(half.aborted).toBe(false);
    expect(half.text).toBe(whole.text.slice(0, Math.floor(whole.text.length / 2)));
    expect(half.headers["content-length"]).toBe(String(half.text.length));
    expect(() => JSON.parse(half.text)).toThrow();
  });

  test("cut with close promises the whole, and the connection ends", async () => {
    const { lab, accessToken } = await labWith({ kind: "cut", close: true });
    const half = await listRaw(lab, accessToken);
    const whole = await listRaw(lab, accessToken);
    expect(half).toMatchObject({ aborted: true, status: 200 });
    expect(half.headers["content-length"]).toBe(whole.headers["content-length"]);
    expect(half.text).toBe(whole.text.slice(0, Math.floor(whole.text.length / 2)));
  });

  test("empty is 200 with nothing, and the request has taken effect", async () => {
    const lab = await startTestLab();
    const { keys, refreshToken } = await signIn(lab);
    lab.fault({ kind: "empty", operation: "CreateToken" });
    expect(await refresh(lab, keys, refreshToken)).toMatchObject({ status: 200, body: {} });
    expect((await refresh(lab, keys, refreshToken)).status).toBe(400);
  });

  test("wrongDate moves the Date header", async () => {
    const clock = new FakeClock(Date.UTC(2026, 0, 1, 12));
    const lab = await startTestLab({ clock });
    const { accessToken } = await signIn(lab);
    lab.fault({ kind: "wrongDate", seconds: -7200, operation: "ListAccounts" });
    const { headers, status } = await portal(lab, ACCOUNTS, accessToken);
    expect([status, headers.get("date")]).toEqual([200, "Thu, 01 Jan 2026 10:00:00 GMT"]);
  });

  test("delay is real time", async () => {
    const { lab, accessToken } = await labWith({ kind: "delay", milliseconds: 120 });
    const start = performance.now();
    expect((await portal(lab, ACCOUNTS, accessToken)).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(110);
  });
});

describe("nulls", () => {
  test("stand for what a service may leave out, and for nothing else", async () => {
    const lab = await startTestLab({ refreshTokens: "lenient", pollInterval: 0 });
    lab.fault({ kind: "nulls", count: Number.POSITIVE_INFINITY });
    const keys = await register(lab);
    const device = await startDevice(lab, keys);
    expect(device).toMatchObject({
      deviceCode: expect.any(String),
      userCode: expect.any(String),
      interval: null,
      verificationUriComplete: null,
    });
    const { body } = await pollDevice(lab, keys, device["deviceCode"]);
    expect(body).toMatchObject({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      tokenType: null,
    });
    expect((await refresh(lab, keys, body["refreshToken"])).body).toMatchObject({
      accessToken: expect.any(String),
      refreshToken: null,
    });
    const [account] = lab.organisation.accounts;
    const accounts = await portal(lab, `${ACCOUNTS}?max_result=1`, body["accessToken"]);
    expect(accounts.body).toEqual({
      accountList: [{ accountId: account?.id, accountName: null, emailAddress: null }],
      nextToken: expect.any(String),
    });
    const path = `/assignment/roles?account_id=${account?.id}&max_result=1`;
    expect((await portal(lab, path, body["accessToken"])).body["roleList"]).toEqual([
      { roleName: "DeveloperAccess", accountId: null },
    ]);
    const refused = await refresh(lab, keys, "wrong");
    expect(refused.body).toEqual({ error: "invalid_grant", error_description: null });
    expect(outcome(refused)).toContain("InvalidGrantException");
    expect((await portal(lab, ACCOUNTS, "wrong")).body).toMatchObject({ message: null });
  });
});

describe("which requests a fault befalls", () => {
  async function statuses(lab: Lab, token: unknown, requests: number): Promise<number[]> {
    const found: number[] = [];
    for (let left = requests; left > 0; left -= 1) {
      found.push((await portal(lab, ACCOUNTS, token)).status);
    }
    return found;
  }

  test("so many as it counts, of its operation alone, one fault after the other", async () => {
    const lab = await startTestLab();
    lab.fault({ kind: "status", status: 500, operation: "ListAccounts", count: 2 });
    lab.fault({ kind: "status", status: 503, operation: "ListAccounts" });
    const { accessToken } = await signIn(lab);
    expect(await statuses(lab, accessToken, 4)).toEqual([500, 500, 503, 200]);
  });

  test("every AWS operation, and no page, when it names none", async () => {
    const lab = await startTestLab();
    const { accessToken } = await signIn(lab);
    lab.fault({ kind: "status", status: 500, count: Number.POSITIVE_INFINITY });
    expect((await fetch(`${lab.url}/device`)).status).toBe(200);
    expect(await statuses(lab, accessToken, 3)).toEqual([500, 500, 500]);
    lab.clearFaults();
    expect(await statuses(lab, accessToken, 1)).toEqual([200]);
  });

  test("by chance: the same ones for the same seed", async () => {
    const fault = { kind: "status", status: 500, chance: 0.5, count: 100 } as const;
    const run = async (seed: number) => {
      const lab = await startTestLab({ seed });
      const { accessToken } = await signIn(lab);
      lab.fault({ ...fault, operation: "ListAccounts" });
      return await statuses(lab, accessToken, 40);
    };
    const first = await run(1);
    const hit = first.filter((status) => status === 500).length;
    expect(hit).toBeGreaterThan(8);
    expect(hit).toBeLessThan(32);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });
});
