import { expect, it } from "vitest";
import { main } from "../../src/main.ts";
import { signInAsAwsCli, startWorkplace, timestamp } from "../helpers/context.ts";
import { root } from "../helpers/program.ts";

it("prints the sessions, and the credentials that live on at AWS", async () => {
  const accountId = "012345678901";
  const { lab, clock, context } = await startWorkplace({
    profiles: [{ name: "dev", accountId, roleName: "DeveloperAccess" }],
    lab: {
      organisation: {
        users: [{ name: "ada" }],
        accounts: [{ id: accountId, roles: [{ name: "DeveloperAccess" }] }],
      },
    },
  });
  await signInAsAwsCli(lab, context);
  await main(["credential-process", "--profile", "dev"], root, context);
  const printed = context.terminal.stdout.length;
  expect(await main(["logout", "--json"], root, context)).toBe(0);
  expect(JSON.parse(context.terminal.stdout.slice(printed))).toEqual({
    sessions: ["acme"],
    stillValid: [
      { accountId, role: "DeveloperAccess", expiresAt: timestamp(clock.now() + 3_600_000) },
    ],
  });
});

it("tells people, and notes that the service could not be told", async () => {
  const { lab, relay, context } = await startWorkplace();
  await signInAsAwsCli(lab, context);
  relay.relaying = async () => "cut";
  expect(await main(["logout"], root, context)).toBe(0);
  expect(context.terminal.stdout).toBe("Signed out of acme.\n");
  expect(context.terminal.stderr).toMatch(/^No answer from AWS .*gone here\.\n$/);
  expect(await main(["logout"], root, context)).toBe(0);
  expect(context.terminal.stdout).toContain("You were not signed in to acme.\n");
});
