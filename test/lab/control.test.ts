import { request as httpRequest } from "node:http";
import { describe, expect, test } from "vitest";
import type { Lab } from "../../src/lab/lab.ts";
import { DEFAULT_SETTINGS } from "../../src/lab/options.ts";
import { startTestLab } from "../helpers/lab.ts";
import { portal, signIn } from "./client.ts";

interface Order {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the control endpoint says; by node:http, which sends any Host and Origin. */
function control(lab: Lab, path: string, order: Order = {}): Promise<[number, unknown]> {
  const { method = "GET", body } = order;
  const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const length = sent === undefined ? {} : { "content-length": Buffer.byteLength(sent) };
  const headers = { ...length, ...order.headers };
  return new Promise((resolve, reject) => {
    const request = httpRequest(lab.url + path, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve([response.statusCode ?? 0, JSON.parse(text || "null")]));
    });
    request.on("error", reject).end(sent);
  });
}

const ACCOUNTS = "/assignment/accounts";

test("settings are shown, and changed one by one", async () => {
  const lab = await startTestLab();
  expect(await control(lab, "/lab/settings")).toEqual([200, DEFAULT_SETTINGS]);
  const body = {
    approve: "page",
    lifetimes: { session: 60 },
    rateLimits: { "*": { perSecond: 2, burst: 3 } },
  };
  const expected = {
    ...DEFAULT_SETTINGS,
    ...body,
    lifetimes: { ...DEFAULT_SETTINGS.lifetimes, session: 60 },
  };
  expect(await control(lab, "/lab/settings", { method: "PUT", body })).toEqual([200, expected]);
  expect(await control(lab, "/lab/settings")).toEqual([200, expected]);
  expect((await fetch(`${lab.url}/device?user_code=X`)).status).toBe(404);
});

test.each([
  ["{", "The body must be JSON."],
  [[], "The document must be an object."],
  [{ aprove: "auto" }, 'The document must be without "aprove".'],
  [{ approve: "yes" }, "approve must be one of auto, page, deny, never."],
  [{ latency: "1" }, "latency must be a number."],
  [{ latency: -1 }, "The lab cannot use -1 as its latency."],
  [{ reuseSessions: 1 }, "reuseSessions must be true or false."],
  [{ lifetimes: { session: 0 } }, "The lab cannot use 0 as its lifetime session."],
  [{ lifetimes: { sessions: 9 } }, 'lifetimes must be without "sessions".'],
  [{ rateLimits: { Nope: { perSecond: 1, burst: 1 } } }, /^a name in rateLimits must be one of/],
  [{ rateLimits: { "*": { perSecond: 1 } } }, "rateLimits.* must be {perSecond, burst}."],
  [{ user: "nobody" }, 'The lab does not know the user "nobody".'],
  [{ pageSize: 101 }, "The lab cannot use 101 as its page size."],
  [{ __proto__: null, constructor: 1 }, 'The document must be without "constructor".'],
])("settings %j are refused", async (body, error) => {
  const lab = await startTestLab();
  const expected = typeof error === "string" ? error : expect.stringMatching(error);
  expect(await control(lab, "/lab/settings", { method: "PUT", body })).toEqual([
    400,
    { error: expected },
  ]);
  expect(await control(lab, "/lab/settings")).toEqual([200, DEFAULT_SETTINGS]);
});

test("faults are added, shown, and cleared", async () => {
  const lab = await startTestLab();
  const { accessToken } = await signIn(lab);
  const body = { kind: "status", status: 502, operation: "ListAccounts", count: 2 };
  const expected = [200, { faults: [body] }];
  expect(await control(lab, "/lab/faults", { method: "POST", body })).toEqual(expected);
  expect((await portal(lab, ACCOUNTS, accessToken)).status).toBe(502);
  expect(await control(lab, "/lab/faults")).toEqual([200, { faults: [{ ...body, count: 1 }] }]);
  expect(await control(lab, "/lab/faults", { method: "DELETE" })).toEqual([200, { faults: [] }]);
  expect((await portal(lab, ACCOUNTS, accessToken)).status).toBe(200);
  const echo = { kind: "echo", operation: "ListAccounts" };
  expect(await control(lab, "/lab/faults", { method: "POST", body: echo })).toEqual([
    200,
    { faults: [{ ...echo, status: 400, place: "message", count: 1 }] },
  ]);
});

test.each([
  [{}, "The document must be a fault with a kind: reset,"],
  [{ kind: "explode" }, "kind must be one of reset,"],
  [{ kind: "reset", operation: "Authorize" }, "operation must be one of RegisterClient,"],
  [{ kind: "reset", count: 0 }, "count must be a whole number from 1"],
  [{ kind: "reset", chance: 0 }, "chance must be above 0 and at most 1"],
  [{ kind: "status", status: 404 }, "status must be a whole number from 500 to 599"],
  [{ kind: "html", status: 500 }, "status must be one of 200, 503"],
  [{ kind: "echo", status: 399 }, "status must be a whole number from 400 to 599"],
  [{ kind: "echo", place: "header" }, "place must be one of message, name, page."],
  [{ kind: "cut", close: "yes" }, "close must be true or false"],
  [{ kind: "delay", milliseconds: -1 }, "milliseconds must be a whole number from 0"],
  [{ kind: "wrongDate", seconds: 0.5 }, "seconds must be a whole number from"],
])("the fault %j is refused", async (body, error) => {
  const lab = await startTestLab();
  expect(await control(lab, "/lab/faults", { method: "POST", body })).toEqual([
    400,
    { error: expect.stringContaining(error) },
  ]);
  expect(await control(lab, "/lab/faults")).toEqual([200, { faults: [] }]);
});

test("assignments are shown, given and taken away", async () => {
  const lab = await startTestLab();
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const before = Object((await control(lab, "/lab/assignments"))[1]).assignments;
  expect(before).toHaveLength(12);
  expect(before[0]).toEqual({
    startUrl: lab.startUrl,
    user: "ada@example.com",
    accountId,
    roleName: "DeveloperAccess",
  });
  const body = { accountId, roleName: "New" };
  expect((await control(lab, "/lab/assignments", { method: "POST", body }))[0]).toBe(200);
  const after = Object((await control(lab, "/lab/assignments"))[1]).assignments;
  expect(after.filter((one: { roleName: string }) => one.roleName === "New")).toHaveLength(1);
  expect((await control(lab, "/lab/assignments", { method: "DELETE", body }))[0]).toBe(200);
  expect(await control(lab, "/lab/assignments", { method: "DELETE", body })).toEqual([
    400,
    { error: 'The lab does not know the assigned role "New".' },
  ]);
  const half = await control(lab, "/lab/assignments", { method: "POST", body: { accountId } });
  expect(half).toEqual([400, { error: expect.stringContaining("accountId and roleName") }]);
});

test("requests and statistics are shown, and orders are neither logged nor counted", async () => {
  const lab = await startTestLab();
  const { accessToken } = await signIn(lab);
  await portal(lab, ACCOUNTS, accessToken);
  const operations = async (query: string) => {
    const [, body] = await control(lab, `/lab/requests${query}`);
    return Object(body).requests.map((one: { operation: string }) => one.operation);
  };
  expect(await operations("")).toEqual([
    "RegisterClient",
    "StartDeviceAuthorization",
    "CreateToken",
    "ListAccounts",
  ]);
  expect(await operations("?last=1")).toEqual(["ListAccounts"]);
  expect(await operations("?last=0")).toEqual([]);
  expect(await operations("?operation=CreateToken")).toEqual(["CreateToken"]);
  expect((await control(lab, "/lab/requests?last=x"))[0]).toBe(400);
  const [status, numbers] = await control(lab, "/lab/statistics");
  expect([status, Object(numbers).requests]).toEqual([200, 4]);
});

describe("who may not", () => {
  test.each([
    { origin: "https://evil.example" },
    { origin: "null" },
    { host: "oidc.eu-west-1.amazonaws.com" },
    { "sec-fetch-site": "cross-site" },
  ])("a page in a browser, %j", async (headers) => {
    const lab = await startTestLab();
    for (const method of ["GET", "PUT"]) {
      const order = { method, headers, body: { latency: 5 } };
      expect((await control(lab, "/lab/settings", order))[0]).toBe(403);
    }
    expect(await control(lab, "/lab/settings")).toEqual([200, DEFAULT_SETTINGS]);
  });

  test("what nobody knows", async () => {
    const lab = await startTestLab();
    expect((await control(lab, "/lab/nothing"))[0]).toBe(404);
    expect((await control(lab, "/lab"))[0]).toBe(404);
    expect((await control(lab, "/lab/statistics", { method: "POST" }))[0]).toBe(405);
    expect((await control(lab, "/lab/settings", { method: "PATCH" }))[0]).toBe(405);
  });
});
