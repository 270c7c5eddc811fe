import type { InventoryAccount } from "./inventory.ts";

/** What can be picked. */
export type PickEntry = NamedEntry | UnnamedRole;

/** A profile, and as far as it is known beforehand whose role it is. */
export interface NamedEntry {
  readonly profile: string;
  readonly accountId?: string | undefined;
  readonly accountName?: string | undefined;
  readonly role?: string | undefined;
  /** Of a profile that names a role of IAM Identity Center itself. */
  readonly session?: string | undefined;
}

/** A role of IAM Identity Center that no profile names. */
export interface UnnamedRole {
  readonly profile?: undefined;
  readonly accountId: string;
  readonly accountName: string | undefined;
  readonly role: string;
  readonly session: string;
}

/** What is assigned in a session, as it was last listed. */
export interface ListedSession {
  readonly session: string;
  readonly accounts: readonly InventoryAccount[];
}

/**
 * All that can be picked: the profiles, and the listed roles that none of them
 * names. Those picked lately come first, the others by account, role and profile.
 *
 * @param profiles those without an account's id have no `accountName` either
 * @param recent `pickKey` of each, the latest first
 */
export function pickEntries(
  profiles: readonly NamedEntry[],
  listed: readonly ListedSession[],
  recent: readonly string[],
): readonly PickEntry[] {
  const accounts = new Map<string, AccountEntries>();
  for (const entry of profiles) {
    const { accountId, profile } = entry;
    // A profile whose account nobody knows stands among them as if it were one.
    const key = accountId ?? `profile ${profile}`;
    accountOf(accounts, key, accountId === undefined ? profile : undefined).entries.push(entry);
  }
  for (const { session, accounts: found } of listed) {
    for (const { id, name, roles } of found)
      addRoles(accountOf(accounts, id, name), id, roles, session);
  }
  return recentFirst([...accounts].sort(byName).flatMap(entriesOf), recent);
}

/** Names an entry for a later run: the profile, or session, account and role. */
export function pickKey(entry: PickEntry): string {
  if (entry.profile !== undefined) return `profile ${entry.profile}`;
  const { accountId, role, session } = entry;
  return `role ${accountId} ${role} ${session}`;
}

interface AccountEntries {
  name: string | undefined;
  readonly entries: PickEntry[];
}

function accountOf(
  accounts: Map<string, AccountEntries>,
  key: string,
  name: string | undefined,
): AccountEntries {
  const account = accounts.get(key) ?? { name, entries: [] };
  account.name ??= name;
  accounts.set(key, account);
  return account;
}

/** One by one, and not by a set of all roles: there may be tens of thousands. */
function addRoles(
  { entries, name: accountName }: AccountEntries,
  accountId: string,
  roles: readonly string[],
  session: string,
): void {
  for (const role of roles) {
    if (entries.some((entry) => entry.role === role && entry.session === session)) continue;
    entries.push({ accountId, accountName, role, session });
  }
}

function byName([a, { name: first = a }]: Sorted, [b, { name: second = b }]: Sorted): number {
  const [one, other] = [first.toLowerCase(), second.toLowerCase()];
  if (one !== other) return one < other ? -1 : 1;
  return a < b ? -1 : 1;
}

type Sorted = readonly [key: string, account: AccountEntries];

function entriesOf([, { name, entries }]: Sorted): readonly PickEntry[] {
  if (entries.length > 1) entries.sort(byRole);
  return entries.map((entry) => {
    if (entry.profile === undefined || entry.accountId === undefined) return entry;
    const { profile, accountId, role, session } = entry;
    return { profile, accountId, accountName: name, role, session };
  });
}

function byRole(a: PickEntry, b: PickEntry): number {
  const [first = "", second = ""] = [a.role, b.role];
  if (first !== second) return first < second ? -1 : 1;
  return (a.profile ?? "") < (b.profile ?? "") ? -1 : 1;
}

function recentFirst(
  entries: readonly PickEntry[],
  recent: readonly string[],
): readonly PickEntry[] {
  if (recent.length === 0) return entries;
  const latest = new Map(recent.map((key, age) => [key, age]));
  const picked: [age: number, entry: PickEntry][] = [];
  const others: PickEntry[] = [];
  for (const entry of entries) {
    const age = latest.get(pickKey(entry));
    if (age === undefined) others.push(entry);
    else picked.push([age, entry]);
  }
  picked.sort(([a], [b]) => a - b);
  return [...picked.map(([, entry]) => entry), ...others];
}
