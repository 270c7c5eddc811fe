import { accountsOf, rolesOf } from "../assignments.ts";
import type { Answer } from "../exchange.ts";
import type { Instance, Session, User } from "../instances.ts";
import type { LabAccount, LabRole } from "../organisation/organisation.ts";
import type { LabState } from "../state.ts";
import { instanceOf } from "../users.ts";
import { instancePage, messagePage, userPage } from "./pages.ts";

/** An account with those of its roles that are assigned. */
export interface AssignedAccount {
  readonly account: LabAccount;
  readonly roles: readonly LabRole[];
}

/** Who looks at the portal's pages. Nobody signs in there: they only read. */
export interface Visitor {
  readonly user: User;
  /** What leads a link to the same user of the same start URL. */
  readonly query: Readonly<Record<"start_url" | "user", string>>;
  /** There is another user or start URL to choose. */
  readonly hasChoice: boolean;
}

/**
 * The visitor that `start_url` and `user` in the query name, or the page that
 * asks for what they leave open.
 * @param path of the page that is asked for
 * @param rest what the query says besides
 */
export function visitorOf(
  path: string,
  query: URLSearchParams,
  rest: Readonly<Record<string, string>>,
  state: LabState,
): Visitor | Answer {
  const instances = [...state.instances.values()];
  const instance = chosenInstance(query, instances, state);
  if (!instance) return instancePage(path, rest, instances);
  const users = [...instance.users.values()];
  if (users.length === 0) return messagePage(404, "No user", "This start URL has no users.");
  const start_url = instances.length === 1 ? "" : instance.startUrl;
  const user = chosenUser(query, users);
  if (!user) return userPage(path, { ...rest, start_url }, users, query.has("user"));
  const hasChoice = users.length > 1 || instances.length > 1;
  return { user, query: { start_url, user: user.name }, hasChoice };
}

/** What is assigned to the user now: what a session that begins now would see. */
export function assignedAccounts(user: User): readonly AssignedAccount[] {
  const session = sessionFor(user);
  return accountsOf(session).map((account) => ({
    account,
    roles: rolesOf(session, account.id) ?? [],
  }));
}

/** As {@link assignedAccounts}, of one account. */
export function assignedAccount(user: User, accountId: string): AssignedAccount | undefined {
  const account = user.instance.accounts.get(accountId);
  const roles = rolesOf(sessionFor(user), accountId);
  return account && roles ? { account, roles } : undefined;
}

function chosenInstance(
  query: URLSearchParams,
  instances: readonly Instance[],
  state: LabState,
): Instance | undefined {
  const startUrl = query.get("start_url");
  if (startUrl !== null) return instanceOf(state, startUrl);
  return instances.length === 1 ? instances[0] : undefined;
}

/** Where there is only one, nobody needs to choose. */
function chosenUser(query: URLSearchParams, users: readonly User[]): User | undefined {
  const name = query.get("user");
  if (name !== null) return users.find((user) => user.name === name);
  return users.length === 1 ? users[0] : undefined;
}

function sessionFor(user: User): Session {
  return { user, revision: user.revision, endsAt: 0, loggedOut: false, listing: undefined };
}
