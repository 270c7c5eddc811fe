import type { AssignedRole, Session, User } from "./instances.ts";
import type { LabAccount, LabRole } from "./organisation/organisation.ts";

/** The accounts that a session's user may see, in the organisation's order. */
export function accountsOf(session: Session): readonly LabAccount[] {
  const { user } = session;
  if (session.listing?.revision === user.revision) return session.listing.accounts;
  const { accountList } = user.instance;
  const accounts =
    user.hasAll && user.roles.size === 0
      ? accountList
      : accountList.filter((account) => seesAccount(session, account));
  session.listing = { revision: user.revision, accounts };
  return accounts;
}

/**
 * The roles that a session's user may use in an account: what was assigned
 * before the sign-in and is assigned still. Undefined: the account is none of
 * the user's.
 */
export function rolesOf(session: Session, accountId: string): readonly LabRole[] | undefined {
  const account = session.user.instance.accounts.get(accountId);
  return account && seesAccount(session, account) ? visibleRoles(session, account) : undefined;
}

/** Assigns a role, which the account gets if it does not know it yet. Sessions that live do not see it. */
export function assignRole(user: User, account: LabAccount, role: LabRole): void {
  const assigned = assignedRoles(user, account);
  const others = assigned.filter((one) => one.role.name !== role.name);
  const known = assigned.find((one) => one.role.name === role.name);
  user.revision += 1;
  const since = known?.since ?? user.revision;
  user.roles.set(account.id, [...others, { role, since }]);
}

/** Takes an assignment away, at once; says whether there was one. */
export function unassignRole(user: User, account: LabAccount, roleName: string): boolean {
  const assigned = assignedRoles(user, account);
  const left = assigned.filter(({ role }) => role.name !== roleName);
  if (left.length === assigned.length) return false;
  user.revision += 1;
  user.roles.set(account.id, left);
  return true;
}

/** What the user has in the account now, whichever session sees it. */
export function assignedRoles(user: User, account: LabAccount): readonly AssignedRole[] {
  const chosen = user.roles.get(account.id);
  if (chosen) return chosen;
  return user.hasAll ? account.roles.map((role) => ({ role, since: 0 })) : [];
}

/** An account of which nothing was ever changed is seen even if it has no roles. */
function seesAccount(session: Session, account: LabAccount): boolean {
  const chosen = session.user.roles.get(account.id);
  if (chosen === undefined) return session.user.hasAll;
  return chosen.some(({ since }) => since <= session.revision);
}

function visibleRoles({ user, revision }: Session, account: LabAccount): readonly LabRole[] {
  const chosen = user.roles.get(account.id);
  if (chosen === undefined) return account.roles;
  return chosen.filter(({ since }) => since <= revision).map(({ role }) => role);
}
