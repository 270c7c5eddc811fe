import { expect, test } from "vitest";
import type { Inventory } from "../../src/domain/inventory.ts";
import { type SyncInput, syncProfiles } from "../../src/flows/sync-profiles.ts";
import { keepInventory } from "../../src/state/inventory-cache.ts";
import { testContext } from "../helpers/context.ts";

const START_URL = "https://acme.awsapps.com/start";
const INPUT: SyncInput = {
  ...{ session: "acme", all: false, template: undefined, region: "eu-west-1" },
  ...{ include: undefined, exclude: undefined, credentialProcess: undefined },
  ...{ adopt: false, rename: false, prune: false, cached: true, dryRun: false, yes: false },
  maySignIn: "never",
};

/** The median of five times that a sync takes which finds nothing to do, in milliseconds. */
async function timeOfSync(profiles: number): Promise<number> {
  const config = `[sso-session acme]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n`;
  const context = testContext({ config });
  const inventory: Inventory = {
    accounts: Array.from({ length: profiles / 5 }, (_, index) => ({
      id: String(index).padStart(12, "0"),
      name: `account ${index}`,
      email: undefined,
      roles: ["Admin", "Billing", "Dev", "Ops", "ReadOnly"],
    })),
  };
  const session = { name: "acme", startUrl: START_URL };
  const listedAt = context.clock.now();
  const kept = { inventory, listedAt, failed: [], signIn: undefined };
  keepInventory(context.paths.cache, session, kept);
  expect((await syncProfiles(INPUT, context)).plan.created).toHaveLength(profiles);
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const begun = performance.now();
    const { plan } = await syncProfiles(INPUT, context);
    times.push(performance.now() - begun);
    expect(plan.unchanged).toHaveLength(profiles);
  }
  return times.toSorted((a, b) => a - b)[2] ?? 0;
}

test("the time of a sync that changes nothing grows with the profiles, and no faster", async () => {
  await timeOfSync(500);
  const few = await timeOfSync(500);
  const many = await timeOfSync(5_000);
  const figures = `500 profiles: ${few.toFixed(0)} ms; 5,000: ${many.toFixed(0)} ms`;
  console.info(figures);
  // Ten times as much; a square would be a hundred times as much.
  expect(many / few, figures).toBeLessThan(40);
});
