import { byByteOrder } from "../domain/byte-order.ts";
import { table } from "./table.ts";
import { timeOfDay } from "./times.ts";

interface StillValid {
  readonly accountId: string | undefined;
  readonly roleName: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiration: number;
}

/** More of them are easier to read in a table. */
const MOST_SENTENCES = 3;

/**
 * Which role credentials nothing can take back; a line each, and none where there are none.
 *
 * @param now in milliseconds since the epoch
 * @param columns those of the terminal; undefined: nothing is cut
 */
export function stillValidLines(
  credentials: readonly StillValid[],
  now: number,
  columns: number | undefined,
): readonly string[] {
  const sorted = credentials.toSorted((one, other) => byByteOrder(keyOf(one), keyOf(other)));
  if (sorted.length <= MOST_SENTENCES) return sorted.map((each) => sentence(each, now));
  const rows = sorted.map(({ accountId = "-", roleName = "-", expiration }) => {
    return [accountId, roleName, timeOfDay(expiration, now)];
  });
  return [
    "These credentials stay valid at AWS until they expire:",
    table(["ACCOUNT", "ROLE", "UNTIL"], rows, columns),
  ];
}

function keyOf({ accountId = "", roleName = "" }: StillValid): string {
  return `${accountId} ${roleName}`;
}

function sentence(
  { accountId = "an account", roleName = "a role", expiration }: StillValid,
  now: number,
): string {
  return `Credentials of ${roleName} in ${accountId} stay valid at AWS until ${timeOfDay(expiration, now)}.`;
}
