import type { SsoSession } from "../aws/config.ts";
import type { Context } from "../context.ts";
import { byByteOrder } from "../domain/byte-order.ts";
import type { DatedInventory, FailedAccount, Inventory } from "../domain/inventory.ts";
import { isPassing } from "../errors.ts";
import { type KeptInventory, keepInventory, keptInventory } from "../state/inventory-cache.ts";
import { ListingJournal, type ListingPurpose } from "../state/listing-journal.ts";
import { type HeldToken, heldToken } from "./held-token.ts";
import { listedRoles } from "./listed-roles.ts";
import { progressLine } from "./progress-line.ts";
import { renewingPortal } from "./renewing-portal.ts";
import { RequestLimiter } from "./request-limiter.ts";
import { storeOf } from "./stores/store-of.ts";
import { type MaySignIn, obtainToken } from "./token.ts";
import { usableToken } from "./usable-token.ts";

const DAY_MS = 24 * 3_600_000;

/** What was listed now: in part, where accounts failed. */
export interface ListedInventory extends Inventory {
  /** When the listing began, perhaps in a run that was killed; milliseconds since the epoch. */
  readonly listedAt: number;
  /** Accounts without roles in the inventory, since these could not be listed. */
  readonly failed: readonly FailedAccount[];
}

/**
 * Lists every account and role that is assigned to the user, at the service,
 * and keeps the result. Goes on where a run of the last hour was interrupted
 * or killed, as far as the purpose allows it.
 *
 * @param limiter that of other calls of the same process
 * @throws SsoxError `LoginRequired`, `AccessDenied`, and what failures of the service become
 */
export async function listInventory(
  session: SsoSession,
  { maySignIn, purpose }: { readonly maySignIn: MaySignIn; readonly purpose: ListingPurpose },
  context: Context,
  limiter = new RequestLimiter(context),
): Promise<ListedInventory> {
  const { paths, clock } = context;
  const held = await obtainToken(session, maySignIn, context);
  const signIn = signInOf(session, held, context);
  const journal = ListingJournal.open(paths.cache, session, { signIn, purpose }, clock.now());
  try {
    const listed = await list(session, held, journal, limiter, context);
    const { accounts, listedAt, failed } = listed;
    keepInventory(paths.cache, session, { inventory: { accounts }, listedAt, failed, signIn });
    journal.remove();
    return listed;
  } catch (error) {
    // Only one that did not come to its own end is gone on with.
    if (!context.signal.aborted) journal.remove();
    throw error;
  } finally {
    journal.close();
    context.terminal.progress(undefined);
  }
}

/**
 * The listing that a reading command shows: the kept one; a new one when
 * `refresh` says so, when none is kept, after a new sign-in, when accounts had
 * failed that may be listed now, and, while signed in, after 24 hours.
 */
export async function currentInventory(
  session: SsoSession,
  options: { readonly maySignIn: MaySignIn; readonly refresh: boolean },
  context: Context,
): Promise<DatedInventory> {
  const { paths, clock, terminal } = context;
  const kept = options.refresh ? undefined : keptInventory(paths.cache, session);
  const isOfThisSignIn = kept !== undefined && isOfPresentSignIn(kept, session, context);
  if (isOfThisSignIn && isSettled(kept) && clock.now() - kept.listedAt <= DAY_MS) return kept;
  try {
    const isSignedOut = kept !== undefined && (await usableToken(session, context)) === undefined;
    if (isSignedOut && !(await isOfAnotherSignIn(kept, session, context))) return kept;
    const { maySignIn } = options;
    const purpose = options.refresh ? "refresh" : "read";
    const { accounts, ...rest } = await listInventory(session, { maySignIn, purpose }, context);
    return { inventory: { accounts }, ...rest };
  } catch (error) {
    if (!isOfThisSignIn || !isPassing(error)) throw error;
    const why = error instanceof Error ? error.message : "";
    terminal.note(`${why} What was listed before is shown.`);
    return kept;
  }
}

/** The listing in which the name of an account is looked up. */
export async function inventoryForNames(
  session: SsoSession,
  maySignIn: MaySignIn,
  context: Context,
): Promise<Inventory> {
  return (await currentInventory(session, { maySignIn, refresh: false }, context)).inventory;
}

async function list(
  session: SsoSession,
  held: HeldToken,
  journal: ListingJournal,
  limiter: RequestLimiter,
  context: Context,
): Promise<ListedInventory> {
  const { terminal, clock } = context;
  const calls = renewingPortal(session, held, limiter, context);
  const named = journal.accounts ?? (await listAccounts());
  const before = journal.roles.size;
  if (before > 0 && terminal.showsProgress) {
    terminal.note(
      `Going on with the last listing: ${before} of ${named.length} accounts are done.`,
    );
  }
  const showProgress = progressLine({ before, of: named.length, since: clock.now() }, context);
  const { roles, failed } = await listedRoles(
    named.map(({ id }) => id),
    journal.roles,
    listRoles,
    showProgress,
  );
  const accounts = named.map((account) => ({ ...account, roles: roles.get(account.id) ?? [] }));
  return { accounts, listedAt: journal.begunAt, failed };

  async function listAccounts() {
    const answer = await calls("list the accounts", (portal) => portal.listAccounts());
    // One that moves between two pages while they are read comes twice.
    const listed = [...new Map(answer.map((account) => [account.id, account])).values()];
    listed.sort((a, b) => byByteOrder(a.id, b.id));
    journal.noteAccounts(listed);
    return listed;
  }

  async function listRoles(accountId: string): Promise<readonly string[]> {
    const answer = await calls(`list the roles of ${accountId}`, (portal) =>
      portal.listAccountRoles(accountId),
    );
    const listed = [...new Set(answer)].sort(byByteOrder);
    journal.noteRoles(accountId, listed);
    return listed;
  }
}

/**
 * Whether it was listed under another sign-in than the one whose token lies
 * here, which may be another user's. Where no token lies, there is no other.
 *
 * @throws SsoxError `CacheInvalid`, `KeychainUnavailable`
 */
export async function isOfAnotherSignIn(
  kept: KeptInventory,
  session: SsoSession,
  context: Context,
): Promise<boolean> {
  if (isOfPresentSignIn(kept, session, context)) return false;
  return (await heldToken(storeOf(session, context), session, context.signal)) !== undefined;
}

/** A refresh by ssox goes on with the sign-in; what another program wrote is another one. */
export function isOfPresentSignIn(
  kept: KeptInventory,
  session: SsoSession,
  context: Context,
): boolean {
  const present = storeOf(session, context).signInMark();
  return present !== undefined && kept.signIn === present.signInId;
}

/** No time will mend what failed. */
function isSettled({ failed }: Pick<DatedInventory, "failed">): boolean {
  return failed.every(({ code }) => code === "AccessDenied");
}

/** Names the sign-in that the token belongs to. */
function signInOf(session: SsoSession, { fingerprint }: HeldToken, context: Context): string {
  const { marks } = storeOf(session, context);
  return (marks.of(fingerprint) ?? marks.accept(fingerprint)).signInId;
}
