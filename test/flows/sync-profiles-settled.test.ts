import fc from "fast-check";
import { expect, test } from "vitest";
import { SsoxError } from "../../src/errors.ts";
import { settledSync, sketched } from "../../src/flows/sync-profiles-settled.ts";
import {
  plannedSync,
  type SyncResult,
  type WriteChoices,
} from "../../src/flows/sync-profiles-write.ts";
import { type Case, cases } from "../helpers/config-files.ts";
import { testContext } from "../helpers/context.ts";

const RUNS = process.env["SSOX_SOAK"] ? 20_000 : 2_000;
const PLAIN = { adopt: false, rename: false, prune: false };

test("says of every config file what the plan says, or nothing", () => {
  const context = testContext();
  const seen = { settled: 0, none: 0 };
  const check = (text: string, { listing, chosen }: Case): void => {
    const found = orNone(() => {
      const config = sketched(context.paths.configFile, text);
      return config && settledSync(config, listing, chosen, context);
    });
    seen[found ? "settled" : "none"] += 1;
    if (found) expect(found).toEqual({ ...planned(text, listing, chosen), problems: [] });
  };
  const planned = (text: string, listing: Case["listing"], chosen: WriteChoices): SyncResult =>
    plannedSync(text, [listing], chosen, context);
  fc.assert(
    fc.property(cases, fc.boolean(), (made, isPlain) => {
      const one = isPlain ? { ...made, chosen: { ...made.chosen, ...PLAIN } } : made;
      check(one.text, one);
      // Most files are settled once they were written, and many with other choices then.
      const after = orNone(() => planned(one.text, one.listing, one.chosen).after);
      if (after === undefined) return;
      check(after, one);
      check(after, { ...one, chosen: { ...one.chosen, ...PLAIN, region: "eu-west-1" } });
    }),
    { numRuns: RUNS, seed: 7 },
  );
  expect(Math.min(seen.settled, seen.none)).toBeGreaterThan(RUNS / 5);
});

function orNone<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof SsoxError) return undefined;
    throw error;
  }
}

test("has nothing to say of a profile that names another session's role", () => {
  const context = testContext();
  const inventory = { accounts: [{ ...ACCOUNT, roles: ["Admin"] }] };
  const listing = { session: "acme", inventory, failed: [], known: new Set(""), listedAt: 0 };
  const settledIn = (text: string) => {
    const config = sketched(context.paths.configFile, text);
    return config && settledSync(config, listing, CHOICES, context);
  };
  const text = SESSIONS + profile("one", "acme");
  expect(settledIn(text)?.plan.unchanged).toEqual(["one"]);
  expect(settledIn(text + profile("two", "other"))).toBeUndefined();
});

const ACCOUNT = { id: "111111111111", name: "sandbox", email: undefined };
const CHOICES = {
  ...{ ...PLAIN, template: undefined, region: undefined, include: undefined, exclude: undefined },
  credentialProcess: undefined,
};

const SESSIONS = ["acme", "other"]
  .map(
    (name) => `[sso-session ${name}]\nsso_start_url = https://x.example\nsso_region = eu-west-1\n`,
  )
  .join("");

function profile(name: string, session: string): string {
  return `[profile ${name}]\nsso_session = ${session}\nsso_account_id = ${ACCOUNT.id}\nsso_role_name = Admin\nssox_managed = acme\n`;
}
