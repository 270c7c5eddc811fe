import { createHash } from "node:crypto";
import { fillTemplate, type ProfileTemplate } from "./profile-template.ts";

/** A role of one account, with what its profile's name is made of. */
export interface NamedRole {
  readonly accountId: string;
  readonly accountName: string | undefined;
  readonly email: string | undefined;
  /** The permission set's name. */
  readonly roleName: string;
}

const MAX_LENGTH = 128;
/** Names that mean something else to AWS clients. */
const RESERVED = ["default", "__proto__"];

/**
 * Today's profile names for the roles of one session, in the order of the
 * roles. They depend on which roles there are, and never on their order: where
 * two would have one name, both get the account's id, and where that does not
 * tell them apart, both get a hash of the role's name, too.
 *
 * @param taken names that other profiles of the session keep
 */
export function profileNames(
  template: ProfileTemplate,
  session: string,
  roles: readonly NamedRole[],
  taken: ReadonlySet<string>,
): readonly string[] {
  const bases = roles.map((role) => baseName(template, session, role));
  const levels = roles.map(() => 0);
  const nameOf = (index: number): string =>
    withSuffix(bases[index] ?? "", suffixOf(roles[index], levels[index] ?? 0));
  // Each round lengthens at least one name, so that it ends.
  for (;;) {
    const crowded = crowdedAmong(
      roles.map((_, index) => nameOf(index)),
      taken,
    );
    const longer = crowded.flatMap((group) => {
      const lowest = Math.min(...group.map((index) => levels[index] ?? 0));
      return lowest < 2 ? group.filter((index) => levels[index] === lowest) : [];
    });
    if (longer.length === 0) return roles.map((_, index) => nameOf(index));
    for (const index of longer) levels[index] = (levels[index] ?? 0) + 1;
  }
}

function baseName(template: ProfileTemplate, session: string, role: NamedRole): string {
  const name = fillTemplate(template, {
    account_name: role.accountName ?? "",
    account_id: role.accountId,
    role_name: role.roleName,
    session,
    email: role.email ?? "",
  });
  return RESERVED.includes(name) ? `${name}-${role.accountId}` : name;
}

function suffixOf(role: NamedRole | undefined, level: number): string {
  if (role === undefined || level === 0) return "";
  const { accountId, roleName } = role;
  return level === 1 ? `-${accountId}` : `-${accountId}-${shortHash(roleName)}`;
}

function shortHash(roleName: string): string {
  return createHash("sha256").update(roleName, "utf8").digest("hex").slice(0, 6);
}

function withSuffix(base: string, suffix: string): string {
  return base.slice(0, MAX_LENGTH - suffix.length) + suffix;
}

/** Indices of names that are not alone, in groups of one name. */
function crowdedAmong(names: readonly string[], taken: ReadonlySet<string>): readonly number[][] {
  const groups = new Map<string, number[]>();
  for (const [index, name] of names.entries()) {
    const group = groups.get(name);
    if (group) group.push(index);
    else groups.set(name, [index]);
  }
  return [...groups].flatMap(([name, group]) =>
    group.length > 1 || taken.has(name) ? [group] : [],
  );
}
