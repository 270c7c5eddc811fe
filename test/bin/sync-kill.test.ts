import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Inventory } from "../../src/domain/inventory.ts";
import { keepInventory } from "../../src/state/inventory-cache.ts";
import { systemClock } from "../../src/system/clock.ts";
import { resolvePaths } from "../../src/system/paths.ts";
import { homeEnvironment, temporaryHome } from "../helpers/context.ts";
import { ended, runSsox, spawnSsox } from "../helpers/program.ts";

/** How often a sync is killed at some moment. */
const KILLS = process.env["SSOX_SOAK"] ? 300 : 30;
const START_URL = "https://acme.awsapps.com/start";

it(
  "kill -9 at any moment of a sync leaves the old file or the new one, and the next run and --undo work",
  async () => {
    const place = start();
    const regions = ["eu-west-1", "eu-west-2"];
    const texts = new Map<string, string>();
    let length = 0;
    for (const region of [...regions, ...regions]) {
      const begun = performance.now();
      expect(await place.sync(region)).toMatchObject({ status: 0, stderr: "" });
      length = performance.now() - begun;
      texts.set(region, readFileSync(place.file, "utf8"));
    }
    const seen = { old: 0, new: 0 };
    for (let round = 0; round < KILLS; round += 1) {
      const [region = "", other = ""] = round % 2 === 0 ? regions : regions.toReversed();
      writeFileSync(place.file, texts.get(other) ?? "");
      // Before that it only starts up.
      const moment = length * (0.4 + 0.7 * Math.random());
      const child = spawnSsox(place.words(region), { env: place.env });
      child.stdin.end();
      for (const stream of [child.stdout, child.stderr]) stream.resume();
      const over = ended(child);
      await Promise.race([delay(moment), over]);
      child.kill("SIGKILL");
      await over;
      const told = `round ${round}: after ${Math.round(moment)} of ${Math.round(length)} ms`;
      const text = readFileSync(place.file, "utf8");
      expect([...texts.values()].includes(text), told).toBe(true);
      seen[text === texts.get(region) ? "new" : "old"] += 1;
      expect(await place.sync(region), told).toMatchObject({ status: 0, stderr: "" });
      expect(readFileSync(place.file, "utf8"), told).toBe(texts.get(region));
      if (round % 10 > 0) continue;
      expect(await place.undo(), told).toMatchObject({ status: 0, stderr: "" });
      expect(readFileSync(place.file, "utf8"), told).toBe(texts.get(other));
    }
    console.info(`killed ${KILLS} times: ${seen.old} old files, ${seen.new} new ones`);
    expect(seen.old).toBeGreaterThan(0);
    const left = readdirSync(path.dirname(place.file)).filter((name) => name.endsWith(".lock"));
    expect(left).toEqual([]);
  },
  60_000 + KILLS * 20_000,
);

/** A home with a session, and a kept listing of 1,000 roles. */
function start() {
  const home = temporaryHome();
  const env = homeEnvironment(home);
  const paths = resolvePaths(env);
  mkdirSync(path.dirname(paths.configFile));
  writeFileSync(
    paths.configFile,
    `# mine\n[sso-session acme]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n`,
  );
  const inventory: Inventory = {
    accounts: Array.from({ length: 500 }, (_, index) => ({
      id: String(index).padStart(12, "0"),
      name: `account ${index}`,
      email: undefined,
      roles: ["Admin", "ReadOnly"],
    })),
  };
  const session = { name: "acme", startUrl: START_URL };
  const kept = { inventory, listedAt: systemClock.now(), failed: [], signIn: undefined };
  keepInventory(paths.cache, session, kept);
  const words = (region: string) => ["sync-profiles", "--cached", "--region", region];
  return {
    env,
    file: paths.configFile,
    words,
    sync: (region: string) => runSsox(words(region), { env }),
    undo: () => runSsox(["sync-profiles", "--undo"], { env }),
  };
}
