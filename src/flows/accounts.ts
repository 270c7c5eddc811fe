import path from "node:path";
import { readAwsConfig, type SsoSession } from "../aws/config.ts";
import { roleCacheFile } from "../aws/role-cache.ts";
import { tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import type { FailedAccount, InventoryAccount } from "../domain/inventory.ts";
import { roleSessionSeconds } from "../domain/session-end.ts";
import { SessionMarks } from "../state/session-marks.ts";
import { accountCalled } from "./account-called.ts";
import { currentInventory } from "./inventory.ts";
import { chosenSession } from "./sessions.ts";
import type { MaySignIn } from "./token.ts";

export interface ListingInput {
  readonly session: string | undefined;
  /** Keeps what has this text in any column, whatever the case. */
  readonly filter: string | undefined;
  readonly refresh: boolean;
  readonly maySignIn: MaySignIn;
}

export interface Listing<T> {
  readonly items: readonly T[];
  /** When it was begun, in milliseconds since the epoch; undefined for one that was just made, as a whole. */
  readonly listedAt: number | undefined;
  readonly failed: readonly FailedAccount[];
}

export interface AssignedRole {
  readonly account: InventoryAccount;
  readonly roleName: string;
  /** The profiles of the config file that name it. */
  readonly profiles: readonly string[];
  /** How long its credentials last, in seconds; undefined where ssox has not fetched any. */
  readonly sessionSeconds: number | undefined;
}

/**
 * The accounts that are assigned to the user, sorted by name.
 *
 * @throws SsoxError `UnknownSession`, `Usage`, `ConfigInvalid`, and what listing throws
 */
export async function accounts(
  input: ListingInput,
  context: Context,
): Promise<Listing<InventoryAccount>> {
  const session = await chosenSession(input.session, context);
  const { inventory, listedAt, failed } = await listingOf(session, input, context);
  const items = inventory.accounts.filter(({ id, name = "", email = "" }) =>
    matches([id, name, email], input.filter),
  );
  return { items: items.sort(byName), listedAt, failed };
}

/**
 * The account and role pairs that are assigned to the user, sorted by the
 * account's name.
 *
 * @throws SsoxError `UnknownAccount`, and as {@link accounts}
 */
export async function roles(
  input: ListingInput & { readonly account: string | undefined },
  context: Context,
): Promise<Listing<AssignedRole>> {
  const session = await chosenSession(input.session, context);
  const { inventory, listedAt, failed } = await listingOf(session, input, context);
  const { account: wanted } = input;
  const among =
    wanted === undefined
      ? inventory.accounts.toSorted(byName)
      : [accountCalled(wanted, session, inventory.accounts)];
  const profiles = profilesByRole(session.name, context);
  const secondsOf = sessionSecondsByRole(session, context);
  const items = among.flatMap((account) =>
    account.roles.map((roleName) => ({
      account,
      roleName,
      profiles: profiles.get(`${account.id} ${roleName}`) ?? [],
      sessionSeconds: secondsOf(account.id, roleName),
    })),
  );
  const shown = items.filter(({ account, roleName, profiles }) =>
    matches([account.id, account.name ?? "", roleName, ...profiles], input.filter),
  );
  const ids = new Set(among.map(({ id }) => id));
  return { items: shown, listedAt, failed: failed.filter(({ accountId }) => ids.has(accountId)) };
}

async function listingOf(session: SsoSession, input: ListingInput, context: Context) {
  const askedAt = context.clock.now();
  const { listedAt, ...rest } = await currentInventory(session, input, context);
  return { ...rest, listedAt: listedAt >= askedAt ? undefined : listedAt };
}

function profilesByRole(sessionName: string, { paths }: Context): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { name, sso } of readAwsConfig(paths.configFile).profiles.values()) {
    if (sso?.session?.name !== sessionName) continue;
    const role = `${sso.accountId} ${sso.roleName}`;
    found.set(role, [...(found.get(role) ?? []), name]);
  }
  return found;
}

/** No answer of the portal tells it: it is seen when credentials are fetched. */
function sessionSecondsByRole(
  session: SsoSession,
  { paths }: Context,
): (accountId: string, roleName: string) => number | undefined {
  const marks = new SessionMarks(paths.state, tokenFile(paths.tokenCache, session));
  // Most roles have none: thousands of files are not looked for one by one.
  const marked = new Set(marks.markedRoles());
  return (accountId, roleName) => {
    const file = roleCacheFile(paths.roleCache, { session, accountId, roleName });
    const mark = marked.has(path.basename(file)) ? marks.roleMark(file) : undefined;
    return mark && roleSessionSeconds(mark.obtainedAt, mark.expiration);
  };
}

function matches(texts: readonly string[], filter: string | undefined): boolean {
  if (filter === undefined) return true;
  return texts.some((text) => text.toLowerCase().includes(filter.toLowerCase()));
}

function byName(a: InventoryAccount, b: InventoryAccount): number {
  const keys = ({ name, id }: InventoryAccount) => `${(name ?? id).toLowerCase()}\n${id}`;
  return keys(a) < keys(b) ? -1 : 1;
}
