import { appendFileSync } from "node:fs";
import { expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { startScene } from "../helpers/context.ts";
import { root } from "../helpers/program.ts";

const KEYS = "aws_access_key_id = AKIA1\naws_secret_access_key = s1\n";
const HOSTILE = "a\u001b[8mb";

it("prints what is picked: at a terminal no control character, as a document every one", async () => {
  const { ssox, terminal } = await start("a\\x1b[8mb", "a\\x1b[8mb");
  expect(await ssox("pick")).toBe(0);
  expect(terminal.stdout).toBe("a\\x1b[8mb\n");
  expect(await ssox("pick", "--json")).toBe(0);
  expect(JSON.parse(terminal.stdout.slice("a\\x1b[8mb\n".length))).toEqual({ profile: HOSTILE });
});

it("tells account, role and session where they are known", async () => {
  const { ssox, terminal } = await start("dev");
  expect(await ssox("pick", "--json")).toBe(0);
  expect(JSON.parse(terminal.stdout)).toEqual({
    profile: "dev",
    accountId: "111111111111",
    role: "Admin",
    session: "acme",
  });
});

it("ends with 130 after Ctrl-C, and prints nothing", async () => {
  const { ssox, terminal } = await start("Ctrl-C");
  expect(await ssox("pick")).toBe(130);
  expect(terminal.stdout).toBe("");
});

async function start(...answers: string[]) {
  const { context } = await startScene({
    profiles: [{ name: "dev", accountId: "111111111111", roleName: "Admin" }],
    terminal: { interactive: true, answers },
  });
  appendFileSync(context.paths.configFile, `[profile ${HOSTILE}]\n${KEYS}`);
  const ssox = (...argv: string[]) => main(argv, root, context);
  return { ssox, terminal: context.terminal };
}
