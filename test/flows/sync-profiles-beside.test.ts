import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { SessionListing } from "../../src/flows/sync-profiles-listing.ts";
import { undoSync } from "../../src/flows/sync-profiles-undo.ts";
import { type WriteChoices, writeProfiles } from "../../src/flows/sync-profiles-write.ts";
import { testContext } from "../helpers/context.ts";
import { root } from "../helpers/program.ts";

/*
 * Beside the profiles of other tools, and in files that people wrote: the
 * fixtures are after the formats of granted, aws-sso-util and aws-sso-cli.
 */

const LISTING: SessionListing = {
  session: "acme",
  inventory: {
    accounts: [
      { id: "111111111111", name: "sandbox", email: undefined, roles: ["ReadOnly"] },
      { id: "222222222222", name: "prod", email: undefined, roles: ["Admin"] },
    ],
  },
  failed: [],
  known: new Set(),
  listedAt: undefined,
};
const CHOICES: WriteChoices = {
  ...{ template: undefined, region: undefined, include: undefined, exclude: undefined },
  ...{ credentialProcess: undefined, adopt: false, rename: false, prune: true },
};
const ADMIN = section("prod.Admin", "222222222222", "Admin");
const READ_ONLY = section("sandbox.ReadOnly", "111111111111", "ReadOnly");

function section(name: string, account: string, role: string): string {
  return `[profile ${name}]\nsso_session = acme\nsso_account_id = ${account}\nsso_role_name = ${role}\nssox_managed = acme\n`;
}

test.each([
  ["granted", `\n${ADMIN}\n${READ_ONLY}`, []],
  ["aws-sso-util", READ_ONLY, ["prod.Admin"]],
  ["aws-sso-cli", `\n${ADMIN}\n${READ_ONLY}`, []],
  ["dotfiles", `\n\n${ADMIN}\n${READ_ONLY}`, []],
])("beside what %s writes, profiles come behind it all", async (style, added, conflicts) => {
  const before = fixture(style);
  const context = testContext({ config: before });
  const { plan } = await writeProfiles([LISTING], CHOICES, context);
  const text = () => readFileSync(context.paths.configFile, "utf8");
  expect(text()).toBe(before + added);
  expect(plan.conflicts.map(({ name }) => name)).toEqual(conflicts);
  await writeProfiles([LISTING], CHOICES, context);
  expect(text()).toBe(before + added);
  await undoSync({ dryRun: false }, context);
  expect(text()).toBe(before);
});

test.each(["granted", "aws-sso-util", "aws-sso-cli"])(
  "--adopt takes over nothing that %s manages",
  async (style) => {
    const context = testContext({ config: fixture(style) });
    const { plan } = await writeProfiles([LISTING], { ...CHOICES, adopt: true }, context);
    expect(plan.updated).toEqual([]);
  },
);

test("--adopt writes two lines into a profile of the user's that has a region, behind its last key", async () => {
  const before = fixture("dotfiles");
  const context = testContext({ config: before });
  const { plan } = await writeProfiles([LISTING], { ...CHOICES, adopt: true }, context);
  expect(plan).toMatchObject({ updated: ["sandbox"], created: ["prod.Admin"] });
  const block = "    addressing_style = path\n";
  expect(readFileSync(context.paths.configFile, "utf8")).toBe(
    `${before.replace(block, `${block}ssox_keep = region\nssox_managed = acme\n`)}\n\n${ADMIN}`,
  );
});

function fixture(style: string): string {
  return readFileSync(
    path.join(root, "test", "fixtures", "config-files", `${style}.config`),
    "utf8",
  );
}
