import { getCallerIdentity } from "../aws/sts.ts";
import type { Context } from "../context.ts";
import type { Credentials } from "../domain/role-credentials.ts";
import { isPassing, SsoxError } from "../errors.ts";
import { serviceAccess } from "./service-access.ts";
import { stsRegionOf, type Target } from "./target.ts";

/**
 * Takes care that a program stays who it is, whatever other programs write into
 * the profile of its keys: STS is asked whose those are that take their place.
 *
 * @returns the check of new keys, which throws SsoxError `ConfigInvalid` for those of
 * somebody else, `AccessDenied` for those that AWS refuses, and the failures of STS
 */
export function keepCaller(
  target: Target,
  context: Context,
): (held: Credentials, found: Credentials) => Promise<void> {
  let first: string | undefined;
  const callerOf = async (credentials: Credentials): Promise<string> => {
    const access = serviceAccess(context, target);
    const { arn } = await getCallerIdentity(credentials, stsRegionOf(target, context), access);
    // The session may have another name each time.
    return arn.replace(/(:assumed-role\/[^/]+)\/.*/, "$1");
  };
  return async (held, found) => {
    if (found.accessKeyId === held.accessKeyId) return;
    first ??= await callerOf(held).catch(unknownIfRefused);
    if (first === undefined) return;
    const caller = await callerOf(found);
    if (caller === first) return;
    const name = JSON.stringify(target.profile);
    const message = `The profile ${name} has the keys of ${caller} now, and the program runs as ${first}.`;
    throw new SsoxError("ConfigInvalid", message, {
      hint: "start the program anew to run it as the other one",
    });
  };
}

/** Keys that have ended, or are none of AWS's, tell no more whose they were. */
function unknownIfRefused(error: unknown): undefined {
  if (!(error instanceof SsoxError) || isPassing(error)) throw error;
}
