import { allSessionNames, findSession, type SsoSession } from "../aws/config.ts";
import { type SketchedProfiles, sketchAwsProfiles } from "../aws/profiles.ts";
import type { Context } from "../context.ts";
import { type NamedEntry, type PickEntry, pickEntries } from "../domain/pick-entries.ts";
import { SsoxError } from "../errors.ts";
import { type KeptInventory, keptInventory } from "../state/inventory-cache.ts";
import { recentPicks } from "../state/recent-picks.ts";
import { roleOf, sessionOf, targetOfProfile } from "./configured-target.ts";

/** What can be picked, and whence it is known. */
export interface Pickable {
  readonly entries: readonly PickEntry[];
  /** The sessions of the config file that have all that is needed, with their last listings. */
  readonly sessions: readonly ListingOfSession[];
}

export interface ListingOfSession {
  readonly session: SsoSession;
  /** Undefined where none is kept. */
  readonly listed: KeptInventory | undefined;
}

/**
 * The profiles that have credentials, and the roles of the last listings, however
 * old: nothing is asked of a service, and nobody waits for one.
 *
 * @throws SsoxError `ConfigInvalid`
 */
export function pickable({ paths }: Pick<Context, "paths">): Pickable {
  const sketch = sketchAwsProfiles(paths);
  const sessions = sessionsOf(sketch).map((session) => {
    return { session, listed: keptInventory(paths.cache, session) };
  });
  return { entries: entriesOf(sketch, sessions, paths.state), sessions };
}

function entriesOf(
  sketch: SketchedProfiles,
  sessions: readonly ListingOfSession[],
  stateFolder: string,
): readonly PickEntry[] {
  const listed = sessions.map(({ session: { name }, listed: found }) => {
    return { session: name, accounts: found?.inventory.accounts ?? [] };
  });
  return pickEntries(profilesOf(sketch), listed, recentPicks(stateFolder));
}

function sessionsOf({ rest: { config } }: SketchedProfiles): readonly SsoSession[] {
  return allSessionNames(config).flatMap((name) => ifKnown(() => findSession(config, name)));
}

function profilesOf({ managed, rest }: SketchedProfiles): readonly NamedEntry[] {
  const written = managed.filter(({ session }) => rest.config.sessions.has(session));
  const sketched = new Set(managed.map(({ name }) => name));
  const others = [...rest.table.keys()].filter((name) => !sketched.has(name));
  return [
    ...written.map(({ name, accountId, roleName, session }) => {
      return { profile: name, accountId, role: roleName, session };
    }),
    ...others.flatMap((name) => ifKnown(() => entryOf(name, rest))),
  ];
}

/** @throws SsoxError for a profile without credentials */
function entryOf(profile: string, profiles: SketchedProfiles["rest"]): NamedEntry {
  const target = targetOfProfile(profiles, profile);
  const { accountId, roleName } = roleOf(target);
  const session = target.roles.length === 0 ? sessionOf(target)?.name : undefined;
  return { profile, accountId, role: roleName, session };
}

function ifKnown<T>(find: () => T): T | readonly [] {
  try {
    return find();
  } catch (error) {
    if (error instanceof SsoxError) return [];
    throw error;
  }
}
