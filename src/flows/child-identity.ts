import type { Context } from "../context.ts";
import type { ChildIdentity } from "../domain/child-environment.ts";
import type { Credentials } from "../domain/role-credentials.ts";
import { roleOf, sessionOf, type Target } from "./target.ts";

/** Whom a target is, in words for the environment. @param region in the place of the profile's own */
export function childIdentity(
  target: Target,
  credentials: Credentials,
  region: string | undefined,
  { paths }: Context,
): ChildIdentity {
  const { accountId, roleName } = roleOf(target);
  return {
    profile: target.profile,
    session: sessionOf(target)?.name,
    accountId: credentials.accountId ?? accountId,
    roleName,
    region: region ?? target.region,
    expiration: credentials.expiration,
    configFile: paths.configFile,
  };
}
