import type { SsoSession } from "../aws/config.ts";
import { openPortal, type PortalAnswer } from "../aws/portal.ts";
import { regionOfToken } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { byByteOrder } from "../domain/byte-order.ts";
import type { Inventory, InventoryAccount } from "../domain/inventory.ts";
import { isPassing, SsoxError } from "../errors.ts";
import { keepInventory, keptInventory } from "../state/inventory-cache.ts";
import type { HeldToken } from "./held-token.ts";
import { loginRequired } from "./login-required.ts";
import { serviceAccess } from "./service-access.ts";
import { learningTime, serviceNow } from "./service-time.ts";
import type { SecretStore } from "./stores/secret-store.ts";
import { storeOf } from "./stores/store-of.ts";
import { type MaySignIn, obtainToken } from "./token.ts";
import { renewedToken, usableToken } from "./usable-token.ts";

const DAY_MS = 24 * 3_600_000;
/** Accounts whose roles are asked for at the same time. */
const IN_FLIGHT = 4;

/** A listing, and when it was made. */
export interface DatedInventory {
  readonly inventory: Inventory;
  /** Milliseconds since the epoch. */
  readonly listedAt: number;
}

/**
 * Lists every account and role that is assigned to the user, at the service,
 * and keeps the result.
 *
 * @throws SsoxError `LoginRequired`, `AccessDenied`, and what failures of the service become
 */
export async function listInventory(
  session: SsoSession,
  maySignIn: MaySignIn,
  context: Context,
): Promise<Inventory> {
  const store = storeOf(session, context);
  const held = await obtainToken(session, maySignIn, context);
  const renewing = renewOnce(session, held, store, context);
  const answer = await renewing((portal) => portal.listAccounts());
  // One that moves between two pages while they are read comes twice.
  const listed = [...new Map(answer.map((account) => [account.id, account])).values()];
  const accounts: InventoryAccount[] = [];
  await eachInFlight(listed, async (account) => {
    const roles = await renewing((portal) => portal.listAccountRoles(account.id));
    accounts.push({ ...account, roles: [...new Set(roles)].sort(byByteOrder) });
    context.terminal.progress(`Listing roles: ${accounts.length} of ${listed.length} accounts`);
  }).finally(() => context.terminal.progress(undefined));
  const inventory = { accounts: accounts.sort((a, b) => byByteOrder(a.id, b.id)) };
  keepInventory(context.paths.cache, session, inventory, context.clock.now());
  return inventory;
}

/**
 * The listing that a reading command shows: the kept one; a new one when
 * `refresh` says so, when none is kept, after a new sign-in, and, while signed
 * in, after 24 hours.
 */
export async function currentInventory(
  session: SsoSession,
  options: { readonly maySignIn: MaySignIn; readonly refresh: boolean },
  context: Context,
): Promise<DatedInventory> {
  const { paths, clock, terminal } = context;
  const kept = options.refresh ? undefined : keptInventory(paths.cache, session);
  const store = storeOf(session, context);
  const { signedInAt = 0 } = store.marks.read() ?? {};
  // The sign-in is dated by the service's clock, the listing by this machine's.
  const ahead = serviceNow(store, context) - clock.now();
  const isOfThisSignIn = kept !== undefined && kept.listedAt + ahead >= signedInAt;
  if (isOfThisSignIn && clock.now() - kept.listedAt <= DAY_MS) return kept;
  try {
    if (kept && (await usableToken(session, context)) === undefined) return kept;
    const inventory = await listInventory(session, options.maySignIn, context);
    return { inventory, listedAt: clock.now() };
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

type Renewing = <T>(
  call: (portal: Awaited<ReturnType<typeof openPortal>>) => Promise<PortalAnswer<T>>,
) => Promise<T>;

/** Calls the portal; when it refuses the token, once more with a renewed one, for all calls alike. */
function renewOnce(
  session: SsoSession,
  held: HeldToken,
  store: SecretStore,
  context: Context,
): Renewing {
  const access = learningTime(serviceAccess(context, session), store, context);
  const open = ({ token }: HeldToken) =>
    openPortal(regionOfToken(token, session), token.accessToken, access);
  const first = open(held);
  let second: ReturnType<typeof open> | undefined;
  const renew = async () => {
    const renewed = await renewedToken(session, held, context);
    if (renewed === undefined) throw loginRequired(session);
    return await open(renewed);
  };
  return async (call) => {
    let answer = await call(await (second ?? first));
    if (answer.kind === "unauthorized") {
      second ??= renew();
      answer = await call(await second);
    }
    if (answer.kind === "unauthorized") throw loginRequired(session);
    if (answer.kind === "ok") return answer.value;
    throw new SsoxError(
      "AccessDenied",
      `AWS refuses to list what ${session.name} assigns to you.`,
      {
        hint: "ask the administrator of IAM Identity Center",
      },
    );
  };
}

async function eachInFlight<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      // The first failure is the command's: nothing more is asked behind it.
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}
