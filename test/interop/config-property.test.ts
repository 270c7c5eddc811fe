import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { array, nullable, object, parse, record, string } from "valibot";
import { expect, type TestContext, test } from "vitest";
import { SsoxError } from "../../src/errors.ts";
import { plannedSync, type SyncResult } from "../../src/flows/sync-profiles-write.ts";
import { cases } from "../helpers/config-files.ts";
import { temporaryHome, testContext } from "../helpers/context.ts";
import { runWitness } from "../helpers/witness.ts";
import { clientFile, witnessOf } from "./desk.ts";

/*
 * Generated config files, before a sync and after it, as botocore and the AWS
 * SDK for JavaScript read them: of what is not ssox's, both see no difference.
 */

const RUNS = process.env["SSOX_SOAK"] ? 10_000 : 1_000;
const SEED = 20_261_122;
/** As many files as one command line has room for. */
const BATCH = 1_000;

const Reading = object({
  profiles: record(string(), record(string(), string())),
  sessions: record(string(), record(string(), string())),
});

for (const client of ["boto3", "JS SDK v3"] as const) {
  test(`28 · generated files: what others wrote means the same after a sync [${client}]`, {
    timeout: RUNS * 300,
  }, async (context) => {
    const syncs = generatedSyncs();
    const home = temporaryHome();
    let seen = 0;
    for (let first = 0; first < syncs.length; first += BATCH / 2) {
      const batch = syncs.slice(first, first + BATCH / 2);
      const folder = path.join(home, String(first));
      mkdirSync(folder);
      const files = batch.flatMap(({ before, after }, index) => {
        return [before, after].map((text, side) => {
          const file = path.join(folder, `${index}-${side}`);
          writeFileSync(file, text);
          return file;
        });
      });
      const found = await readings(client, files, context);
      for (const [index, sync] of batch.entries()) {
        const [before, after] = [found[2 * index], found[2 * index + 1]];
        const told = JSON.stringify(sync.before);
        if (!before || !after) throw new Error(`${client} rejects ${told}`);
        expectSameForeign(before, after, sync, told);
        for (const { name, newName, settings } of sync.plan.edits) {
          if (newName !== undefined || !sync.plan.created.includes(name)) continue;
          expect(after.profiles[name], told).toEqual(Object.fromEntries(settings));
          seen += 1;
        }
      }
    }
    // The comparison is not void.
    expect(seen).toBeGreaterThan(RUNS / 2);
  });
}

function expectSameForeign(
  before: Reading,
  after: Reading,
  { plan }: SyncResult,
  told: string,
): void {
  const { created, updated, renamed, pruned } = plan;
  const touched = new Set([...created, ...updated, ...pruned]);
  for (const { from, to } of renamed) touched.add(from).add(to);
  const foreign = ({ profiles }: Reading) =>
    Object.fromEntries(Object.entries(profiles).filter(([name]) => !touched.has(name)));
  expect(foreign(after), told).toEqual(foreign(before));
  for (const { name, newName = name } of plan.edits) {
    const old = before.profiles[name];
    if (!old || (created.includes(name) && newName === name)) continue;
    // The SDK for JavaScript takes indented keys behind a nested block for a part of it, ssox's as well.
    if (Object.keys(old).some((key) => OWN_KEYS.some((own) => key.endsWith(`.${own}`)))) continue;
    const now = after.profiles[newName];
    expect(foreignKeys(now), told).toEqual(
      foreignKeys(wasBroughtToSession(old, now) ? rest(old) : old),
    );
  }
  expect(after.sessions, told).toEqual(before.sessions);
}

/** One of the old form, that was adopted: where to sign in is in the session's section, and there alone. */
function wasBroughtToSession(old: Settings, now: Settings = {}): boolean {
  return old["sso_session"] === undefined && now["ssox_managed"] !== undefined;
}

function rest({ sso_start_url: _, sso_region: __, ...others }: Settings): Settings {
  return others;
}

const OWN_KEYS = [
  ...["sso_session", "sso_account_id", "sso_role_name", "region", "credential_process"],
  ...["ssox_keep", "ssox_managed"],
];

/** What is not ssox's in a profile that is. */
function foreignKeys(settings: Settings = {}) {
  return Object.fromEntries(
    Object.entries(settings).filter(([key]) => !OWN_KEYS.includes(key.toLowerCase())),
  );
}

type Settings = Readonly<Record<string, string>>;
type Reading = ReturnType<typeof parse<typeof Reading>>;

/** What a sync makes of each generated file that it does not refuse. */
function generatedSyncs(): readonly SyncResult[] {
  const ssox = testContext();
  return fc.sample(cases, { numRuns: RUNS, seed: SEED }).flatMap(({ text, listing, chosen }) => {
    try {
      return [plannedSync(text, [listing], chosen, ssox)];
    } catch (error) {
      if (error instanceof SsoxError) return [];
      throw error;
    }
  });
}

async function readings(client: "boto3" | "JS SDK v3", files: string[], context: TestContext) {
  const { program } = witnessOf(client, context);
  const script = clientFile(client === "boto3" ? "read-config.py" : "read-config.mjs");
  const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", PYTHONUTF8: "1" };
  const { code, stdout, stderr } = await runWitness(program, [script, ...files], env);
  expect(code, stderr).toBe(0);
  return parse(array(nullable(Reading)), JSON.parse(stdout));
}
