import { expect, test } from "vitest";
import { openOidc } from "../../src/aws/oidc.ts";
import { openPortal } from "../../src/aws/portal.ts";
import { type RawAnswer, startRawServer } from "./raw-server.ts";

const DATE = "Thu, 01 Jan 2026 00:00:00 GMT";
const OF_AWS = { Date: DATE, "x-amzn-RequestId": "5f1c2b8e-0000-4000-8000-000000000000" };
const LISTING = { accountList: [] };

/** The dates that a listing of the accounts makes known. */
async function datesOf(...answers: RawAnswer[]): Promise<number[]> {
  const { access } = await startRawServer(...answers);
  const dates: number[] = [];
  const portal = await openPortal("eu-west-1", "token", {
    ...access,
    onDate: (date) => dates.push(date),
  });
  await portal.listAccounts().catch(() => {});
  return dates;
}

test("the Date of an answer is handed out", async () => {
  expect(await datesOf({ headers: OF_AWS, body: LISTING })).toEqual([Date.UTC(2026, 0, 1)]);
});

test("each answer's own", async () => {
  const headers = { ...OF_AWS, Date: "Thu, 01 Jan 2026 00:00:01 GMT" };
  const pages = [
    { headers: OF_AWS, body: { ...LISTING, nextToken: "2" } },
    { headers, body: LISTING },
  ];
  expect(await datesOf(...pages)).toEqual([Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1, 0, 0, 1)]);
});

test.each<[string, RawAnswer]>([
  ["a page of HTML", { headers: OF_AWS, body: "<html>Sign in to the hotel</html>" }],
  ["JSON without AWS's request id", { headers: { Date: DATE }, body: LISTING }],
  ["a refusal of the token", { status: 401, headers: OF_AWS, body: { message: "no" } }],
  ["a proxy that fails", { status: 502, headers: OF_AWS, body: "<html></html>" }],
  ["a redirect", { status: 302, headers: { ...OF_AWS, Location: "/" } }],
  ["a Date that is none", { headers: { ...OF_AWS, Date: "yesterday" }, body: LISTING }],
])("nothing is learnt from %s", async (_what, answer) => {
  expect(await datesOf(answer)).toEqual([]);
});

test("the OIDC service's Date is there before its answer is", async () => {
  const granted = { accessToken: "a", expiresIn: 60 };
  const { access } = await startRawServer({ headers: OF_AWS, body: granted });
  for (const hasty of [true, false]) {
    const dates: number[] = [];
    const oidc = await openOidc("eu-west-1", { ...access, onDate: (date) => dates.push(date) });
    const grant = { grantType: "refresh_token", refreshToken: "r" } as const;
    await oidc.createToken({ clientId: "c", clientSecret: "s" }, grant, { hasty });
    expect(dates).toEqual([Date.UTC(2026, 0, 1)]);
  }
});
