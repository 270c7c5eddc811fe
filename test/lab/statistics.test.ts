import { expect, test } from "vitest";
import { AWS_OPERATIONS } from "../../src/lab/aws-operations.ts";
import { FakeClock } from "../helpers/clock.ts";
import { startTestLab } from "../helpers/lab.ts";
import { DEVICE_CODE, portal, refresh, signIn } from "./client.ts";

test("counts operations, statuses, grants and faults, with first and last times", async () => {
  const clock = new FakeClock(1_800_000_000_000);
  const lab = await startTestLab({ clock, wrongRequests: true });
  const { keys, accessToken, refreshToken } = await signIn(lab);
  await clock.advance(5000);
  await refresh(lab, keys, refreshToken);
  await refresh(lab, keys, refreshToken);
  await refresh(lab, keys, refreshToken);
  await refresh(lab, keys, "never given out");
  lab.fault({ kind: "reset", operation: "ListAccounts" });
  await portal(lab, "/assignment/accounts", accessToken).catch(() => undefined);
  await portal(lab, "/assignment/accounts", accessToken);
  for (const path of ["/one", "/two", "/?Action=MadeUp"]) await fetch(lab.url + path);
  const numbers = lab.statistics();
  expect(numbers).toMatchObject({
    startedAt: 1_800_000_000_000,
    requests: 12,
    inFlight: 0,
    refreshTokenReuse: 2,
    faults: { reset: 1 },
    createToken: {
      [DEVICE_CODE]: { requests: 1, granted: 1 },
      refresh_token: { requests: 4, granted: 1 },
    },
  });
  expect(numbers.operations["CreateToken"]).toEqual({
    requests: 5,
    inFlight: 0,
    peakInFlight: 1,
    statuses: { "200": 2, "400": 3 },
    first: 1_800_000_000_000,
    last: 1_800_000_005_000,
  });
  expect(numbers.operations["ListAccounts"]?.statuses).toEqual({ "200": 1, none: 1 });
  expect(numbers.operations["unknown"]?.requests).toBe(3);
});

test("knows how many requests waited at once, and wait now", async () => {
  const lab = await startTestLab();
  const { accessToken } = await signIn(lab);
  lab.fault({ kind: "hang", operation: "ListAccounts", count: 7 });
  const giveUp = new AbortController();
  const headers = { "x-amz-sso_bearer_token": String(accessToken) };
  const waiting = Array.from({ length: 7 }, () =>
    fetch(`${lab.url}/assignment/accounts`, { headers, signal: giveUp.signal }),
  );
  const patience = { timeout: 20_000 };
  await expect.poll(() => lab.statistics().inFlight, patience).toBe(7);
  giveUp.abort();
  await Promise.allSettled(waiting);
  await expect.poll(() => lab.statistics().inFlight, patience).toBe(0);
  await portal(lab, "/assignment/accounts", accessToken);
  await expect.poll(() => lab.statistics().inFlight, patience).toBe(0);
  expect(lab.statistics().peakInFlight).toBe(7);
  expect(lab.statistics().operations["ListAccounts"]).toMatchObject({
    peakInFlight: 7,
    inFlight: 0,
  });
  expect(lab.statistics().operations["RegisterClient"]).toMatchObject({ peakInFlight: 1 });
});

test("a copy stays as it was", async () => {
  const lab = await startTestLab();
  const before = lab.statistics();
  await signIn(lab);
  expect(before.requests).toBe(0);
  expect(lab.statistics().requests).toBe(3);
});

test("every AWS operation is counted by its own name", async () => {
  const lab = await startTestLab({ wrongRequests: true });
  const requests: readonly [string, string][] = [
    ["POST", "/client/register"],
    ["POST", "/device_authorization"],
    ["POST", "/token"],
    ["GET", "/assignment/accounts"],
    ["GET", "/assignment/roles"],
    ["GET", "/federation/credentials"],
    ["POST", "/logout"],
    ["GET", "/?Action=GetCallerIdentity"],
    ["GET", "/?Action=AssumeRole"],
    ["GET", "/federation?Action=getSigninToken"],
  ];
  for (const [method, path] of requests) await fetch(lab.url + path, { method });
  expect(Object.keys(lab.statistics().operations)).toEqual(AWS_OPERATIONS);
});
