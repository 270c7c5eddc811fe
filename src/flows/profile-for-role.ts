import { findSession, parseAwsConfig, readAwsConfig } from "../aws/config.ts";
import { readConfigText } from "../aws/config-text.ts";
import type { Context } from "../context.ts";
import type { UnnamedRole } from "../domain/pick-entries.ts";
import { roleId } from "../domain/profile-edit.ts";
import { holdersOf } from "../domain/profile-holders.ts";
import { shellWord } from "../domain/shell-word.ts";
import { SsoxError } from "../errors.ts";
import { keptInventory } from "../state/inventory-cache.ts";
import type { SessionListing } from "./sync-profiles-listing.ts";
import {
  plannedSync,
  type SyncResult,
  type WriteChoices,
  writeProfiles,
} from "./sync-profiles-write.ts";

/**
 * Writes the profile of one role, once the user agrees: as `sync-profiles` would
 * write it, under the same name, and taken back by its `--undo`.
 *
 * @returns the profile's name
 * @throws SsoxError `Usage` where it is not to be, or cannot have that name; `ConfigInvalid`,
 * `WriteFailed`, `FileLocked`
 */
export async function profileForRole(role: UnnamedRole, context: Context): Promise<string> {
  const { terminal, paths } = context;
  const file = paths.configFile;
  const listings = [listingOf(role, context)];
  const choices = choicesFor(role);
  const name = profileIn(plannedSync(readConfigText(file), listings, choices, context), role);
  if (!(await terminal.confirm(`Write the profile ${name} into ${file}?`, true))) {
    throw withoutProfile(role, "it is not to be written");
  }
  return profileIn(await writeProfiles(listings, choices, context), role);
}

/** As it is kept: the names of other roles decide about this one's. */
function listingOf(
  { session: name, accountId: id, accountName, role }: UnnamedRole,
  { paths }: Context,
): SessionListing {
  const session = findSession(readAwsConfig(paths.configFile), name);
  const kept = keptInventory(paths.cache, session);
  const alone = { accounts: [{ id, name: accountName, email: undefined, roles: [role] }] };
  const { inventory = alone, failed = [], listedAt } = kept ?? {};
  return { session: name, inventory, failed, known: new Set(), listedAt };
}

function choicesFor({ accountId, role: roleName }: UnnamedRole): WriteChoices {
  return {
    ...{ template: undefined, region: undefined, include: undefined, exclude: undefined },
    ...{ credentialProcess: undefined, adopt: false, rename: false, prune: false },
    only: { accountId, roleName },
  };
}

/** Another program may have written it, while the user was asked. */
function profileIn({ file, after, plan }: SyncResult, role: UnnamedRole): string {
  const holders = holdersOf([...parseAwsConfig(file, after).profiles.values()], role.session);
  const [holder] = holders.get(roleId({ ...role, roleName: role.role })) ?? [];
  if (holder !== undefined) return holder.name;
  const [conflict] = plan.conflicts;
  if (conflict === undefined) throw withoutProfile(role, "the last listing does not have it");
  const { reason, hint } = conflict;
  const message = `The profile ${JSON.stringify(conflict.name)} cannot be written: ${reason}.`;
  throw new SsoxError("Usage", message, { hint });
}

function withoutProfile({ accountId, role, session }: UnnamedRole, why: string): SsoxError {
  const pattern = `${accountId}:${role.replace(/[\\*?,:]/g, "\\$&")}`;
  return new SsoxError("Usage", `No profile names the role ${role} in ${accountId}, and ${why}.`, {
    hint: `ssox sync-profiles --session ${shellWord(session)} --include ${shellWord(pattern)}`,
  });
}
