import { expect, it } from "vitest";
import type { LabAccount } from "../../src/lab/organisation/organisation.ts";
import { main } from "../../src/main.ts";
import { signInAsAwsCli, startScene, type TestTerminalOptions } from "../helpers/context.ts";
import { root } from "../helpers/program.ts";

const ALL = [
  { accountId: "000000000009", role: "Admin", profiles: [] },
  { accountId: "222222222222", accountName: "alpha", role: "Admin", profiles: ["first", "second"] },
  { accountId: "222222222222", accountName: "alpha", role: "View", profiles: [] },
];

it("prints account and role pairs, and the profiles that name them", async () => {
  const { run } = await start();
  expect(JSON.parse(await run("--json"))).toEqual(ALL);
});

it("keeps to one account, by id or by name", async () => {
  const { run, status } = await start();
  expect(JSON.parse(await run("--json", "--account", "ALPHA"))).toEqual(ALL.slice(1));
  expect(JSON.parse(await run("--json", "--account", "000000000009"))).toEqual(ALL.slice(0, 1));
  expect(await status("--json", "--account", "gamma")).toBe(2);
});

it("refuses a name that two accounts have, and an id that is not among them", async () => {
  const { context, status } = await start([{ id: "333333333333", name: "Alpha", roles: [] }]);
  expect(await status("--json", "--account", "alpha")).toBe(2);
  expect(JSON.parse(context.terminal.stdout)).toEqual({
    error: {
      code: "UnknownAccount",
      message: '2 accounts of acme are called "alpha".',
      hint: "--account 222222222222",
    },
  });
  expect(await status("--account", "999999999999")).toBe(2);
  expect(await status("--account", "222222222222")).toBe(0);
});

it("tells how long sessions last whose credentials were fetched", async () => {
  const { context, run } = await start();
  const words = ["credential-process", "--account", "222222222222", "--role", "View"];
  expect(await main(words, root, context)).toBe(0);
  const expected = ALL.map((role) =>
    role.role === "View" ? { ...role, sessionDuration: 7_200 } : role,
  );
  expect(JSON.parse(await run("--json"))).toEqual(expected);
  expect(await run("--csv")).toContain("\n222222222222,alpha,View,,7200\n");
});

it("filters by profile, too", async () => {
  const { run } = await start();
  expect(JSON.parse(await run("--json", "--filter", "SECOND"))).toEqual(ALL.slice(1, 2));
});

it("prints CSV and a table", async () => {
  const { run } = await start();
  expect((await run("--csv")).trimEnd().split("\n")).toEqual([
    "accountId,accountName,role,profiles,sessionDuration",
    "000000000009,,Admin,,",
    "222222222222,alpha,Admin,first second,",
    "222222222222,alpha,View,,",
  ]);
  expect((await run()).trimEnd().split("\n")).toEqual([
    "ACCOUNT       NAME   ROLE   PROFILES",
    "000000000009  -      Admin",
    "222222222222  alpha  Admin  ✓ first second",
    "222222222222  alpha  View",
  ]);
});

it("cuts the table to the terminal, and no document", async () => {
  const { run } = await start([], { columns: 40 });
  expect(await run()).toContain("222222222222  alpha  Admin  ✓ 2\n");
  expect(await run("--csv")).toContain("Admin,first second,");
});

it("ends with 8 when an account could not be listed, and shows the rest", async () => {
  const { context, clock, relay, status } = await start();
  relay.relaying = async ({ path }, pass) => {
    return path.includes("account_id=000000000009") ? "cut" : await pass();
  };
  const failed = [
    {
      accountId: "000000000009",
      code: "NetworkError",
      message: expect.stringContaining("ECONNRESET"),
    },
  ];
  expect(await clock.run(status("--json"))).toBe(8);
  expect(JSON.parse(context.terminal.stdout)).toEqual({ items: ALL.slice(1), failed });
  expect(context.terminal.stderr).toMatch(/^000000000009 NetworkError: .*\n.* 1 account could not/);
  // What is asked for is whole.
  expect(await clock.run(status("--json", "--account", "222222222222"))).toBe(0);
  relay.relaying = (_request, pass) => pass();
  expect(await clock.run(status("--json"))).toBe(0);
});

async function start(more: LabAccount[] = [], terminal: TestTerminalOptions = {}) {
  const accounts = [
    {
      id: "222222222222",
      name: "alpha",
      roles: [{ name: "View", sessionSeconds: 7_200 }, { name: "Admin" }],
    },
    { id: "000000000009", roles: [{ name: "Admin" }] },
    ...more,
  ];
  const { lab, context, clock, relay } = await startScene({
    terminal,
    lab: { organisation: { users: [{ name: "ada" }], accounts } },
    profiles: [
      { name: "first", accountId: "222222222222", roleName: "Admin" },
      { name: "second", accountId: "222222222222", roleName: "Admin" },
    ],
  });
  await signInAsAwsCli(lab, context);
  const status = async (...flags: string[]) => await main(["roles", ...flags], root, context);
  const run = async (...flags: string[]): Promise<string> => {
    const printed = context.terminal.stdout.length;
    expect(await status(...flags)).toBe(0);
    return context.terminal.stdout.slice(printed);
  };
  return { context, clock, relay, run, status };
}
