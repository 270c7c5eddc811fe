import { SsoxError } from "../errors.ts";
import { assignedRoles, assignRole, unassignRole } from "./assignments.ts";
import { type Fault, pending } from "./faults/fault.ts";
import type { Instance, User } from "./instances.ts";
import { changed, type LabChanges } from "./options.ts";
import type { LabAccount } from "./organisation/organisation.ts";
import type { LabState } from "./state.ts";
import { instanceOf, usualUser } from "./users.ts";

/** Which user has which role in which account. */
export interface Assignment {
  readonly accountId: string;
  readonly roleName: string;
  /** The usual user when absent. */
  readonly user?: string;
  /** The lab's first when absent. */
  readonly startUrl?: string;
  /** The session length of a role that the account does not have yet. */
  readonly sessionSeconds?: number;
}

/**
 * Changes settings; what was issued before keeps the end that it had.
 * @throws SsoxError `Usage`, and nothing has changed
 */
export function configure(state: LabState, changes: LabChanges): void {
  const settings = changed(state.settings, changes);
  const { user, vanity } = settings;
  const instances = [...state.instances.values()];
  if (user !== undefined && !instances.some(({ users }) => users.has(user))) {
    throw unknown("user", user);
  }
  for (const startUrl of Object.values(vanity)) {
    if (!instanceOf(state, startUrl)) throw unknown("start URL", startUrl);
  }
  state.settings = settings;
  // Else a limit that was raised would still be short of what the old one lacked.
  if (changes.rateLimits) state.buckets.clear();
}

/** Lets something go wrong, after all faults that wait already. */
export function addFault(state: LabState, fault: Fault): void {
  state.faults = [...state.faults, pending(fault)];
}

/**
 * Assigns a role, and makes it when the account has none of that name. Sessions
 * that live do not see it: the user has to sign out and in.
 * @throws SsoxError `Usage` for an unknown account, user or start URL
 */
export function assign(state: LabState, assignment: Assignment): void {
  const { user, account } = placeOf(state, assignment);
  const { roleName: name, sessionSeconds } = assignment;
  if (!/^[\w+=,.@-]{1,32}$/.test(name)) throw unknown("role name", name);
  const known = account.roles.find((role) => role.name === name);
  const fresh = sessionSeconds === undefined ? { name } : { name, sessionSeconds };
  assignRole(user, account, known ?? fresh);
}

/**
 * Takes a role away at once; credentials that were issued live on.
 * @throws SsoxError `Usage` for what is not assigned
 */
export function unassign(state: LabState, assignment: Assignment): void {
  const { user, account } = placeOf(state, assignment);
  if (!unassignRole(user, account, assignment.roleName)) {
    throw unknown("assigned role", assignment.roleName);
  }
}

/** Everything that is assigned now, at every start URL. */
export function assignments(state: LabState): Required<Omit<Assignment, "sessionSeconds">>[] {
  return [...state.instances.values()].flatMap(({ startUrl, users, accountList }) =>
    [...users.values()].flatMap((user) =>
      accountList.flatMap((account) =>
        assignedRoles(user, account).map(({ role }) => ({
          startUrl,
          user: user.name,
          accountId: account.id,
          roleName: role.name,
        })),
      ),
    ),
  );
}

interface Place {
  readonly user: User;
  readonly account: LabAccount;
}

function placeOf(state: LabState, { startUrl, user: name, accountId }: Assignment): Place {
  const instance = startUrl === undefined ? state.usual : instanceOf(state, startUrl);
  if (!instance) throw unknown("start URL", startUrl);
  const user = userOf(state, instance, name);
  const account = instance.accounts.get(accountId);
  if (!user) throw unknown("user", name);
  if (!account) throw unknown("account", accountId);
  return { user, account };
}

function userOf(state: LabState, instance: Instance, name: string | undefined): User | undefined {
  return name === undefined ? usualUser(state, instance) : instance.users.get(name);
}

function unknown(what: string, value: unknown): SsoxError {
  return new SsoxError("Usage", `The lab does not know the ${what} ${JSON.stringify(value)}.`, {
    hint: "ssox lab --help",
  });
}
