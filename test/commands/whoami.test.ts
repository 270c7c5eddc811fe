import { describe, expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { forbiddenBrowser, userBrowser } from "../helpers/browser.ts";
import { type SceneOptions, signInAsAwsCli, startScene, timestamp } from "../helpers/context.ts";
import { root } from "../helpers/program.ts";

const ACCOUNT = "012345678901";
const words = ["whoami", "--profile", "dev", "--json"];

it("prints who the role's credentials are", async () => {
  const { lab, clock, context } = await start();
  await signInAsAwsCli(lab, context);
  expect(await main(words, root, context)).toBe(0);
  const document = {
    accountId: ACCOUNT,
    arn: expect.stringContaining(`arn:aws:sts::${ACCOUNT}:assumed-role/`),
    userId: expect.stringContaining(":"),
    role: "DeveloperAccess",
    session: "acme",
    expiresAt: timestamp(clock.now() + 3_600_000),
  };
  expect(JSON.parse(context.terminal.stdout)).toEqual({ ...document, profile: "dev" });
  const printed = context.terminal.stdout.length;
  const unnamed = ["whoami", "--account", ACCOUNT, "--role", "DeveloperAccess", "--json"];
  expect(await main(unnamed, root, context)).toBe(0);
  expect(JSON.parse(context.terminal.stdout.slice(printed))).toEqual(document);
});

it("ends with 4 for a role that is not assigned, and signs in for it under no circumstances", async () => {
  const { lab, context } = await start({ browser: forbiddenBrowser() });
  await signInAsAwsCli(lab, context);
  const other = ["whoami", "--account", ACCOUNT, "--role", "Other", "--json", "--login"];
  expect(await main(other, root, context)).toBe(4);
  expect(JSON.parse(context.terminal.stdout)).toMatchObject({ error: { code: "AccessDenied" } });
});

describe("without a token", () => {
  it("asks at a terminal, and signs in after a yes", async () => {
    const { context } = await start({
      terminal: { interactive: true, answers: [true] },
      browser: userBrowser(),
    });
    expect(await main(words, root, context)).toBe(0);
    expect(context.terminal.questions).toEqual(["Sign in to acme now?"]);
    expect(JSON.parse(context.terminal.stdout)).toHaveProperty("arn");
  });

  it("ends with 3 after a no, and with 130 after Ctrl-C", async () => {
    for (const [answer, status] of [
      [false, 3],
      ["Ctrl-C", 130],
    ] as const) {
      const { lab, context } = await start({ terminal: { interactive: true, answers: [answer] } });
      expect(await main(words, root, context)).toBe(status);
      expect(lab.requests).toEqual([]);
    }
  });

  it("asks nobody where there is no terminal, or with --no-input", async () => {
    for (const terminal of [{}, { interactive: true, noInput: true }]) {
      const { context } = await start({ terminal });
      expect(await main(words, root, context)).toBe(3);
      expect(context.terminal.questions).toEqual([]);
    }
  });

  it("signs in with --login, without a question, but never in CI", async () => {
    const signed = await start({ browser: userBrowser() });
    expect(await main([...words, "--login"], root, signed.context)).toBe(0);
    const ci = await start({ env: { CI: "true" }, terminal: { noInput: true } });
    expect(await main([...words, "--login"], root, ci.context)).toBe(3);
    expect(ci.lab.requests).toEqual([]);
  });
});

async function start(options: SceneOptions = {}) {
  const accounts = [{ id: ACCOUNT, roles: [{ name: "DeveloperAccess" }] }];
  return await startScene({
    profiles: [{ name: "dev", accountId: ACCOUNT, roleName: "DeveloperAccess" }],
    lab: { organisation: { users: [{ name: "ada" }], accounts } },
    ...options,
  });
}
