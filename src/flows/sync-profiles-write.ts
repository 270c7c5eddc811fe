import { type AwsConfig, findSession, parseAwsConfig } from "../aws/config.ts";
import { amendSections } from "../aws/config-amend.ts";
import { type ConfigDocument, parseConfigDocument } from "../aws/config-document.ts";
import { amendConfig } from "../aws/config-edit.ts";
import { settingsOf } from "../aws/config-model.ts";
import type { ConfigProblem } from "../aws/config-problems.ts";
import type { SectionSplice } from "../aws/config-splice.ts";
import { readConfigText } from "../aws/config-text.ts";
import type { Context } from "../context.ts";
import { type ExistingProfile, profilesAfter, roleId } from "../domain/profile-edit.ts";
import { type Reference, referencesIn } from "../domain/profile-references.ts";
import { reversePatch } from "../domain/reverse-patch.ts";
import { type PlannedRole, planOfRole } from "../domain/role-plan.ts";
import { holdsSecrets } from "../domain/secret-lines.ts";
import { joinPlans, type SyncPlan } from "../domain/sync-lists.ts";
import { planSync } from "../domain/sync-plan.ts";
import { SsoxError } from "../errors.ts";
import { UndoPatches } from "../state/undo-patches.ts";
import { followLinks } from "../system/files/atomic-write.ts";
import type { SessionListing } from "./sync-profiles-listing.ts";
import { type SyncChoices, syncRules } from "./sync-profiles-rules.ts";

export interface WriteChoices extends SyncChoices {
  /** Of the profiles that could be pruned only these are. */
  readonly pruned?: ReadonlySet<string>;
  /** Nothing is written but this role's profile, whatever the filter says of it. */
  readonly only?: PlannedRole;
}

/** A new text of the config file, and how it came about. */
export interface ConfigChange {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly splices: readonly SectionSplice[];
}

export interface SyncResult extends ConfigChange {
  /** Of all sessions together. */
  readonly plan: SyncPlan;
  /** How many profiles of ssox's these sessions had before. */
  readonly managed: number;
  /** What AWS clients read in different ways. */
  readonly problems: readonly ConfigProblem[];
}

/** Reads a text of the config file. @throws SsoxError `ConfigInvalid` */
export type ParseConfig = (text: string) => AwsConfig;

/** One that reads a text that is still the same no second time. */
export function configParser(file: string): ParseConfig {
  let last: AwsConfig | undefined;
  return (text) => {
    if (last?.document.text !== text) last = parseAwsConfig(file, text);
    return last;
  };
}

type Edges = Pick<Context, "clock" | "paths" | "processes" | "signal" | "terminal">;

/**
 * Brings the profiles of sessions in line with what is assigned. The file is
 * read here: listing took its time.
 *
 * @throws SsoxError `Usage`, `UnknownSession`, `ConfigInvalid`, `WriteFailed`, `FileLocked`
 */
export async function writeProfiles(
  listings: readonly SessionListing[],
  choices: WriteChoices,
  context: Edges,
  parse: ParseConfig = configParser(context.paths.configFile),
): Promise<SyncResult> {
  const planned = (text: string) => plannedSync(text, listings, choices, context, parse);
  return await writeChange(planned, context);
}

/**
 * What {@link writeProfiles} would write in place of this text.
 * @throws SsoxError `Usage`, `UnknownSession`, `ConfigInvalid`
 */
export function plannedSync(
  before: string,
  listings: readonly SessionListing[],
  choices: WriteChoices,
  context: Pick<Context, "paths" | "processes">,
  parse: ParseConfig = configParser(context.paths.configFile),
): SyncResult {
  const config = parse(before);
  const { file, document } = config;
  const { names: reserved, references } = credentialsFile(context);
  const guarded = choices.prune ? guardedProfiles(document) : new Set<string>();
  const divided = dividedProfiles(document);
  const sessions = new Set(listings.map(({ session }) => session));
  let profiles: readonly ExistingProfile[] = [...config.profiles.values()];
  const plans = listings.map(({ session, inventory, failed, known }) => {
    const unlisted = new Set(failed.map(({ accountId }) => accountId));
    // What is missing from a listing that is not whole may be there all the same.
    const isWhole = choices.prune && failed.length === 0;
    const rules = syncRules(findSession(config, session), choices, context);
    const { only } = choices;
    const whole = planSync({ ...inventory, unlisted }, profiles, {
      ...rules,
      filter: (role) => rules.filter(role) || (only !== undefined && roleId(role) === roleId(only)),
      ...{ reserved, references, guarded, divided },
      mayPrune: (role) => isWhole && known.has(role),
      agreed: choices.pruned,
    });
    const plan = only ? planOfRole(whole, session, only) : whole;
    if (listings.length > 1) profiles = profilesAfter(profiles, plan.edits, plan.pruned);
    return plan;
  });
  const plan = joinPlans(plans);
  const edits = plan.edits.map((edit) => ({ kind: "profile", ...edit }) as const);
  const { text: after, splices } = amendSections(document, edits, plan.pruned);
  const managed = [...config.profiles.values()].filter(
    ({ managedBy }) => managedBy !== undefined && sessions.has(managedBy),
  );
  const { problems } = document;
  return { file, before, after, splices, plan, managed: managed.length, problems };
}

/**
 * Replaces the config file by what is planned, and keeps what takes that back.
 *
 * @param planned called again when another program changed the file meanwhile
 * @throws SsoxError `WriteFailed`, `FileLocked`, and what `planned` throws
 */
export async function writeChange<T extends ConfigChange & { readonly plan: SyncPlan }>(
  planned: (text: string) => T,
  { clock, paths, signal, terminal }: Edges,
): Promise<T> {
  const file = paths.configFile;
  const onWait = (): void => terminal.note(`Waiting for another program to write ${file}.`);
  const prepare = ({ before, after, splices, plan }: T): (() => void) => {
    const { created, updated, renamed, pruned } = plan;
    const lists = { at: clock.now(), created, updated, renamed, pruned };
    const patches = new UndoPatches(paths.state, followLinks(file));
    try {
      const patch = { ...reversePatch(before, after, splices), ...lists };
      if (patch.hunks.some(({ replaced }) => holdsSecrets(replaced))) throw secretsInPatch(file);
      return patches.push(patch);
    } catch (error) {
      if (!(error instanceof SsoxError)) throw error;
      // Else --undo would take back an older sync than the last one.
      patches.clear();
      terminal.note(`${error.message} --undo will not take this back, nor any sync before it.`);
      return () => {};
    }
  };
  return await amendConfig(file, { onWait, signal, prepare }, planned);
}

/** Names of profiles that hold secrets of the user's. */
export function guardedProfiles({ sections, text }: ConfigDocument): ReadonlySet<string> {
  const found = sections.filter(
    ({ kind, start, bodyEnd }) => kind === "profile" && holdsSecrets(text.slice(start, bodyEnd)),
  );
  return new Set(found.map(({ name }) => name));
}

/** Names of profiles that have more than one section. */
function dividedProfiles({ sections }: ConfigDocument): ReadonlySet<string> {
  const found = new Set<string>();
  const divided = new Set<string>();
  for (const { kind, name } of sections) {
    if (kind === "profile") (found.has(name) ? divided : found).add(name);
  }
  return divided;
}

function secretsInPatch(file: string): SsoxError {
  const message = `A line with a secret of ${file} is replaced, and no copy of it is kept.`;
  return new SsoxError("WriteFailed", message, { hint: "take a copy of the file beforehand" });
}

/** What the credentials file says of names: to which it gives keys, which beat those of the config file, and which it needs. */
export function credentialsFile({ paths }: Pick<Context, "paths">): {
  readonly names: ReadonlySet<string>;
  readonly references: readonly Reference[];
} {
  try {
    const { sections } = parseConfigDocument(readConfigText(paths.credentialsFile));
    const profiles = sections.map((section) => ({
      name: section.name,
      settings: settingsOf(section),
    }));
    const names = sections.flatMap(({ entries, name }) => (entries.length > 0 ? name : []));
    return { names: new Set(names), references: referencesIn(profiles) };
  } catch (error) {
    // A file that cannot be read is no reason to write nothing: no client reads it either.
    if (!(error instanceof SsoxError)) throw error;
    return { names: new Set(), references: [] };
  }
}
