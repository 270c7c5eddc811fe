import { describe, expect, test } from "vitest";
import { openPortal } from "../../src/aws/portal.ts";
import { Interrupted } from "../../src/errors.ts";
import { outcomeOf, type RawAnswer, startRawServer, UNUSABLE } from "./raw-server.ts";

const TOKEN = "the-access-token";
const ACCOUNT = "012345678901";
const CREDENTIALS = {
  accessKeyId: "ASIA",
  secretAccessKey: "the-secret-key",
  sessionToken: "the-session-token",
  expiration: 1_790_000_000_123,
};

async function opened(...answers: RawAnswer[]) {
  const server = await startRawServer(...answers);
  return { server, portal: await openPortal("eu-west-1", TOKEN, server.access) };
}

type Portal = Awaited<ReturnType<typeof openPortal>>;
const CALLS: readonly (readonly [string, (portal: Portal) => Promise<unknown>])[] = [
  ["listAccounts", (portal) => portal.listAccounts()],
  ["listAccountRoles", (portal) => portal.listAccountRoles(ACCOUNT)],
  ["getRoleCredentials", (portal) => portal.getRoleCredentials(ACCOUNT, "Admin")],
  ["logout", (portal) => portal.logout()],
];

describe("the requests", () => {
  test("carry the token in its own header, and are unsigned", async () => {
    const { server, portal } = await opened(
      { body: { accountList: [] } },
      { body: { roleList: [] } },
      { body: { roleCredentials: CREDENTIALS } },
      {},
    );
    for (const [, call] of CALLS) await call(portal);
    const sent = server.requests.map(({ method, url = "" }) => {
      const { pathname, searchParams } = new URL(url, server.url);
      return [`${method} ${pathname}`, Object.fromEntries(searchParams)];
    });
    expect(sent).toEqual([
      ["GET /assignment/accounts", { max_result: "100" }],
      ["GET /assignment/roles", { max_result: "100", account_id: ACCOUNT }],
      ["GET /federation/credentials", { role_name: "Admin", account_id: ACCOUNT }],
      ["POST /logout", {}],
    ]);
    for (const { headers } of server.requests) {
      expect(headers["x-amz-sso_bearer_token"]).toBe(TOKEN);
      expect(headers.authorization).toBe(undefined);
    }
    expect(server.trace.join("\n")).not.toContain(TOKEN);
  });

  test("a role name cannot leave its parameter", async () => {
    const { server, portal } = await opened({ body: { roleCredentials: CREDENTIALS } });
    await portal.getRoleCredentials(ACCOUNT, "A+B=c,d@e&account_id=1");
    const { searchParams } = new URL(server.requests[0]?.url ?? "", server.url);
    expect(searchParams.getAll("role_name")).toEqual(["A+B=c,d@e&account_id=1"]);
    expect(searchParams.getAll("account_id")).toEqual([ACCOUNT]);
  });
});

describe("what comes back", () => {
  test("accounts, also those without name or e-mail", async () => {
    const { portal } = await opened({
      body: {
        accountList: [
          { accountId: ACCOUNT, accountName: "One", emailAddress: "one@example.com" },
          { accountId: "000000000002" },
          { accountId: "000000000003", accountName: null, emailAddress: "" },
        ],
      },
    });
    expect(await portal.listAccounts()).toEqual({
      kind: "ok",
      value: [
        { id: ACCOUNT, name: "One", email: "one@example.com" },
        { id: "000000000002", name: undefined, email: undefined },
        { id: "000000000003", name: undefined, email: undefined },
      ],
    });
  });

  test("roles, by the permission set's name", async () => {
    const roleList = [{ roleName: "Admin", accountId: ACCOUNT }, { roleName: "Reader" }];
    const { portal } = await opened({ body: { roleList } });
    expect(await portal.listAccountRoles(ACCOUNT)).toEqual({
      kind: "ok",
      value: ["Admin", "Reader"],
    });
  });

  test("42 · credentials, with milliseconds and the account that was asked for", async () => {
    const { portal } = await opened({ body: { roleCredentials: CREDENTIALS } });
    expect(await portal.getRoleCredentials(ACCOUNT, "Admin")).toEqual({
      kind: "ok",
      value: { ...CREDENTIALS, accountId: ACCOUNT },
    });
  });

  test("a sign-out has no answer but its status", async () => {
    const { portal } = await opened({ body: "" });
    expect(await portal.logout()).toEqual({ kind: "ok", value: undefined });
  });
});

describe("39 · pages", () => {
  const page = (id: string, nextToken: unknown): RawAnswer => ({
    body: { accountList: [{ accountId: id }], nextToken },
  });

  test.each([null, undefined, ""])("the last one has the token %j", async (last) => {
    const { server, portal } = await opened(page("1", "a b"), page("2", "c"), page("3", last));
    const answer = await portal.listAccounts();
    expect(answer).toMatchObject({ kind: "ok", value: [{ id: "1" }, { id: "2" }, { id: "3" }] });
    const tokens = server.requests.map(({ url = "" }) =>
      new URL(url, server.url).searchParams.get("next_token"),
    );
    expect(tokens).toEqual([null, "a b", "c"]);
  });

  test("an empty page in between is not the end", async () => {
    const empty = { body: { accountList: [], nextToken: "a" } };
    const { portal } = await opened(empty, page("2", null));
    expect(await portal.listAccounts()).toMatchObject({ value: [{ id: "2" }] });
  });

  test.each([
    ["a", "a"],
    ["a", "b", "a"],
  ])("repeated: %j %j", async (...tokens) => {
    const { server, portal } = await opened(...tokens.map((token) => page("1", token)));
    await expect(portal.listAccounts()).rejects.toMatchObject({
      code: "ServiceUnavailable",
      message: "AWS repeats a page (listing the accounts).",
    });
    expect(server.requests).toHaveLength(tokens.length);
  });

  test("one that fails fails the listing", async () => {
    const { portal } = await opened(page("1", "a"), { body: "<html></html>" });
    expect(await outcomeOf(portal.listAccounts())).toBe("ServiceUnavailable");
  });

  test("the signal ends them", async () => {
    const server = await startRawServer(page("1", "a"));
    const signal = AbortSignal.abort(new Interrupted("SIGINT"));
    const portal = await openPortal("eu-west-1", "the-access-token", { ...server.access, signal });
    await expect(portal.listAccounts()).rejects.toBe(signal.reason);
    expect(server.requests).toEqual([]);
  });
});

describe("a list that is none is not an empty one", () => {
  test.each([
    ["listAccounts", { accountList: null }, "accountList"],
    ["listAccounts", { accountList: "x" }, "accountList"],
    ["listAccounts", { accountList: [null] }, "accountList"],
    ["listAccounts", { accountList: [{ accountName: "One" }] }, "accountId"],
    ["listAccounts", { accountList: [{ accountId: null }] }, "accountId"],
    ["listAccounts", { accountList: [{ accountId: 12345678901 }] }, "accountId"],
    ["listAccountRoles", { roleList: null }, "roleList"],
    ["listAccountRoles", { roleList: [[]] }, "roleName"],
    ["listAccountRoles", { roleList: [{ roleName: "" }] }, "roleName"],
  ])("%s of %j", async (name, body, member) => {
    const { portal } = await opened({ body });
    const call = CALLS.find(([called]) => called === name)?.[1];
    await expect(call?.(portal)).rejects.toMatchObject({
      code: "ServiceUnavailable",
      message: expect.stringContaining(`without ${member} `),
    });
  });
});

describe("credentials that lack something", () => {
  const members = ["accessKeyId", "secretAccessKey", "sessionToken", "expiration"];
  test.each([
    ...members.flatMap((member) => [undefined, null, ""].map((value) => [member, value] as const)),
    ["expiration", 0],
    ["expiration", -1],
    ["expiration", 1e30],
    ["expiration", "1790000000000"],
    ["accessKeyId", 5],
  ] as const)("%s is %j", async (member, value) => {
    const { portal } = await opened({
      body: { roleCredentials: { ...CREDENTIALS, [member]: value } },
    });
    await expect(portal.getRoleCredentials(ACCOUNT, "Admin")).rejects.toMatchObject({
      code: "ServiceUnavailable",
      message: `AWS sent an answer without ${member} (getting credentials of Admin in ${ACCOUNT}); it cannot be used.`,
    });
  });

  test.each([{}, { roleCredentials: null }])("%j", async (body) => {
    const { portal } = await opened({ body });
    expect(await outcomeOf(portal.getRoleCredentials(ACCOUNT, "Admin"))).toBe("ServiceUnavailable");
  });
});

describe("failures", () => {
  const HARMLESS_TO_LOGOUT = /empty|cut JSON|no object|null|page of HTML$/;
  test.each(
    CALLS.flatMap(([name, call]) =>
      UNUSABLE.filter(([what]) => name !== "logout" || !HARMLESS_TO_LOGOUT.test(what)).map(
        ([what, answer, code]) => [name, what, code, call, answer] as const,
      ),
    ),
  )("%s, %s: %s", async (_, __, code, call, answer) => {
    const { server, portal } = await opened(answer);
    const error = await call(portal).catch((error: unknown) => error);
    expect(error).toMatchObject({ code });
    const told = [String(error), JSON.stringify(error), ...server.trace].join("\n");
    expect(told).not.toContain(TOKEN);
  });

  test.each([
    ["UnauthorizedException", 401, "Session token not found or invalid", "unauthorized"],
    ["ForbiddenException", 403, "No access", "forbidden"],
    ["InvalidRequestException", 400, "bad", "AccessDenied"],
    ["ResourceNotFoundException", 404, "no such account", "AccessDenied"],
    ["TooManyRequestsException", 429, "HTTP 429 Unknown Code", "Throttled"],
    ["InternalServerException", 500, "oops", "ServiceUnavailable"],
  ])(
    "%s (%i): with x-amzn-ErrorType, with __type, and without",
    async (name, status, message, outcome) => {
      const header = { "x-amzn-ErrorType": `${name}:http://internal.amazon.com/coral/` };
      const answers = [
        { status, headers: header, body: { message } },
        { status, body: { __type: `com.amazonaws.switchboard.portal#${name}`, message } },
        { status, body: { message } },
      ];
      for (const answer of answers) {
        const { portal } = await opened(answer);
        expect(await outcomeOf(portal.getRoleCredentials(ACCOUNT, "Admin"))).toBe(outcome);
      }
    },
  );

  test("40 · one that passes is tried again", async () => {
    const { server, portal } = await opened(
      { status: 429, body: { message: "HTTP 429 Unknown Code" } },
      { status: 503, body: "{}" },
      { body: { accountList: [] } },
    );
    expect(await portal.listAccounts()).toEqual({ kind: "ok", value: [] });
    expect(server.requests).toHaveLength(3);
  });
});
