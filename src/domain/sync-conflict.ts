import { type ExistingProfile, heldRole, isAdoptable, roleId } from "./profile-edit.ts";
import type { NamedRole } from "./profile-names.ts";

/** A role or a profile that does not get, or become, what it should; and why. */
export interface Conflict {
  /** The profile's name. */
  readonly name: string;
  /** Undefined for a profile that names no role. */
  readonly accountId?: string | undefined;
  readonly roleName?: string | undefined;
  readonly reason: string;
  readonly hint: string;
}

/** True for an account and a role of the form that the API reference of IAM gives; others are no answer of AWS. */
export function isAwsRole({ accountId, roleName }: NamedRole): boolean {
  return /^\d{12}$/.test(accountId) && /^[\w+=,.@-]{1,64}$/.test(roleName);
}

/**
 * Why a role cannot have a name.
 *
 * @param existing the profile that has this name
 * @param rules the session that the role belongs to, and the names that the credentials file has
 */
export function conflictOf(
  name: string,
  role: NamedRole,
  existing: ExistingProfile | undefined,
  { session, reserved }: { readonly session: string; readonly reserved: ReadonlySet<string> },
): Conflict {
  const { accountId, roleName } = role;
  const because = (reason: string, hint = OTHER_TEMPLATE): Conflict => {
    return { name, accountId, roleName, reason, hint };
  };
  if (!isAwsRole(role)) {
    const reason = "the account's id or the role's name is not of the form that AWS gives";
    return because(reason, "ssox roles");
  }
  const owner = existing?.settings["ssox_managed"];
  if (existing && owner === undefined) {
    const reason = "a profile of that name is there, and ssox did not write it";
    const isSame = heldRole(existing, session) === roleId(role) && isAdoptable(existing, session);
    return isSame ? because(reason, "ssox sync-profiles --adopt") : because(reason);
  }
  if (existing && owner !== session) {
    return because(`a profile of that name belongs to the session ${owner}`);
  }
  if (reserved.has(name)) {
    return because("the credentials file has a profile of that name, whose keys would count");
  }
  return because("another role gets the same name");
}

/**
 * Why a profile of ssox's stays as it is: what is taken out of the file is kept
 * for `--undo`, and secrets of the user's are not to lie in a second place.
 */
export function secretsConflict(
  name: string,
  role: Pick<Conflict, "accountId" | "roleName"> = {},
): Conflict {
  const reason = "keys or a credential_process of yours are in it, and would be copied for --undo";
  const hint = "take them out of the profile, or its line ssox_managed";
  return { name, accountId: role.accountId, roleName: role.roleName, reason, hint };
}

const OTHER_TEMPLATE = "ssox sync-profiles --template '{account_name}.{role_name}.{session}'";
