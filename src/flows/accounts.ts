import { readAwsConfig } from "../aws/config.ts";
import type { Context } from "../context.ts";
import type { InventoryAccount } from "../domain/inventory.ts";
import { SsoxError } from "../errors.ts";
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
  /** Milliseconds since the epoch. */
  readonly listedAt: number;
}

export interface AssignedRole {
  readonly account: InventoryAccount;
  readonly roleName: string;
  /** The profiles of the config file that name it. */
  readonly profiles: readonly string[];
}

/** The accounts that are assigned to the user, sorted by name. */
export async function accounts(
  input: ListingInput,
  context: Context,
): Promise<Listing<InventoryAccount>> {
  const session = await chosenSession(input.session, context);
  const { inventory, listedAt } = await currentInventory(session, input, context);
  const items = inventory.accounts.filter(({ id, name = "", email = "" }) =>
    matches([id, name, email], input.filter),
  );
  return { items: [...items].sort(byName), listedAt };
}

/** The account and role pairs that are assigned to the user. */
export async function roles(
  input: ListingInput & { readonly account: string | undefined },
  context: Context,
): Promise<Listing<AssignedRole>> {
  const session = await chosenSession(input.session, context);
  const { inventory, listedAt } = await currentInventory(session, input, context);
  const profiles = profilesByRole(session.name, context);
  const among = accountsCalled(input.account, inventory.accounts);
  const items = [...among].sort(byName).flatMap((account) =>
    account.roles.map((roleName) => ({
      account,
      roleName,
      profiles: profiles.get(`${account.id} ${roleName}`) ?? [],
    })),
  );
  const kept = items.filter(({ account, roleName, profiles }) =>
    matches([account.id, account.name ?? "", roleName, ...profiles], input.filter),
  );
  return { items: kept, listedAt };
}

function accountsCalled(
  wanted: string | undefined,
  all: readonly InventoryAccount[],
): readonly InventoryAccount[] {
  if (wanted === undefined) return all;
  const found = all.filter(({ id, name }) => {
    return id === wanted || name?.toLowerCase() === wanted.toLowerCase();
  });
  if (found.length > 0) return found;
  throw new SsoxError("UnknownAccount", `No account is called ${JSON.stringify(wanted)}.`, {
    hint: "ssox accounts --refresh",
  });
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

function matches(texts: readonly string[], filter: string | undefined): boolean {
  if (filter === undefined) return true;
  return texts.some((text) => text.toLowerCase().includes(filter.toLowerCase()));
}

function byName(a: InventoryAccount, b: InventoryAccount): number {
  const keys = ({ name, id }: InventoryAccount) => `${(name ?? id).toLowerCase()}\n${id}`;
  return keys(a) < keys(b) ? -1 : 1;
}
