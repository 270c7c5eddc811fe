import { applyPatch } from "diff";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ConfigSection, parseConfigDocument } from "../../src/aws/config-document.ts";
import { harmedSection } from "../../src/aws/config-foreign.ts";
import { lastOfEach, settingsOf } from "../../src/aws/config-model.ts";
import { spliced } from "../../src/aws/config-splice.ts";
import { type ExistingProfile, heldRole } from "../../src/domain/profile-edit.ts";
import { reversePatch, takingBack } from "../../src/domain/reverse-patch.ts";
import { SsoxError } from "../../src/errors.ts";
import { plannedRemoval } from "../../src/flows/sync-profiles-remove.ts";
import { alignment } from "../../src/flows/sync-profiles-undo.ts";
import { plannedSync, type SyncResult } from "../../src/flows/sync-profiles-write.ts";
import { unifiedDiff } from "../../src/views/diff.ts";
import { cases } from "../helpers/config-files.ts";
import { testContext } from "../helpers/context.ts";

/*
 * What holds for every config file: generated ones, with hostile names, foreign
 * sections and comments, and profiles in every state.
 */

const RUNS = process.env["SSOX_SOAK"] ? 10_000 : 1_000;
const SEED = 20_261_122;

/** Runs the property on every case in which a new text comes about; says how many these were. */
function forEachSync(body: (result: SyncResult, again: (text: string) => SyncResult) => void) {
  const context = testContext();
  const counts = { written: 0, rejected: 0, refused: 0, pruned: 0, renamed: 0 };
  fc.assert(
    fc.property(cases, ({ text, listing, chosen }) => {
      const sync = (now: string) => plannedSync(now, [listing], chosen, context);
      let result: SyncResult;
      try {
        result = sync(text);
      } catch (error) {
        if (!(error instanceof SsoxError)) throw error;
        expect(error.code).toBe("ConfigInvalid");
        expect(error.message).toMatch(/line \d+/);
        const isRejected = parseConfigDocument(text).problems.some(({ fatal }) => fatal);
        counts[isRejected ? "rejected" : "refused"] += 1;
        return;
      }
      counts.written += 1;
      if (result.plan.pruned.length > 0) counts.pruned += 1;
      if (result.plan.renamed.length > 0) counts.renamed += 1;
      body(result, sync);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  // The property is not void, and few files stand in their own way.
  expect(counts.written).toBeGreaterThan(RUNS / 2);
  expect(counts.refused).toBeLessThan(RUNS / 20);
  for (const kind of ["rejected", "pruned", "renamed"] as const) {
    expect(counts[kind], kind).toBeGreaterThan(RUNS / 100);
  }
}

describe("of every config file", () => {
  test("29 · the bytes that are not ssox's stay as they are", () => {
    forEachSync(({ before, after, plan }) => {
      const own = new Set([...plan.updated, ...plan.renamed.map(({ from }) => from)]);
      const now = new Set([...plan.updated, ...plan.renamed.map(({ to }) => to)]);
      const kept = foreignLines(before, own, new Set(plan.pruned));
      const found = foreignLines(after, now, new Set(), new Set(plan.created));
      expect(found).toEqual(kept);
    });
  });

  test("29 · a second time changes nothing", () => {
    forEachSync(({ after, plan }, again) => {
      const second = again(after);
      expect(second.after).toBe(after);
      expect(second.plan).toMatchObject({ created: [], updated: [], renamed: [], pruned: [] });
      expect(second.plan.stale).toEqual(plan.stale);
    });
  });

  test("nobody loses the profile that they need, nor the default one", () => {
    const counts = { needed: 0, default: 0 };
    forEachSync(({ before, after, plan }) => {
      for (const { reason } of plan.conflicts) {
        if (/ names it$/.test(reason)) counts.needed += 1;
        if (/^programs that name no profile/.test(reason)) counts.default += 1;
      }
      const names = new Map(plan.renamed.map(({ from, to }) => [from, to]));
      expectNeedsMet(before, after, names);
    });
    for (const [kind, count] of Object.entries(counts)) {
      expect(count, kind).toBeGreaterThan(RUNS / 100);
    }
  });

  test("nor by --remove, which takes out all others", () => {
    const context = testContext();
    let refused = 0;
    forEachSync(({ before }) => {
      // Two sections that botocore takes for one: of those none is taken out.
      if (/^\[profile ["']mine/m.test(before) && /^\[profile\smine\]/m.test(before)) {
        refused += 1;
        return;
      }
      const { after, plan } = plannedRemoval(before, "acme", context);
      expectNeedsMet(before, after);
      const left = [...profilesIn(after)].filter(
        ([, { settings }]) => settings["ssox_managed"] === "acme",
      );
      expect(left.map(([name]) => name).toSorted()).toEqual(
        plan.conflicts.map(({ name }) => name).toSorted(),
      );
      const again = plannedRemoval(after, "acme", context);
      expect(again).toMatchObject({ after, plan: { conflicts: plan.conflicts } });
    });
    expect(refused).toBeLessThan(RUNS / 20);
  });

  test("a profile of the user's that is adopted keeps its region, for good", () => {
    let kept = 0;
    forEachSync(({ before, after, plan }) => {
      const [old, now] = [profilesIn(before), profilesIn(after)];
      const names = new Map(plan.renamed.map(({ from, to }) => [from, to]));
      for (const { name, settings } of old.values()) {
        if (settings["ssox_managed"] || settings["region"] === undefined) continue;
        kept += now.get(names.get(name) ?? name)?.settings["ssox_managed"] ? 1 : 0;
        expect(now.get(names.get(name) ?? name)?.settings["region"]).toBe(settings["region"]);
      }
    });
    expect(kept).toBeGreaterThan(RUNS / 100);
  });

  test("one of the old form that is adopted names the session instead, and the role that it had", () => {
    let adopted = 0;
    forEachSync(({ before, after, plan }) => {
      const [old, now] = [profilesIn(before), profilesIn(after)];
      const names = new Map(plan.renamed.map(({ from, to }) => [from, to]));
      for (const section of lastOfEach(parseConfigDocument(before), "profile")) {
        const { name } = section;
        const profile = now.get(names.get(name) ?? name);
        if (!isOldForm(section) || !profile?.settings["ssox_managed"]) continue;
        adopted += 1;
        const { sso_account_id, sso_role_name } = old.get(name)?.settings ?? {};
        expect(heldRole(profile, "acme")).toBe(`${sso_account_id} ${sso_role_name}`);
        for (const key of OLD_KEYS) expect(profile.settings).not.toHaveProperty(key);
      }
    });
    expect(adopted).toBeGreaterThan(RUNS / 200);
  });

  test("every profile is written as every client reads it", () => {
    forEachSync(({ after, plan }) => {
      const { sections, problems } = parseConfigDocument(after);
      const written = new Set([...plan.created, ...plan.renamed.map(({ to }) => to)]);
      const headers = sections.filter(({ kind, name }) => kind === "profile" && written.has(name));
      expect(headers).toHaveLength(written.size);
      expect(problems.filter(({ fatal }) => fatal)).toEqual([]);
      for (const { name, line } of headers) {
        expect(name).toMatch(/^[\w./@-]{1,128}$/);
        if (plan.created.includes(name)) {
          expect(problems.filter((each) => each.line === line)).toEqual([]);
        }
      }
    });
  });

  test("the diff makes the new file of the old one, and shows no other line", () => {
    forEachSync((result) => {
      const diff = unifiedDiff(result);
      expect(applyPatch(result.before, diff, { autoConvertLineEndings: false })).toBe(result.after);
      const count = (sign: string) =>
        diff.split("\n").filter((line) => line.startsWith(sign)).length - (diff === "" ? 0 : 1);
      expect(count("+") - count("-")).toBe(
        result.after.split("\n").length - result.before.split("\n").length + unended(result),
      );
    });
  });

  test("--undo gives it back, byte for byte", async () => {
    const align = await alignment();
    forEachSync(({ before, after, splices }) => {
      const patch = throughJson(reversePatch(before, after, splices));
      const back = takingBack(patch, after, align);
      if ("changed" in back) throw new Error(`${back.changed} does not fit`);
      expect(harmedSection(parseConfigDocument(after), back.splices)).toBeUndefined();
      expect(spliced(after, back.splices)).toBe(before);
    });
  });

  test("--undo keeps what others wrote since, or does nothing", async () => {
    const align = await alignment();
    let [fits, misfits] = [0, 0];
    const random = fc.sample(fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), {
      numRuns: RUNS,
      seed: SEED,
    });
    forEachSync(({ before, after, splices, plan }) => {
      const edited = withEdits(after, random[fits + misfits] ?? []);
      const document = parseConfigDocument(edited);
      const back = takingBack(reversePatch(before, after, splices), edited, align);
      const isRejected = document.problems.some(({ fatal }) => fatal);
      if (isRejected || "changed" in back || harmedSection(document, back.splices)) {
        misfits += 1;
        return;
      }
      fits += 1;
      const result = spliced(edited, back.splices);
      const theirs = (text: string) =>
        text.split(/(?<=\n)/).filter((line) => line.includes("THEIRS"));
      expect(theirs(result).map((line) => line.trimEnd())).toEqual(
        theirs(edited).map((line) => line.trimEnd()),
      );
      const without = result
        .split(/(?<=\n)/)
        .filter((line) => !line.includes("THEIRS"))
        .join("");
      expect(without.trimEnd()).toBe(before.trimEnd());
      // And they mean what they meant.
      const names = new Map(plan.renamed.map(({ from, to }) => [from, to]));
      expect(meaningOfTheirs(result, names)).toEqual(meaningOfTheirs(edited));
    });
    expect(fits).toBeGreaterThan(RUNS / 4);
    expect(misfits).toBeGreaterThan(RUNS / 100);
  });
});

/** Whoever is still there and has credentials from a profile finds it, with the role that it had. */
function expectNeedsMet(
  before: string,
  after: string,
  names: ReadonlyMap<string, string> = new Map(),
): void {
  const [old, now] = [profilesIn(before), profilesIn(after)];
  const needed = [...old.values()].flatMap(({ name, settings }) => {
    const command = settings["credential_process"] ?? "";
    const other = settings["source_profile"] ?? /--profile "(.*)"/.exec(command)?.[1];
    return now.has(names.get(name) ?? name) && other !== name ? (other ?? []) : [];
  });
  for (const name of ["default", ...needed]) {
    const profile = old.get(name);
    const role = profile && heldRole(profile, "acme");
    if (!profile) continue;
    expect(now.has(name), name).toBe(true);
    if (role !== undefined) expect(heldRole(now.get(name) ?? profile, "acme")).toBe(role);
  }
}

function profilesIn(text: string): ReadonlyMap<string, ExistingProfile> {
  const sections = lastOfEach(parseConfigDocument(text), "profile");
  return new Map(
    sections.map((section) => [
      section.name,
      { name: section.name, settings: settingsOf(section) },
    ]),
  );
}

const OWN_KEYS = [
  ...["sso_session", "sso_account_id", "sso_role_name", "region"],
  ...["ssox_keep", "ssox_managed"],
];

/** Once it is adopted it names the session in place of these. */
const OLD_KEYS = ["sso_start_url", "sso_region"];

function isOldForm(section: ConfigSection): boolean {
  const { ssox_managed, sso_session, sso_start_url } = settingsOf(section);
  return ssox_managed === undefined && sso_session === undefined && sso_start_url !== undefined;
}

/**
 * The lines of a text that are not ssox's, empty ones apart.
 *
 * @param own profiles in which ssox's keys may have changed
 * @param pruned profiles that go, but for their comments
 * @param created profiles that go wholly
 */
function foreignLines(
  text: string,
  own: ReadonlySet<string>,
  pruned: ReadonlySet<string>,
  created: ReadonlySet<string> = new Set(),
): readonly string[] {
  const document = parseConfigDocument(text);
  const last = new Set(lastOfEach(document, "profile"));
  let rest = text;
  for (const section of document.sections.toReversed()) {
    if (!last.has(section)) continue;
    const isGone = pruned.has(section.name) || created.has(section.name);
    const isOwn = own.has(section.name);
    if (!isGone && !isOwn) continue;
    const keys = isOldForm(section) ? [...OWN_KEYS, ...OLD_KEYS] : OWN_KEYS;
    for (const entry of section.entries.toReversed()) {
      const isOurs = keys.includes(entry.key) || isOurProcess(entry);
      if (isGone || isOurs) rest = without(rest, entry, !isGone);
    }
    const headerEnd = /\r?\n|$/.exec(text.slice(section.start))?.index ?? 0;
    const end = section.start + headerEnd;
    // What stands behind the brackets stays.
    const comment = /\](.*)$/.exec(text.slice(section.start, end))?.[1] ?? "";
    rest = rest.slice(0, section.start) + (isGone ? "" : comment) + rest.slice(end);
  }
  return rest.split(/\r?\n/).filter((line) => line.trim() !== "");
}

function isOurProcess({ key, value }: ConfigSection["entries"][number]): boolean {
  return key === "credential_process" && value.includes("ssox.js credential-process");
}

/** An inline comment of a line that is replaced goes above it. */
function without(
  text: string,
  { start, end, indent }: ConfigSection["entries"][number],
  keepsComment: boolean,
): string {
  const comment = /\s([;#].*?)\s*$/.exec(text.slice(start, end))?.[1];
  const kept = comment && keepsComment ? `${indent}${comment}\n` : "";
  return text.slice(0, start) + kept + text.slice(end);
}

/** Comments, sections and keys that somebody writes in: each line says whose it is. */
function withEdits(text: string, random: readonly number[]): string {
  const lines = text.split(/(?<=\n)/);
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  for (const [index, number] of random.slice(0, 1 + ((random[0] ?? 0) % 4)).entries()) {
    const at = number % (lines.length + 1);
    const kind = (number >> 4) % 8;
    if (lines[at - 1]?.endsWith("\n") === false) continue;
    if (kind < 4) lines.splice(at, 0, `# THEIRS ${index}${eol}`);
    else if (kind < 7 && /^\[|^\s*$/.test(lines[at] ?? "[")) {
      lines.splice(at, 0, `[profile THEIRS-${index}]${eol}`, `THEIRS${index} = 1${eol}`);
    } else lines.splice(at, 0, `THEIRS${index} = 1${eol}`);
  }
  return lines.join("");
}

function meaningOfTheirs(
  text: string,
  names: ReadonlyMap<string, string> = new Map(),
): readonly unknown[] {
  return parseConfigDocument(text).sections.flatMap((section) => {
    const settings = Object.entries(settingsOf(section)).filter(([key]) =>
      key.startsWith("theirs"),
    );
    return settings.length > 0
      ? [[section.kind, names.get(section.name) ?? section.name, settings]]
      : [];
  });
}

/** A last line without its end counts as a line, too. */
function unended({ before, after }: SyncResult): number {
  const isCut = (text: string): number => (text === "" || text.endsWith("\n") ? 0 : 1);
  return isCut(after) - isCut(before);
}

function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
