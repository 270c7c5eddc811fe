import { type ExistingProfile, heldRole } from "./profile-edit.ts";
import { type Reference, stillNeeded } from "./profile-references.ts";
import {
  type Conflict,
  defaultConflict,
  neededConflict,
  rolelessConflict,
  secretsConflict,
} from "./sync-conflict.ts";

/** What becomes of a profile of ssox's when no role asks for it. */
export interface Fate {
  readonly kind: "unchanged" | "stale" | "pruned" | "conflict";
  /** Why it stays, where it would go, or be something else. */
  readonly conflict?: Conflict;
}

export interface FateRules extends StayRules {
  readonly session: string;
  /** Which stale profiles may go, by the role that they name (`roleId`). */
  readonly mayPrune: (role: string) => boolean;
  /** Names of those that may go, of which somebody was asked; undefined: all. */
  readonly agreed?: ReadonlySet<string> | undefined;
}

export interface StayRules {
  /** Profiles with secrets of the user's, which do not go: they would lie on in the patch. */
  readonly guarded: ReadonlySet<string>;
  /** What profiles of either file have their credentials from. */
  readonly references: readonly Reference[];
}

/** A profile that is to go. */
export type Leaving = Pick<Conflict, "name" | "accountId" | "roleName">;

/**
 * By name the fates of the profiles that ssox manages for the session.
 *
 * @param isAssigned by `roleId`; also where that is not known
 */
export function fatesOf(
  profiles: Iterable<ExistingProfile>,
  isAssigned: (role: string) => boolean,
  rules: FateRules,
): ReadonlyMap<string, Fate> {
  const { session, mayPrune, agreed } = rules;
  const fates = new Map<string, Fate>();
  const leaving: Leaving[] = [];
  for (const profile of profiles) {
    const { name, settings } = profile;
    if (settings["ssox_managed"] !== session) continue;
    const id = heldRole(profile, session);
    if (id === undefined) fates.set(name, { kind: "conflict", conflict: rolelessConflict(name) });
    else if (isAssigned(id)) fates.set(name, { kind: "unchanged" });
    else fates.set(name, { kind: "stale" });
    if (fates.get(name)?.kind !== "stale" || id === undefined || !mayPrune(id)) continue;
    const [accountId, roleName] = id.split(" ");
    leaving.push({ name, accountId, roleName });
  }
  const going = leaving.filter(({ name }) => agreed?.has(name) ?? true);
  for (const { name } of going) fates.set(name, { kind: "pruned" });
  // What is not to go after all may be what needs another one.
  for (const some of [leaving, going]) {
    for (const conflict of stayingOf(some, rules)) {
      fates.set(conflict.name, { kind: "stale", conflict });
    }
  }
  return fates;
}

/** Those that stay all the same, and why. */
export function stayingOf(
  leaving: readonly Leaving[],
  { guarded, references }: StayRules,
): readonly Conflict[] {
  const kept = leaving.flatMap((profile) => {
    if (guarded.has(profile.name)) return secretsConflict(profile);
    return profile.name === "default" ? defaultConflict(profile) : [];
  });
  const names = new Set(kept.map(({ name }) => name));
  const going = leaving.filter(({ name }) => !names.has(name));
  const needed = stillNeeded(
    going.map(({ name }) => name),
    references,
  );
  return [
    ...kept,
    ...going.flatMap((profile) => {
      const reference = needed.get(profile.name);
      return reference ? neededConflict(profile, reference) : [];
    }),
  ];
}
