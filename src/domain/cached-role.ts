import { isFreshRoleCredential } from "./expiry.ts";
import type { RoleCredentials } from "./role-credentials.ts";

/** Credentials, and for how long they were made where that is known. */
export interface HeldRoleCredentials extends RoleCredentials {
  /** Milliseconds since the epoch; undefined where another program fetched them. */
  readonly obtainedAt: number | undefined;
}

/** What is remembered of the credentials and of the sign-in whose token is there. */
export interface RoleMarks {
  readonly role:
    | { readonly signInId: string; readonly obtainedAt: number; readonly expiration: number }
    | undefined;
  readonly signInId: string | undefined;
}

/**
 * The credentials that lie in the cache, if they are fresh and of the present sign-in.
 *
 * @param now as the service has it; milliseconds since the epoch
 */
export function acceptedRole(
  credentials: RoleCredentials,
  accountId: string,
  { role, signInId }: RoleMarks,
  now: number,
): HeldRoleCredentials | undefined {
  if (role === undefined || role.signInId !== signInId) return undefined;
  // The AWS CLI may have put newer ones there: of the same sign-in, of unknown length.
  const ours = seconds(role.expiration) === seconds(credentials.expiration);
  const obtainedAt = ours ? role.obtainedAt : undefined;
  const lifetime = obtainedAt === undefined ? undefined : credentials.expiration - obtainedAt;
  if (!isFreshRoleCredential(credentials.expiration, lifetime, now)) return undefined;
  return { ...credentials, accountId, obtainedAt };
}

/** The cache file has no parts of a second. */
function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
