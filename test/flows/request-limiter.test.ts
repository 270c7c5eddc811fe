import { describe, expect, it } from "vitest";
import { RequestLimiter } from "../../src/flows/request-limiter.ts";
import { FakeClock } from "../helpers/clock.ts";
import { testContext } from "../helpers/context.ts";

const START = 1_790_000_000_000;

describe("the rate", () => {
  it("starts with a second's worth, and doubles each second", async () => {
    const { clock, sent, many } = start();
    const done = many(400, async () => {});
    await clock.run(done);
    const bySecond = [0, 1, 2, 3].map((second) => count(sent, second * 1000, (second + 1) * 1000));
    expectWithin(count(sent, 0, 1), 20, 22);
    expectWithin(bySecond[0], 45, 52);
    expectWithin(bySecond[1], 54, 62);
    expectWithin(bySecond[2], 108, 122);
  });

  it("has four requests in flight at first, and 64 at most", async () => {
    const { clock, sent, many } = start();
    const ends: (() => void)[] = [];
    const done = many(300, () => new Promise<void>((resolve) => ends.push(resolve)));
    await clock.advance(0);
    expect(sent).toHaveLength(4);
    await clock.advance(20_000);
    expect(sent).toHaveLength(4);
    ends.shift()?.();
    await clock.advance(1_000);
    expect(sent).toHaveLength(65);
    while (ends.length > 0) {
      for (const end of ends.splice(0)) end();
      await clock.advance(1_000);
    }
    await done;
    expect(sent).toHaveLength(300);
  });

  it("falls by a third after a refusal, which counts as a request", async () => {
    const { clock, sent, many } = start();
    let answers = 0;
    const done = many(100, async () => {
      answers += 1;
      if (answers === 22) throw refusal(429);
    });
    await clock.run(done);
    expect(sent).toHaveLength(101);
    const refused = sent[21] ?? 0;
    expectWithin(count(sent, refused + 1, refused + 501), 6, 10);
  });
});

describe("what is sent again", () => {
  it.each([
    ["five times, a failure of the service", refusal(503), 5],
    ["five times, a cut connection", Object.assign(new Error("x"), { code: "ECONNRESET" }), 5],
    ["twelve times, what is refused for its rate", refusal(429), 12],
    ["never, what is refused for what it asks", refusal(400), 1],
    ["never, what is to wait for an hour", refusal(429, "3600"), 1],
  ])("%s", async (_, error, times) => {
    const { clock, sent, limiter, attempt } = start();
    const request = limiter.send(attempt(() => Promise.reject(error)));
    await expect(clock.run(request)).rejects.toBe(error);
    expect(sent).toHaveLength(times);
  });

  it("nothing by anyone before the service wants to hear of it again", async () => {
    const { clock, sent, many } = start();
    let answers = 0;
    const done = many(60, async () => {
      answers += 1;
      if (answers === 30) throw refusal(429, "7");
    });
    await clock.run(done);
    const refused = sent[29] ?? 0;
    expect(count(sent, refused + 1, refused + 7_000)).toBe(0);
    // Nor do those that waited come all at once then.
    expectWithin(count(sent, refused + 7_000, refused + 7_500), 5, 16);
    expect(sent).toHaveLength(61);
  });
});

it("a signal ends every wait", async () => {
  const { clock, context, many } = start();
  const done = many(100, async () => {});
  await clock.advance(100);
  context.interrupt();
  await expect(done).rejects.toBe(context.signal.reason);
  expect(clock.sleeping).toBe(0);
});

function start() {
  const clock = new FakeClock(START);
  const context = testContext({ clock });
  const limiter = new RequestLimiter(context);
  /** When each request was sent, in milliseconds from the start. */
  const sent: number[] = [];
  const attempt = (answer: () => Promise<void>) => async () => {
    sent.push(clock.now() - START);
    await answer();
  };
  const many = async (requests: number, answer: () => Promise<void>) => {
    await Promise.all(Array.from({ length: requests }, () => limiter.send(attempt(answer))));
  };
  return { clock, context, limiter, sent, attempt, many };
}

/** As the SDK throws it. */
function refusal(httpStatusCode: number, retryAfter?: string): Error {
  const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
  return Object.assign(new Error("refused"), {
    $metadata: { httpStatusCode },
    $response: { headers },
  });
}

function count(times: readonly number[], from: number, to: number): number {
  return times.filter((time) => time >= from && time < to).length;
}

function expectWithin(value: number | undefined, least: number, most: number): void {
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
}
