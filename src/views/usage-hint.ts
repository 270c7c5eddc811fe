import { didYouMean } from "../domain/did-you-mean.ts";
import { shellWord } from "../domain/shell-word.ts";

/** What a command takes. */
export interface KnownWords {
  /** The word that calls it. */
  readonly command: string;
  /** With their two dashes. */
  readonly flags: readonly string[];
}

/**
 * What an error about a command line that oclif does not understand says besides.
 *
 * @param message oclif's, as a sentence
 * @returns `question` goes behind it
 */
export function usageHint(
  message: string,
  { command, flags }: KnownWords,
): { readonly question: string; readonly hint: string } {
  const help = `ssox ${command} --help`;
  const [, flag] = /^Nonexistent flags?: ([^\s,=]+?)[.,=\s]/.exec(message) ?? [];
  if (flag !== undefined) {
    const { only, question } = didYouMean(flag, flags);
    return { question, hint: only ?? help };
  }
  const [, argument] = /^Unexpected argument: (\S+)\.$/.exec(message) ?? [];
  if (argument !== undefined && flags.includes("--profile")) {
    return { question: "", hint: `use --profile ${shellWord(argument)}` };
  }
  const [, option, value = "", values = ""] =
    /^Expected (?:(--[\w-]+)=)?(.*) to be one of: (.+)\.$/.exec(message) ?? [];
  const { only, question } = didYouMean(value, values.split(", "));
  if (only === undefined) return { question, hint: help };
  const word = shellWord(only);
  return { question, hint: option === undefined ? `use ${word}` : `${option} ${word}` };
}
