import { type AdoptingSession, adoptableRole } from "./adoptable-role.ts";
import { type ExistingProfile, roleId } from "./profile-edit.ts";
import type { NamedRole } from "./profile-names.ts";
import type { Reference } from "./profile-references.ts";
import { shellWord } from "./shell-word.ts";

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
  rules: AdoptingSession & { readonly reserved: ReadonlySet<string> },
): Conflict {
  const { session, reserved } = rules;
  const ofSession = `--session ${shellWord(session)}`;
  const otherTemplate = `ssox sync-profiles ${ofSession} --template '${UNIQUE_TEMPLATE}'`;
  const told = (reason: string, hint = otherTemplate) => because({ ...role, name }, reason, hint);
  if (!isAwsRole(role)) {
    const reason = "the account's id or the role's name is not of the form that AWS gives";
    return told(reason, `ssox roles ${ofSession}`);
  }
  const owner = existing?.settings["ssox_managed"];
  if (existing && owner === undefined) {
    const reason = "a profile of that name is there, and ssox did not write it";
    const isSame = adoptableRole(existing, rules) === roleId(role);
    return isSame ? told(reason, `ssox sync-profiles ${ofSession} --adopt`) : told(reason);
  }
  if (existing && owner !== session) {
    return told(`a profile of that name belongs to the session ${owner}`);
  }
  if (reserved.has(name)) {
    return told("the credentials file has a profile of that name, whose keys would count");
  }
  return told("another role gets the same name");
}

/** A profile, and the role that it names, where it names one. */
type Subject = Pick<Conflict, "name" | "accountId" | "roleName">;

/**
 * Why a profile of ssox's stays as it is: what is taken out of the file is kept
 * for `--undo`, and secrets of the user's are not to lie in a second place.
 */
export function secretsConflict(profile: Subject): Conflict {
  const reason = "keys or a credential_process of yours are in it, and would be copied for --undo";
  return because(profile, reason, "take them out of the profile, or its line ssox_managed");
}

/** Why a profile neither goes nor gets another name: a profile of the user's would be left without credentials. */
export function neededConflict(profile: Subject, { by, key }: Reference): Conflict {
  return because(profile, `${key} of the profile ${by} names it`, `change ${key} of ${by} first`);
}

/** Why `[default]`, which ssox never makes, neither goes nor gets another name. */
export function defaultConflict(profile: Subject): Conflict {
  const reason = "programs that name no profile use this one, so that it stays what it is";
  return because(profile, reason, "take out its line ssox_managed, and it is yours alone");
}

/** Why a profile that bears ssox's mark is neither a role's nor stale. */
export function rolelessConflict(name: string): Conflict {
  const reason = "it bears ssox's mark, and names no role of that session";
  return because({ name }, reason, "take out the profile, or its line ssox_managed");
}

function because({ name, accountId, roleName }: Subject, reason: string, hint: string): Conflict {
  return { name, accountId, roleName, reason, hint };
}

const UNIQUE_TEMPLATE = "{account_name}.{role_name}.{session}";
