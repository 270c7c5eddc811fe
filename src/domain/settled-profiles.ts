import { byByteOrder } from "./byte-order.ts";
import type { Inventory } from "./inventory.ts";
import { roleId } from "./profile-edit.ts";
import type { RoleFilter } from "./role-filter.ts";

/** A profile of ssox's that names its role by the `sso_` keys, and has no key of the user's. */
export interface PlainProfile {
  readonly name: string;
  /** `sso_session` */
  readonly session: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly region: string | undefined;
}

/**
 * The names of the profiles where each role that is wanted has one, and each
 * of them is as `planSync` would leave it; sorted. Undefined where that is not so.
 */
export function settledNames(
  profiles: readonly PlainProfile[],
  { accounts }: Inventory,
  { session, region, filter }: SettledRules,
): readonly string[] | undefined {
  const assigned = new Set<string>();
  const wanting = new Set<string>();
  for (const { id: accountId, name: accountName, roles } of accounts) {
    for (const roleName of roles) {
      const id = roleId({ accountId, roleName });
      assigned.add(id);
      if (filter({ accountId, accountName, roleName })) wanting.add(id);
    }
  }
  for (const profile of profiles) {
    const id = roleId(profile);
    const isAsWanted = region === undefined || profile.region === region;
    if (profile.session !== session || !assigned.has(id) || !isAsWanted) return undefined;
    wanting.delete(id);
  }
  if (wanting.size > 0) return undefined;
  return profiles.map(({ name }) => name).sort(byByteOrder);
}

interface SettledRules {
  readonly session: string;
  /** The `region` of every profile; undefined where it is left alone. */
  readonly region: string | undefined;
  readonly filter: RoleFilter;
}
