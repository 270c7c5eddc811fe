import { type AwsProfile, readAwsConfig, type SsoSession } from "../aws/config.ts";
import type { Context } from "../context.ts";
import { keptInventory } from "../state/inventory-cache.ts";
import type { Purge, Role, SecretStore } from "./stores/secret-store.ts";

/**
 * Removes the role credentials that were fetched under a session's sign-in,
 * by ssox or by the AWS CLI, from where both keep them. The names of the
 * files do not tell the session: those of all the roles that a profile, the
 * inventory or a mark of ssox's knows are looked at, and no others.
 *
 * @throws SsoxError `KeychainUnavailable`
 */
export async function purgeRoleCredentials(
  session: SsoSession,
  store: SecretStore,
  context: Context,
): Promise<Purge> {
  return await store.removeRoles(knownRoles(session, context));
}

function knownRoles(session: SsoSession, { paths }: Context): Role[] {
  const roles: Role[] = [];
  for (const account of keptInventory(paths.cache, session)?.inventory.accounts ?? []) {
    for (const roleName of account.roles) roles.push({ accountId: account.id, roleName });
  }
  for (const { sso } of profilesOf(paths.configFile)) {
    if (sso?.session?.name !== session.name || !sso.accountId || !sso.roleName) continue;
    roles.push({ accountId: sso.accountId, roleName: sso.roleName });
  }
  return roles;
}

function profilesOf(configFile: string): readonly AwsProfile[] {
  try {
    return [...readAwsConfig(configFile).profiles.values()];
  } catch {
    // A token was just received: a config file that broke meanwhile must not lose it.
    return [];
  }
}
