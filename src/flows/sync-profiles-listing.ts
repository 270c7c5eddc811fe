import type { SsoSession } from "../aws/config.ts";
import type { Context } from "../context.ts";
import type { FailedAccount, Inventory } from "../domain/inventory.ts";
import { roleId } from "../domain/profile-edit.ts";
import { SsoxError } from "../errors.ts";
import { keptInventory } from "../state/inventory-cache.ts";
import { rememberRoles } from "../state/known-roles.ts";
import { isOfAnotherSignIn, listInventory } from "./inventory.ts";
import type { RequestLimiter } from "./request-limiter.ts";
import type { MaySignIn } from "./token.ts";

export interface ListingOptions {
  /** Takes the kept listing, and asks nobody. */
  readonly cached: boolean;
  readonly maySignIn: MaySignIn;
  /** Profiles may be removed for what is not listed. */
  readonly prune: boolean;
}

/** What profiles of one session are written from. */
export interface SessionListing {
  readonly session: string;
  readonly inventory: Inventory;
  readonly failed: readonly FailedAccount[];
  /** Every role that was ever listed on this machine (`roleId`). */
  readonly known: ReadonlySet<string>;
  /** Milliseconds since the epoch; undefined for one that was just made, as a whole. */
  readonly listedAt: number | undefined;
}

/**
 * What is assigned in a session: listed at the service, or with `cached` as it was last.
 *
 * @param limiter of all sessions that are listed
 * @throws SsoxError `Usage` when nothing is kept, or another sign-in's; what listing throws
 */
export async function listForSync(
  session: SsoSession,
  { cached, maySignIn, prune }: ListingOptions,
  context: Context,
  limiter: RequestLimiter,
): Promise<SessionListing> {
  const { paths, clock } = context;
  const kept = keptInventory(paths.cache, session);
  if (cached && !kept) {
    throw useless(`Nothing is kept yet of what ${session.name} assigns to you.`);
  }
  if (cached && kept && (await isOfAnotherSignIn(kept, session, context))) {
    throw useless(`What is kept of ${session.name} was listed under another sign-in.`);
  }
  const begunAt = clock.now();
  const purpose = prune ? "prune" : "sync";
  const listed = cached
    ? undefined
    : await listInventory(session, { maySignIn, purpose }, context, limiter);
  const isNew = listed !== undefined && listed.listedAt >= begunAt;
  const inventory = listed ?? kept?.inventory ?? { accounts: [] };
  // What another command listed before counts as well.
  const roles = [...(cached ? [] : rolesOf(kept?.inventory)), ...rolesOf(inventory)];
  return {
    session: session.name,
    inventory,
    failed: (listed ?? kept)?.failed ?? [],
    known: rememberRoles(paths.state, session, roles),
    // Older where a run that was killed had begun it.
    listedAt: isNew ? undefined : (listed ?? kept)?.listedAt,
  };
}

function useless(message: string): SsoxError {
  return new SsoxError("Usage", message, { hint: "leave out --cached" });
}

function rolesOf(inventory: Inventory | undefined): readonly string[] {
  return (inventory?.accounts ?? []).flatMap(({ id, roles }) =>
    roles.map((roleName) => roleId({ accountId: id, roleName })),
  );
}
