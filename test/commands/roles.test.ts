import { expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { signInAsAwsCli, startScene } from "../helpers/context.ts";
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

it("filters by profile, too", async () => {
  const { run } = await start();
  expect(JSON.parse(await run("--json", "--filter", "SECOND"))).toEqual(ALL.slice(1, 2));
});

it("prints CSV and a table", async () => {
  const { run } = await start();
  expect((await run("--csv")).trimEnd().split("\n")).toEqual([
    "accountId,accountName,role,profiles",
    "000000000009,,Admin,",
    "222222222222,alpha,Admin,first second",
    "222222222222,alpha,View,",
  ]);
  expect(await run()).toMatch(/^ACCOUNT +NAME +ROLE +PROFILES *\n/);
});

async function start() {
  const accounts = [
    { id: "222222222222", name: "alpha", roles: [{ name: "View" }, { name: "Admin" }] },
    { id: "000000000009", roles: [{ name: "Admin" }] },
  ];
  const { lab, context } = await startScene({
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
  return { run, status };
}
