import type { LabAccount, LabRole, LabUser, Organisation } from "./organisation/organisation.ts";

/** One start URL with its own users, assignments and sessions. */
export interface Instance {
  readonly startUrl: string;
  readonly accountList: readonly LabAccount[];
  /** By account id. */
  readonly accounts: ReadonlyMap<string, LabAccount>;
  /** By name, in the organisation's order. */
  readonly users: ReadonlyMap<string, User>;
}

export interface User {
  readonly name: string;
  readonly email: string | undefined;
  readonly instance: Instance;
  /** Accounts that `roles` does not list are assigned with all their roles; else not at all. */
  readonly hasAll: boolean;
  /** By account id: roles that were chosen for this user, or changed since the start. */
  readonly roles: Map<string, readonly AssignedRole[]>;
  /** Grows with every change of the assignments. */
  revision: number;
  /** The session that the user's browser holds; may be over. */
  session: Session | undefined;
}

export interface AssignedRole {
  readonly role: LabRole;
  /** The revision that brought it: sessions older than that do not see it. */
  readonly since: number;
}

/** One sign-in of a user in the browser; ended by its time or by Logout. */
export interface Session {
  readonly user: User;
  /** The user's revision at the sign-in. */
  readonly revision: number;
  readonly endsAt: number;
  loggedOut: boolean;
  /** What ListAccounts shows, as long as the user's revision stays the same. */
  listing: { readonly revision: number; readonly accounts: readonly LabAccount[] } | undefined;
}

/** A start URL and who and what is behind it. */
export interface LabInstance {
  readonly startUrl: string;
  readonly organisation: Organisation;
}

export function createInstance({ startUrl, organisation }: LabInstance): Instance {
  const users = new Map<string, User>();
  const accounts = new Map(organisation.accounts.map((account) => [account.id, account]));
  const instance = { startUrl, accountList: organisation.accounts, accounts, users };
  for (const user of organisation.users) users.set(user.name, userFrom(user, instance));
  return instance;
}

/** The start URL names the same portal, however it ends: `/start`, `/start/`, `/start#/`. */
export function portalOf(startUrl: string): string {
  return startUrl.replace(/#.*$/, "").replace(/\/+$/, "");
}

function userFrom({ name, email, assignments }: LabUser, instance: Instance): User {
  const roles = new Map<string, readonly AssignedRole[]>();
  for (const [accountId, names] of assignments ?? []) {
    const known = instance.accounts.get(accountId)?.roles ?? [];
    const assigned = known.filter((role) => names.includes(role.name));
    roles.set(
      accountId,
      assigned.map((role) => ({ role, since: 0 })),
    );
  }
  const hasAll = assignments === undefined;
  return { name, email, instance, hasAll, roles, revision: 0, session: undefined };
}
