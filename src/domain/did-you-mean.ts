import { nearNames } from "./near-names.ts";

export interface Suggestion {
  /** The only name that is near: the error's hint says it. */
  readonly only: string | undefined;
  /** Goes behind the error's message, where several are near; else empty. */
  readonly question: string;
}

/** What an error about an unknown name says of those that may have been meant. */
export function didYouMean(wanted: string, names: Iterable<string>): Suggestion {
  const near = nearNames(wanted, names);
  if (near.length < 2) return { only: near[0], question: "" };
  const quoted = near.map((name) => JSON.stringify(name));
  const most = quoted.slice(0, -1).join(", ");
  return { only: undefined, question: ` Did you mean ${most} or ${quoted.at(-1)}?` };
}
