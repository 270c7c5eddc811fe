import { keepInventory } from "../../src/state/inventory-cache.ts";
import { type TestContextOptions, testContext } from "../helpers/context.ts";
import { ACCOUNT, type Home, START_URL, writeHome } from "./home.ts";

const HOUR = 3_600_000;

/** The home on the disk, and a Context in it. */
export function moveIn(home: Home, options: TestContextOptions = {}) {
  const context = testContext(options);
  const folder = context.paths.home;
  const region = { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-1" };
  const env: Record<string, string | undefined> = { ...context.env, ...region, ...home.env };
  const extra = env["NODE_EXTRA_CA_CERTS"]?.replace("$HOME", folder);
  if (extra !== undefined) env["NODE_EXTRA_CA_CERTS"] = extra;
  writeHome(folder, home);
  if (home.isListed) {
    const roles = ["DeveloperAccess", "ReadOnlyAccess"];
    const accounts = [{ id: ACCOUNT, name: "sandbox", email: undefined, roles }];
    const listedAt = context.clock.now() - HOUR;
    const key = { name: "acme", startUrl: START_URL };
    const kept = { inventory: { accounts }, listedAt, failed: [], signIn: undefined };
    keepInventory(context.paths.cache, key, kept);
  }
  return { ...context, env };
}
