import type { Portal } from "../aws/portal.ts";
import type { RoleOfSession } from "../aws/role-cache.ts";
import { didYouMean } from "../domain/did-you-mean.ts";
import { SsoxError } from "../errors.ts";
import { loginCommand } from "./login-required.ts";

/**
 * Why the service answered 403 for a role: it says "No access" whether the role
 * is unknown, misspelled, not assigned, or assigned after the sign-in, so the
 * user's own list of roles is asked.
 */
export async function accessDenied(target: RoleOfSession, portal: Portal): Promise<SsoxError> {
  const { roleName, accountId, session } = target;
  const where = `of account ${accountId} in ${session.name}`;
  const iamRole = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(roleName)?.[1];
  if (iamRole !== undefined) {
    const message = `${roleName} is the name of an IAM role; AWS wants the permission set's.`;
    return denied(message, `use the role name ${iamRole}`);
  }
  const roles = await rolesOf(accountId, portal);
  if (roles.includes(roleName)) {
    const message = `The role ${roleName} ${where} is assigned to you, but your session is older than that.`;
    return denied(message, `${loginCommand(session)} --force`);
  }
  const similar = roles.find((role) => role.toLowerCase() === roleName.toLowerCase());
  if (similar !== undefined) {
    const message = `There is no role ${roleName} ${where}; names of roles are case-sensitive.`;
    return denied(message, `use the role name ${similar}`);
  }
  const { only, question } = didYouMean(roleName, roles);
  const message = `The role ${roleName} ${where} is not assigned to you, or was assigned after you signed in.${question}`;
  if (only !== undefined) return denied(message, `use the role name ${only}`);
  return denied(message, `${loginCommand(session)} --force`);
}

/** None where the list cannot be had: the refusal stands all the same. */
async function rolesOf(accountId: string, portal: Portal): Promise<readonly string[]> {
  try {
    const answer = await portal.listAccountRoles(accountId);
    return answer.kind === "ok" ? answer.value : [];
  } catch (error) {
    if (error instanceof SsoxError) return [];
    throw error;
  }
}

function denied(message: string, hint: string): SsoxError {
  return new SsoxError("AccessDenied", message, { hint });
}
