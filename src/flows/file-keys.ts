import { readAwsProfiles } from "../aws/profiles.ts";
import type { Context } from "../context.ts";
import { type StaticKeys, staticKeys } from "../domain/credential-source.ts";
import { writtenAt } from "../system/files/fingerprint.ts";
import { isPipe } from "../system/files/read-pipe.ts";
import type { TargetSource } from "./target.ts";

/**
 * The keys that stand now where the target's stood when it was found: other
 * programs write new ones there.
 *
 * @param inBackground nobody waits: a file that was written just now is read when
 * its writer is done. Many write in place, and `aws configure set` key by key.
 * @throws SsoxError `ConfigInvalid`
 */
export async function keysOfFile(
  { profile, file, keys }: Extract<TargetSource, { kind: "keys" }>,
  inBackground: boolean,
  { paths, clock, signal }: Context,
): Promise<StaticKeys> {
  const place = file === "config" ? paths.configFile : paths.credentialsFile;
  // What can be read once has been.
  if (isPipe(place)) return keys;
  const age = () => clock.now() - writtenAt(place);
  // What was written in the future was written by another clock.
  while (inBackground && Math.abs(age()) < SETTLED_MS) {
    await clock.sleep(SETTLED_MS - age(), signal);
  }
  const { table } = readAwsProfiles(paths, { only: profile });
  return staticKeys(profile, table.get(profile)?.[file] ?? {});
}

const SETTLED_MS = 10_000;
