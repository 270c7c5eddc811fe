import type { SsoSession } from "../aws/config.ts";
import { didYouMean } from "../domain/did-you-mean.ts";
import type { InventoryAccount } from "../domain/inventory.ts";
import { shellWord } from "../domain/shell-word.ts";
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
  if (first !== undefined) {
    const message = `${found.length} accounts of ${session.name} are called ${JSON.stringify(wanted)}.`;
    throw new SsoxError("UnknownAccount", message, { hint: `--account ${first.id}` });
  }
  const names = accounts.flatMap(({ name, id }) => name ?? id);
  const { only, question } = didYouMean(wanted, names);
  const message = `No account of ${session.name} is called ${JSON.stringify(wanted)}.${question}`;
  throw new SsoxError("UnknownAccount", message, {
    hint:
      only === undefined
        ? `ssox accounts --session ${shellWord(session.name)} --refresh`
        : `--account ${shellWord(only)}`,
  });
}
