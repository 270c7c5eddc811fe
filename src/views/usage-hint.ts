import { didYouMean, type Suggestion } from "../domain/did-you-mean.ts";
import { shellWord } from "../domain/shell-word.ts";

/** What a command takes. */
export interface KnownWords {
  /** The word that calls it. */
  readonly command: string;
  /** With their two dashes. */
  readonly flags: readonly string[];
}

/**
 * What mends a command line that oclif does not understand.
 * @param message oclif's, as a sentence
 */
export function usageHint(message: string, { command, flags }: KnownWords): Suggestion {
  const otherwise = `ssox ${command} --help`;
  const [, flag] = /^Nonexistent flags?: ([^\s,=]+?)[.,=\s]/.exec(message) ?? [];
  if (flag !== undefined) return didYouMean(flag, flags, { as: (near) => near, otherwise });
  const [, option, value, values] =
    /^Expected (?:(--[\w-]+)=)?(.*) to be one of: (.+)\.$/.exec(message) ?? [];
  if (value === undefined || values === undefined) return { question: "", hint: otherwise };
  const as = (near: string) => `${option ?? `ssox ${command}`} ${shellWord(near)}`;
  return didYouMean(value, values.split(", "), { as, otherwise });
}
