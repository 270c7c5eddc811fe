import { nearNames } from "./near-names.ts";

export interface Suggestion {
  /** Goes behind the message, with a space before it; empty where the hint says it all, or nothing is near. */
  readonly question: string;
  readonly hint: string;
}

/**
 * What an error about an unknown name says of those that may have been meant.
 *
 * @param as the flag or command with the name that is the only one near
 * @param otherwise the hint where none is near, or several are
 */
export function didYouMean(
  wanted: string,
  names: Iterable<string>,
  { as, otherwise }: { readonly as: (name: string) => string; readonly otherwise: string },
): Suggestion {
  const near = nearNames(wanted, names);
  const [only, second] = near;
  if (only === undefined) return { question: "", hint: otherwise };
  if (second === undefined) return { question: "", hint: as(only) };
  const quoted = near.map((name) => JSON.stringify(name));
  const most = quoted.slice(0, -1).join(", ");
  return { question: ` Did you mean ${most} or ${quoted.at(-1)}?`, hint: otherwise };
}
