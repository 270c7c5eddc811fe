import * as Flags from "@oclif/core/flags";
import type { Context } from "../context.ts";
import { csv } from "../views/csv.ts";
import { printable } from "../views/printable.ts";
import { timeLeft } from "../views/times.ts";
import { jsonFlag, sessionFlag } from "./base.ts";
import { loginFlag } from "./target-flags.ts";

/** The flags of `accounts` and `roles`. */
export const listingFlags = {
  session: sessionFlag,
  filter: Flags.string({ description: "only what has this text in it", helpValue: "TEXT" }),
  refresh: Flags.boolean({ description: "list anew at the service" }),
  login: loginFlag,
  json: jsonFlag,
  csv: Flags.boolean({ description: "comma-separated values on stdout", exclusive: ["json"] }),
};

/** At a terminal control characters are made visible; a file gets them as they are. */
export function printCsv(
  rows: readonly (readonly string[])[],
  { terminal }: Pick<Context, "terminal">,
): void {
  const text = csv(rows);
  terminal.print(terminal.isInteractive ? printable(text) : text);
}

/** Says at a terminal how old a kept listing is. */
export function noteAge(listedAt: number, { terminal, clock }: Context): void {
  const now = clock.now();
  if (!terminal.showsProgress || now - listedAt < 60_000) return;
  terminal.note(`Listed ${timeLeft(now, listedAt)} ago; --refresh lists anew.`);
}
