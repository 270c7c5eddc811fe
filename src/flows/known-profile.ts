import { readAwsProfiles } from "../aws/profiles.ts";
import type { Context } from "../context.ts";
import { didYouMean } from "../domain/did-you-mean.ts";
import { shellWord } from "../domain/shell-word.ts";
import { SsoxError } from "../errors.ts";

/**
 * Sees for `sx` that one of the two files has that profile.
 * @throws SsoxError `UnknownProfile`, `ConfigInvalid`
 */
export function seeThatProfileIsKnown(name: string, { paths }: Context): void {
  if (readAwsProfiles(paths, { only: name }).config.profiles.has(name)) return;
  const { file, profiles } = readAwsProfiles(paths).config;
  const { only, question } = didYouMean(name, profiles.keys());
  const message = `${file} has no profile ${JSON.stringify(name)}.${question}`;
  throw new SsoxError("UnknownProfile", message, {
    hint: only === undefined ? "sx" : `sx ${only.startsWith("-") ? "-- " : ""}${shellWord(only)}`,
  });
}
