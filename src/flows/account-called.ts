import type { SsoSession } from "../aws/config.ts";
import type { InventoryAccount } from "../domain/inventory.ts";
import { SsoxError } from "../errors.ts";

/**
 * The account of that id, or the only one of that name, whatever the case.
 *
 * @throws SsoxError `UnknownAccount`
 */
export function accountCalled(
  wanted: string,
  session: SsoSession,
  accounts: readonly InventoryAccount[],
): InventoryAccount {
  const withId = accounts.find(({ id }) => id === wanted);
  if (withId !== undefined) return withId;
  const found = accounts.filter(({ name }) => name?.toLowerCase() === wanted.toLowerCase());
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  const why =
    first === undefined
      ? `No account of ${session.name} is called ${JSON.stringify(wanted)}.`
      : `${found.length} accounts of ${session.name} are called ${JSON.stringify(wanted)}.`;
  const hint = first === undefined ? "ssox accounts --refresh" : `--account ${first.id}`;
  throw new SsoxError("UnknownAccount", why, { hint });
}
