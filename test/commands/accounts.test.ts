import { expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { signInAsAwsCli, startScene, type TestTerminalOptions } from "../helpers/context.ts";
import { requestsOf } from "../helpers/lab.ts";
import { root } from "../helpers/program.ts";

it("prints the accounts by name; what the service leaves out is left out", async () => {
  const { run } = await start();
  expect(JSON.parse(await run("--json"))).toEqual([
    { id: "000000000009" },
    { id: "222222222222", name: "Alpha, Inc", email: "a@example.com" },
    { id: "111111111111", name: "beta", email: "b@example.com" },
  ]);
});

it("filters by any column, whatever the case", async () => {
  const { run } = await start();
  const ids = async (text: string) =>
    JSON.parse(await run("--json", "--filter", text)).map(({ id }: { id: string }) => id);
  expect(await ids("ALPHA")).toEqual(["222222222222"]);
  expect(await ids("b@ex")).toEqual(["111111111111"]);
  expect(await ids("00000")).toEqual(["000000000009"]);
  expect(await ids("none")).toEqual([]);
});

it("prints CSV", async () => {
  const { run } = await start();
  expect((await run("--csv")).trimEnd().split("\n")).toEqual([
    "id,name,email",
    "000000000009,,",
    '222222222222,"Alpha, Inc",a@example.com',
    "111111111111,beta,b@example.com",
  ]);
});

it("prints a table for people, with the kept listing, and lists anew with --refresh", async () => {
  const { lab, run } = await start();
  expect(await run()).toMatch(/^ACCOUNT +NAME +E-MAIL *\n/);
  await run();
  expect(requestsOf(lab, "ListAccounts")).toHaveLength(1);
  await run("--refresh");
  expect(requestsOf(lab, "ListAccounts")).toHaveLength(2);
});

it("says at a terminal how old a kept listing is", async () => {
  const { clock, context, run } = await start({ interactive: true });
  await run("--json");
  expect(context.terminal.stderr).toBe("");
  await clock.advance(5_000);
  await run("--json");
  expect(context.terminal.stderr).toMatch(/^Listed \d s ago; --refresh lists anew\.\n$/);
  await clock.advance(3 * 3_600_000);
  await run("--json");
  expect(context.terminal.stderr).toMatch(/\nListed 3 h ago; --refresh lists anew\.\n$/);
});

it("ends with 8 when roles of an account could not be listed, which is shown all the same", async () => {
  const { clock, relay, context } = await start();
  relay.relaying = async ({ path }, pass) => {
    if (!path.includes("account_id=111111111111")) return await pass();
    return { status: 403, headers: {}, body: "{}" };
  };
  expect(await clock.run(main(["accounts", "--json"], root, context))).toBe(8);
  expect(JSON.parse(context.terminal.stdout)).toEqual({
    items: [
      { id: "000000000009" },
      { id: "222222222222", name: "Alpha, Inc", email: "a@example.com" },
      { id: "111111111111", name: "beta", email: "b@example.com" },
    ],
    failed: [
      {
        accountId: "111111111111",
        code: "AccessDenied",
        message: "AWS refuses to list the roles of 111111111111 for acme.",
      },
    ],
  });
});

it("ends with 3 and a document when nobody is signed in", async () => {
  const { lab, context } = await startScene();
  expect(await main(["accounts", "--json"], root, context)).toBe(3);
  expect(JSON.parse(context.terminal.stdout)).toEqual({
    error: {
      code: "LoginRequired",
      message: "You are not signed in to acme.",
      hint: "ssox login --session acme",
    },
  });
  expect(lab.requests).toEqual([]);
});

async function start(terminal: TestTerminalOptions = {}) {
  const accounts = [
    { id: "111111111111", name: "beta", email: "b@example.com", roles: [] },
    { id: "222222222222", name: "Alpha, Inc", email: "a@example.com", roles: [] },
    { id: "000000000009", roles: [] },
  ];
  const place = await startScene({
    terminal,
    lab: { organisation: { users: [{ name: "ada" }], accounts } },
  });
  const { lab, context } = place;
  await signInAsAwsCli(lab, context);
  const run = async (...flags: string[]): Promise<string> => {
    const printed = context.terminal.stdout.length;
    expect(await main(["accounts", ...flags], root, context)).toBe(0);
    return context.terminal.stdout.slice(printed);
  };
  return { ...place, run };
}
