import { type AwsConfig, type AwsProfile, findSession, parseAwsConfig } from "../aws/config.ts";
import { amendSections } from "../aws/config-amend.ts";
import { readConfigText } from "../aws/config-text.ts";
import type { Context } from "../context.ts";
import { byByteOrder } from "../domain/byte-order.ts";
import { secretsConflict } from "../domain/sync-conflict.ts";
import { joinPlans } from "../domain/sync-lists.ts";
import { chosenSession } from "./sessions.ts";
import { guardedProfiles, type SyncResult, writeChange } from "./sync-profiles-write.ts";

export interface RemoveInput {
  /** It need not be in the file any more. */
  readonly session: string | undefined;
  /** Of every session. */
  readonly all: boolean;
  readonly dryRun: boolean;
}

/**
 * Takes every profile that ssox manages out of the AWS config file, but those
 * that hold secrets of the user's.
 * @throws SsoxError `Usage`, `UnknownSession`, `ConfigInvalid`, `WriteFailed`, `FileLocked`
 */
export async function removeProfiles(input: RemoveInput, context: Context): Promise<SyncResult> {
  const file = context.paths.configFile;
  const session = input.all
    ? undefined
    : (input.session ?? (await chosenSession(undefined, context)).name);
  const planned = (before: string): SyncResult => {
    const config = parseAwsConfig(file, before);
    const managed = managedProfiles(config, session);
    const guarded = guardedProfiles(config.document);
    const pruned = managed.flatMap(({ name }) => (guarded.has(name) ? [] : name));
    const conflicts = managed
      .filter(({ name }) => guarded.has(name))
      .map(({ name, sso }) => secretsConflict(name, sso));
    const { text: after, splices } = amendSections(config.document, [], pruned);
    const plan = { ...joinPlans([]), pruned, conflicts };
    const { problems } = config.document;
    return { file, before, after, splices, plan, managed: managed.length, problems };
  };
  return input.dryRun ? planned(readConfigText(file)) : await writeChange(planned, context);
}

function managedProfiles(config: AwsConfig, session: string | undefined): readonly AwsProfile[] {
  const found = [...config.profiles.values()].filter(({ managedBy }) =>
    session === undefined ? managedBy !== undefined : managedBy === session,
  );
  // A name that neither a profile nor a section has is a slip.
  if (session !== undefined && found.length === 0) findSession(config, session);
  return found.sort((a, b) => byByteOrder(a.name, b.name));
}
