import { describe, expect, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { type Bucket, type RateLimit, throttle } from "../../src/lab/rate-limits.ts";
import { FakeClock } from "../helpers/clock.ts";
import { startTestLab } from "../helpers/lab.ts";
import { outcome, portal, post, signIn } from "./client.ts";

describe("a token bucket", () => {
  /** The outcomes of requests at these milliseconds. */
  function outcomes(limit: RateLimit, times: readonly number[]): string {
    const buckets = new Map<string, Bucket>();
    const passes = times.map((now) => throttle("A", { A: limit }, buckets, now) === undefined);
    return passes.map((pass) => (pass ? "+" : "-")).join("");
  }

  test("lets a burst pass, then its rate", () => {
    const limit = { perSecond: 2, burst: 3 };
    expect(outcomes(limit, [0, 0, 0, 0, 499, 500, 500, 1000, 1500])).toBe("+++--+-++");
  });

  test("never holds more than its burst", () => {
    expect(outcomes({ perSecond: 10, burst: 2 }, [0, 60_000, 60_000, 60_000])).toBe("+++-");
  });

  test("gains nothing when time goes backwards", () => {
    expect(outcomes({ perSecond: 1, burst: 1 }, [10_000, 0, 0, 1000])).toBe("+--+");
  });

  test("holds for all operations together, and a refused request takes nothing", () => {
    const limits = { A: { perSecond: 1, burst: 1 }, "*": { perSecond: 1, burst: 2 } };
    const buckets = new Map<string, Bucket>();
    const passes = (operation: string) => throttle(operation, limits, buckets, 0) === undefined;
    expect([passes("A"), passes("A"), passes("B"), passes("B")]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test("of one operation has nothing to do with another's", () => {
    const limit = { perSecond: 1, burst: 1 };
    const buckets = new Map<string, Bucket>();
    const passes = ["A", "B", "C", "C"].map(
      (operation) => throttle(operation, { A: limit, B: limit }, buckets, 0) === undefined,
    );
    expect(passes).toEqual([true, true, true, true]);
    expect(buckets.get("A")?.left).toBe(0);
  });

  test("says how long to wait, in whole seconds, if it is to", () => {
    const at = (retryAfter: boolean) => {
      const buckets = new Map<string, Bucket>();
      const limits = { A: { perSecond: 0.25, burst: 1, retryAfter } };
      throttle("A", limits, buckets, 0);
      return throttle("A", limits, buckets, 500);
    };
    expect(at(true)).toEqual({ retryAfter: 4 });
    expect(at(false)).toEqual({ retryAfter: undefined });
  });
});

describe("a lab with rate limits", () => {
  const list = (lab: Lab, token: unknown) => portal(lab, "/assignment/accounts", token);

  test("refuses in the portal's words, until its clock has moved on", async () => {
    const clock = new FakeClock();
    const lab = await startTestLab({
      clock,
      rateLimits: { ListAccounts: { perSecond: 1, burst: 2 } },
    });
    const { accessToken } = await signIn(lab);
    const replies = [1, 2, 3].map(() => list(lab, accessToken));
    const [one, two, three] = await Promise.all(replies);
    expect([one?.status, two?.status, three?.status].sort()).toEqual([200, 200, 429]);
    const refused = await list(lab, accessToken);
    expect(outcome(refused)).toBe("429 TooManyRequestsException");
    expect(refused.headers.get("retry-after")).toBeNull();
    await clock.advance(1000);
    expect((await list(lab, accessToken)).status).toBe(200);
    expect((await list(lab, accessToken)).status).toBe(429);
  });

  test("limits all services, each with its own refusal, and tells how long to wait", async () => {
    const lab = await startTestLab({
      clock: new FakeClock(),
      rateLimits: { "*": { perSecond: 0.1, burst: 1, retryAfter: true } },
    });
    await signIn(lab).catch(() => undefined);
    const oidc = await post(lab, "/client/register", {});
    expect(outcome(oidc)).toBe("429 TooManyRequestsException");
    expect(oidc.headers.get("retry-after")).toBe("10");
    const body = new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" });
    const sts = await fetch(lab.url, { method: "POST", body });
    expect([sts.status, await sts.text()]).toEqual([
      400,
      expect.stringContaining("<Code>Throttling</Code>"),
    ]);
    expect((await fetch(`${lab.url}/device`)).status).toBe(200);
  });

  test("takes new ones while it runs, with buckets that are full", async () => {
    const rateLimits = { ListAccounts: { perSecond: 0.001, burst: 1 } };
    const lab = await startTestLab({ rateLimits });
    const { accessToken } = await signIn(lab);
    await list(lab, accessToken);
    expect((await list(lab, accessToken)).status).toBe(429);
    lab.configure({ rateLimits });
    expect((await list(lab, accessToken)).status).toBe(200);
    lab.configure({ rateLimits: {} });
    expect((await list(lab, accessToken)).status).toBe(200);
  });

  test.each([
    { perSecond: 0, burst: 1 },
    { perSecond: Number.NaN, burst: 1 },
    { perSecond: 1, burst: 0 },
    { perSecond: 1, burst: 1.5 },
  ])("does not take %j", async (limit) => {
    const lab = await startTestLab();
    expect(() => lab.configure({ rateLimits: { "*": limit } })).toThrow(/(rate|burst) of \*/);
  });
});
