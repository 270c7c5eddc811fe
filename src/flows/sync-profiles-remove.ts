import { type AwsConfig, type AwsProfile, findSession, parseAwsConfig } from "../aws/config.ts";
import { amendSections } from "../aws/config-amend.ts";
import { readConfigText } from "../aws/config-text.ts";
import type { Context } from "../context.ts";
import { byByteOrder } from "../domain/byte-order.ts";
import { stayingOf } from "../domain/profile-fates.ts";
import { referencesIn } from "../domain/profile-references.ts";
import { joinPlans } from "../domain/sync-lists.ts";
import { chosenSession } from "./sessions.ts";
import {
  credentialsFile,
  guardedProfiles,
  type SyncResult,
  writeChange,
} from "./sync-profiles-write.ts";

export interface RemoveInput {
  /** It need not be in the file any more. */
  readonly session: string | undefined;
  /** Of every session. */
  readonly all: boolean;
  readonly dryRun: boolean;
}

/**
 * Takes every profile that ssox manages out of the AWS config file, but those
 * that hold secrets of the user's, or that profiles which stay need.
 * @throws SsoxError `Usage`, `UnknownSession`, `ConfigInvalid`, `WriteFailed`, `FileLocked`
 */
export async function removeProfiles(input: RemoveInput, context: Context): Promise<SyncResult> {
  const file = context.paths.configFile;
  const session = input.all
    ? undefined
    : (input.session ?? (await chosenSession(undefined, context)).name);
  const planned = (text: string) => plannedRemoval(text, session, context);
  return input.dryRun ? planned(readConfigText(file)) : await writeChange(planned, context);
}

/**
 * What {@link removeProfiles} would write in place of this text.
 * @param session undefined: every one
 */
export function plannedRemoval(
  before: string,
  session: string | undefined,
  context: Pick<Context, "paths">,
): SyncResult {
  const file = context.paths.configFile;
  const config = parseAwsConfig(file, before);
  const managed = managedProfiles(config, session);
  const guarded = guardedProfiles(config.document);
  const { references } = credentialsFile(context);
  const conflicts = stayingOf(
    managed.map(({ name, sso }) => ({ ...sso, name })),
    { guarded, references: [...referencesIn(config.profiles.values()), ...references] },
  );
  const staying = new Set(conflicts.map(({ name }) => name));
  const pruned = managed.flatMap(({ name }) => (staying.has(name) ? [] : name));
  const { text: after, splices } = amendSections(config.document, [], pruned);
  const plan = { ...joinPlans([]), pruned, conflicts };
  const { problems } = config.document;
  return { file, before, after, splices, plan, managed: managed.length, problems };
}

function managedProfiles(config: AwsConfig, session: string | undefined): readonly AwsProfile[] {
  const found = [...config.profiles.values()].filter(({ managedBy }) =>
    session === undefined ? managedBy !== undefined : managedBy === session,
  );
  // A name that neither a profile nor a section has is a slip.
  if (session !== undefined && found.length === 0) findSession(config, session);
  return found.sort((a, b) => byByteOrder(a.name, b.name));
}
