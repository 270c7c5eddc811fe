import { type AwsConfig, findSession, parseRest } from "../aws/config.ts";
import { type ManagedProfile, managedProfiles } from "../aws/config-managed-section.ts";
import type { Context } from "../context.ts";
import { settledNames } from "../domain/settled-profiles.ts";
import type { SessionListing } from "./sync-profiles-listing.ts";
import { syncRules } from "./sync-profiles-rules.ts";
import type { SyncResult, WriteChoices } from "./sync-profiles-write.ts";

/** The config file, with less made of the profiles that ssox wrote than the whole grammar makes. */
export interface SketchedConfig {
  readonly text: string;
  /** Those that are exactly as ssox writes them. */
  readonly managed: readonly ManagedProfile[];
  /** All the others, and the sessions. Its lines are not those of the file. */
  readonly rest: AwsConfig;
}

/** @throws SsoxError `ConfigInvalid`, in words that are of no use to people */
export function sketched(file: string, text: string): SketchedConfig | undefined {
  const found = managedProfiles(text);
  const rest = found && parseRest(file, found.rest);
  return rest && { text, managed: found.profiles, rest };
}

/**
 * What `plannedSync` makes of a file in which there is nothing to change, sooner,
 * as there are thousands of profiles; undefined for every other one, and where
 * choices want more than new profiles.
 *
 * @throws SsoxError as {@link sketched}
 */
export function settledSync(
  { text, managed, rest }: SketchedConfig,
  { session, inventory }: SessionListing,
  choices: WriteChoices,
  context: Pick<Context, "paths" | "processes">,
): SyncResult | undefined {
  if (choices.adopt || choices.rename || choices.prune) return undefined;
  const rules = syncRules(findSession(rest, session), choices, context);
  const hasOwn = [...rest.profiles.values()].some(({ managedBy }) => managedBy === session);
  if (hasOwn || rules.form === "credential-process") return undefined;
  const own = managed.filter(({ managedBy }) => managedBy === session);
  const unchanged = settledNames(own, inventory, rules);
  if (unchanged === undefined) return undefined;
  const none = { created: [], updated: [], renamed: [], pruned: [], stale: [], conflicts: [] };
  return {
    file: context.paths.configFile,
    before: text,
    after: text,
    splices: [],
    plan: { ...none, unchanged, edits: [] },
    managed: own.length,
    // They are told where nothing is written.
    problems: [],
  };
}
