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

/** A sync that finds nothing to do, among so many profiles; it says how much CPU time it took, in milliseconds. */
async function settled(profiles: number): Promise<() => Promise<number>> {
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
  return async () => {
    const begun = process.cpuUsage();
    const { plan } = await syncProfiles(INPUT, context);
    const { user, system } = process.cpuUsage(begun);
    expect(plan.unchanged).toHaveLength(profiles);
    return (user + system) / 1000;
  };
}

test("the time of a sync that changes nothing grows with the profiles, and no faster", async () => {
  const [few, many] = [await settled(500), await settled(5_000)];
  const best = { few: Number.POSITIVE_INFINITY, many: Number.POSITIVE_INFINITY };
  // In turn, and the best of each: what else the machine does only ever adds.
  for (let round = 0; round < 12; round += 1) {
    let ten = 0;
    // As much garbage to collect as one of the others leaves.
    for (let run = 0; run < 10; run += 1) ten += await few();
    best.few = Math.min(best.few, ten / 10);
    best.many = Math.min(best.many, await many());
  }
  const figures = `500 profiles: ${best.few.toFixed(1)} ms; 5,000: ${best.many.toFixed(0)} ms`;
  console.info(figures);
  // Ten times as much; n log n would be 14, n^1.5 32 times as much.
  expect(best.many / best.few, figures).toBeLessThan(16);
});
