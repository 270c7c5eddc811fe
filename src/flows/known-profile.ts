import { findProfile } from "../aws/config.ts";
import { readAwsProfiles } from "../aws/profiles.ts";
import type { Context } from "../context.ts";

/**
 * Sees that one of the two files has that profile.
 * @throws SsoxError `UnknownProfile`, `ConfigInvalid`
 */
export function seeThatProfileIsKnown(name: string, { paths }: Context): void {
  findProfile(readAwsProfiles(paths, { only: name }).config, name);
}
