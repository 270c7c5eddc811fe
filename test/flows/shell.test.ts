import { expect, it } from "vitest";
import { shell } from "../../src/flows/shell.ts";
import type { Environment } from "../../src/system/environment.ts";
import { type SceneOptions, signInAsAwsCli, startScene } from "../helpers/context.ts";

const ACCOUNT = "012345678901";
const DEV = { profile: "dev" };

it("is the user's shell, with the target's credentials and no words", async () => {
  const { open, ran } = await start({ env: { SHELL: "/opt/my shell" } });
  expect(await open(DEV)).toBe(7);
  const [{ command, args, env } = { command: "", args: [], env: {} }] = ran;
  expect([command, args]).toEqual(["/opt/my shell", []]);
  expect(env).toMatchObject({
    SSOX_PROFILE: "dev",
    SSOX_SESSION: "acme",
    SSOX_ACCOUNT_ID: ACCOUNT,
    SSOX_ROLE: "DeveloperAccess",
    SSOX_EXPIRATION: expect.stringMatching(/Z$/),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
  });
});

it("says at a terminal whose it is and how to leave it, and elsewhere nothing", async () => {
  const quiet = await start();
  await quiet.open(DEV);
  expect(quiet.context.terminal.stderr).toBe("");
  const { open, context } = await start({ terminal: { interactive: true } });
  await open(DEV);
  expect(context.terminal.stderr).toBe("ssox: this shell is dev; exit leaves it.\n");
});

it("within another one has its own target, and leads back", async () => {
  const outer = { SSOX_PROFILE: "sandbox.Admin", SSOX_EXPIRATION: "2026-01-01T00:00:00Z" };
  const { open, context, ran } = await start({ env: outer, terminal: { interactive: true } });
  await open({ account: ACCOUNT, role: "DeveloperAccess" });
  expect(ran[0]?.env).not.toHaveProperty("SSOX_PROFILE");
  expect(context.terminal.stderr).toBe(
    `ssox: this shell is DeveloperAccess in ${ACCOUNT}; exit leaves it, back to sandbox.Admin.\n`,
  );
});

it("is not started without a sign-in", async () => {
  const { open, ran } = await start({ signedIn: false });
  await expect(open(DEV)).rejects.toMatchObject({ code: "LoginRequired" });
  expect(ran).toEqual([]);
});

async function start({ signedIn = true, ...options }: SceneOptions & { signedIn?: boolean } = {}) {
  const accounts = [{ id: ACCOUNT, roles: [{ name: "DeveloperAccess" }] }];
  const { lab, context } = await startScene({
    lab: { organisation: { users: [{ name: "ada" }], accounts } },
    profiles: [{ name: "dev", accountId: ACCOUNT, roleName: "DeveloperAccess" }],
    ...options,
  });
  if (signedIn) await signInAsAwsCli(lab, context);
  const ran: { command: string; args: readonly string[]; env: Environment }[] = [];
  const processes = {
    ...context.processes,
    run: async (command: string, args: readonly string[], env: Environment) => {
      ran.push({ command, args, env });
      return 7;
    },
  };
  const open = (selection: Parameters<typeof shell>[0]) =>
    shell(selection, "never", { ...context, processes });
  return { context, ran, open };
}
