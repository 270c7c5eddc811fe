import type { FailedAccount } from "../domain/inventory.ts";
import { isPassing, SsoxError } from "../errors.ts";

/** More than may ever be in flight: who waits for a turn is the limiter's matter. */
const WORKERS = 64;
/** So many accounts in a row that fail for the network or the service: there is none to be had. */
const MOST_FAILURES_IN_A_ROW = 10;

export interface ListedRoles {
  /** By account id. */
  readonly roles: ReadonlyMap<string, readonly string[]>;
  readonly failed: readonly FailedAccount[];
}

/**
 * The roles of each account. One that fails does not stop the others, unless
 * it is for want of a sign-in or by a signal; when nothing answers any more,
 * the rest fails for the same reason.
 *
 * @param known what need not be asked for
 * @param ask throws what {@link SsoxError} the account fails for
 * @param onAnswer is told after each account, how many are done
 * @throws SsoxError when not one account is known or listed; `LoginRequired`
 */
export async function listedRoles(
  accountIds: readonly string[],
  known: ReadonlyMap<string, readonly string[]>,
  ask: (accountId: string) => Promise<readonly string[]>,
  onAnswer: (done: number) => void,
): Promise<ListedRoles> {
  const roles = new Map(known);
  const failed = new Map<string, SsoxError>();
  let failuresInARow = 0;
  const listOne = async (accountId: string): Promise<void> => {
    try {
      roles.set(accountId, await ask(accountId));
      failuresInARow = 0;
    } catch (error) {
      if (!isOfTheAccount(error)) throw error;
      failed.set(accountId, error);
      if (isPassing(error)) failuresInARow += 1;
    }
    onAnswer(roles.size + failed.size);
  };
  const asked = accountIds.filter((id) => !known.has(id));
  await inTurn(asked, listOne, () => failuresInARow >= MOST_FAILURES_IN_A_ROW);
  const [first] = failed.values();
  if (first !== undefined && roles.size === 0) throw first;
  const failures = asked.flatMap((accountId) => {
    const error = failed.get(accountId) ?? (roles.has(accountId) ? undefined : first);
    return error ? [{ accountId, code: error.code, message: error.message }] : [];
  });
  return { roles, failed: failures };
}

/** The rest may be listed all the same. */
function isOfTheAccount(error: unknown): error is SsoxError {
  return isPassing(error) || (error instanceof SsoxError && error.code === "AccessDenied");
}

/** Works on many at a time, until `isOver` or a failure. */
async function inTurn<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  isOver: () => boolean,
): Promise<void> {
  const rest = items.values();
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      if (hasFailed || isOver()) return;
      await work(item).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
}
