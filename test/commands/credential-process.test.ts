import { expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { signInAsAwsCli, startScene } from "../helpers/context.ts";
import { root } from "../helpers/program.ts";

it("prints one document on stdout, and nothing on stderr", async () => {
  const { lab, context } = await startScene();
  await signInAsAwsCli(lab, context);
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  const words = ["credential-process", "--account", accountId, "--role", "DeveloperAccess"];
  expect(await main(words, root, context)).toBe(0);
  expect(JSON.parse(context.terminal.stdout)).toMatchObject({ Version: 1, AccountId: accountId });
  expect(context.terminal.stderr).toBe("");
});

it.each([
  ["nobody is signed in", ["--account", "012345678901", "--role", "R"], 3],
  ["the session is unknown", ["--account", "012345678901", "--role", "R", "--session", "x"], 2],
  ["the profile is unknown", ["--profile", "x"], 2],
])("leaves stdout empty when %s", async (_what, flags, status) => {
  const { context } = await startScene();
  expect(await main(["credential-process", ...flags], root, context)).toBe(status);
  expect(context.terminal.stdout).toBe("");
  expect(context.terminal.stderr).toMatch(/^ssox: error \w+: [^\n]+\n$/);
});

it("cannot do without a target, and its help shows none as left out", async () => {
  const { context } = await startScene();
  expect(await main(["credential-process"], root, context)).toBe(2);
  expect(await main(["credential-process", "--help"], root, context)).toBe(0);
  expect(context.terminal.stdout).toContain("(--profile NAME | --account ID|NAME --role NAME");
});

it("ends with a signal that comes during the fetch, and says nothing", async () => {
  const { lab, relay, context } = await startScene();
  await signInAsAwsCli(lab, context);
  const accountId = lab.organisation.accounts[0]?.id ?? "";
  relay.relaying = async (_request, pass) => {
    context.interrupt("SIGTERM");
    return await pass();
  };
  const words = ["credential-process", "--account", accountId, "--role", "DeveloperAccess"];
  expect(await main(words, root, context)).toBe(143);
  expect(context.terminal.stdout + context.terminal.stderr).toBe("");
});
