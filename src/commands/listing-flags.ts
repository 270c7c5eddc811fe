import * as Flags from "@oclif/core/flags";
import type { Context } from "../context.ts";
import { exitStatusOf } from "../errors.ts";
import type { Listing } from "../flows/accounts.ts";
import { csv } from "../views/csv.ts";
import { printable } from "../views/printable.ts";
import { isCut, shownTable } from "../views/table.ts";
import { timeAgo } from "../views/times.ts";
import { jsonFlag, sessionFlag } from "./base.ts";
import { loginFlag } from "./target-flags.ts";

/** The flags of `accounts` and `roles`. */
export const listingFlags = {
  filter: Flags.string({ description: "only what has this text in it", helpValue: "TEXT" }),
  session: sessionFlag,
  refresh: Flags.boolean({ description: "list anew at the service" }),
  login: loginFlag,
  json: jsonFlag,
  csv: Flags.boolean({
    description: "comma-separated values on stdout",
    exclusive: ["json"],
  }),
};

/** How the items of a listing are shown. */
export interface ListingShapes<T> {
  readonly json: (item: T) => object;
  readonly csvHeading: readonly string[];
  readonly csvRow: (item: T) => readonly string[];
  readonly heading: readonly string[];
  readonly row: (item: T) => readonly string[];
  /** In a terminal that is too narrow for {@link row}; the same where it is left out. */
  readonly narrowRow?: (item: T) => readonly string[];
}

/** Shows a listing as the flags want it, with its age and what failed. @returns the exit status */
export function showListing<T>(
  { items, listedAt, failed }: Listing<T>,
  flags: { readonly json: boolean; readonly csv: boolean },
  shapes: ListingShapes<T>,
  context: Context,
): number {
  const { terminal } = context;
  noteAge(listedAt, context);
  if (flags.json) {
    const shown = items.map(shapes.json);
    const document = failed.length === 0 ? shown : { items: shown, failed };
    terminal.print(JSON.stringify(document, null, 2));
  } else if (flags.csv) {
    const text = csv([shapes.csvHeading, ...items.map(shapes.csvRow)]);
    // At a terminal control characters are made visible; a file gets them as they are.
    terminal.print(terminal.isInteractive ? printable(text) : text);
  } else {
    const { heading, row, narrowRow = row } = shapes;
    const rows = items.map(row);
    const isNarrow = isCut(heading, rows, terminal.columns);
    terminal.print(shownTable(heading, isNarrow ? items.map(narrowRow) : rows, terminal));
  }
  if (failed.length === 0) return 0;
  for (const { accountId, code, message } of failed.slice(0, MOST_TOLD)) {
    terminal.note(`${accountId} ${code}: ${message}`);
  }
  const more = failed.length > MOST_TOLD ? `, ${failed.length - MOST_TOLD} more than are told` : "";
  const what = failed.length === 1 ? "1 account" : `${failed.length} accounts${more}`;
  terminal.note(`The roles of ${what} could not be listed; --refresh tries again.`);
  return exitStatusOf("Partial");
}

const MOST_TOLD = 10;

/** Says at a terminal how old a kept listing is. */
function noteAge(listedAt: number | undefined, { terminal, clock }: Context): void {
  if (!terminal.showsProgress || listedAt === undefined) return;
  terminal.note(`Listed ${timeAgo(listedAt, clock.now())}; --refresh lists anew.`);
}
