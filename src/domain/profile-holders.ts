import { type AdoptingSession, adoptableRole } from "./adoptable-role.ts";
import { byByteOrder } from "./byte-order.ts";
import { type ExistingProfile, heldRole, isOldForm, roleId } from "./profile-edit.ts";
import type { NamedRole } from "./profile-names.ts";

/** By role the profiles that name it, sorted by name in byte order. */
export type Holders = Map<string, ExistingProfile[]>;

/** The profiles that name a role of the session. */
export function holdersOf(profiles: readonly ExistingProfile[], session: string): Holders {
  return byRole(profiles, (profile) => heldRole(profile, session));
}

/**
 * Adds profiles of the user's: for a role that has none the first of several,
 * and all of the old form, whose token nobody can renew.
 */
export function adopt(
  holders: Holders,
  wanted: readonly NamedRole[],
  existing: ReadonlyMap<string, ExistingProfile>,
  session: AdoptingSession,
): void {
  const candidates = byRole([...existing.values()], (profile) => adoptableRole(profile, session));
  for (const id of wanted.map(roleId)) {
    const held = holders.get(id) ?? [];
    const found = candidates.get(id) ?? [];
    const taken = found.filter(
      (profile, index) => isOldForm(profile) || (held.length === 0 && index === 0),
    );
    if (taken.length === 0) continue;
    holders.set(
      id,
      [...held, ...taken].toSorted((a, b) => byByteOrder(a.name, b.name)),
    );
  }
}

function byRole(
  profiles: readonly ExistingProfile[],
  roleOf: (profile: ExistingProfile) => string | undefined,
): Holders {
  const holders: Holders = new Map();
  for (const profile of profiles.toSorted((a, b) => byByteOrder(a.name, b.name))) {
    const id = roleOf(profile);
    if (id === undefined) continue;
    const others = holders.get(id);
    if (others) others.push(profile);
    else holders.set(id, [profile]);
  }
  return holders;
}
