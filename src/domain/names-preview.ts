import type { Inventory } from "./inventory.ts";
import { type NamedRole, profileNames } from "./profile-names.ts";
import type { ProfileTemplate } from "./profile-template.ts";
import type { RoleFilter } from "./role-filter.ts";

/** A role, and the name that its profile would get if it were new. */
export interface PreviewedName {
  readonly name: string;
  readonly role: NamedRole;
}

/** What a template makes of the roles that are assigned. */
export interface NamesPreview {
  /** Some of them, from all over the listing. */
  readonly samples: readonly PreviewedName[];
  /** Undefined where there is no role. */
  readonly longest: PreviewedName | undefined;
  readonly count: number;
  /** How many would have another one's name, and get the account's id behind it. */
  readonly crowded: number;
}

const SAMPLES = 5;

/** @param session its name, for which a template may have a place */
export function namesPreview(
  template: ProfileTemplate,
  session: string,
  { accounts }: Inventory,
  filter: RoleFilter,
): NamesPreview {
  const roles = accounts
    .flatMap(({ id, name, email, roles }) =>
      roles.map((roleName) => ({ accountId: id, accountName: name, email, roleName })),
    )
    .filter(filter);
  const names = profileNames(template, session, roles, new Set());
  const all = roles.map((role, index) => ({ role, name: names[index] ?? "" }));
  const isCrowded = ({ role, name }: PreviewedName): boolean =>
    profileNames(template, session, [role], new Set())[0] !== name;
  return {
    samples: spread(all),
    longest: all.reduce<PreviewedName | undefined>(
      (longest, each) => (longest && longest.name.length >= each.name.length ? longest : each),
      undefined,
    ),
    count: all.length,
    crowded: all.filter(isCrowded).length,
  };
}

/** One from each fifth of the listing: of a role that is not among them yet, where there is one. */
function spread(all: readonly PreviewedName[]): readonly PreviewedName[] {
  if (all.length <= SAMPLES) return all;
  const samples: PreviewedName[] = [];
  for (let part = 0; part < SAMPLES; part += 1) {
    const start = Math.floor((part * all.length) / SAMPLES);
    const end = Math.floor(((part + 1) * all.length) / SAMPLES);
    const seen = new Set(samples.map(({ role }) => role.roleName));
    const among = all.slice(start, end);
    const sample = among.find(({ role }) => !seen.has(role.roleName)) ?? among[0];
    if (sample) samples.push(sample);
  }
  return samples;
}
