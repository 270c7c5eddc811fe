import { type CallerIdentity, getCallerIdentity } from "../aws/sts.ts";
import type { Context } from "../context.ts";
import { withReadableConfig } from "./piped-config.ts";
import { serviceAccess } from "./service-access.ts";
import { resolveTarget, stsRegionOf, type Target, type TargetSelection } from "./target.ts";
import { targetClock } from "./target-clock.ts";
import { targetCredentials } from "./target-credentials.ts";
import type { MaySignIn } from "./token.ts";

export interface WhoAmI {
  readonly target: Target;
  readonly identity: CallerIdentity;
  /** Of the credentials, in milliseconds since the epoch; undefined where nothing says that they end. */
  readonly expiration: number | undefined;
  /** By the service's clock. */
  readonly now: number;
}

/** Asks STS whose the target's credentials are. */
export async function whoami(
  selection: TargetSelection,
  maySignIn: MaySignIn,
  context: Context,
): Promise<WhoAmI> {
  return await withReadableConfig(context, (within) => ask(selection, maySignIn, within));
}

async function ask(
  selection: TargetSelection,
  maySignIn: MaySignIn,
  context: Context,
): Promise<WhoAmI> {
  const target = await resolveTarget(selection, maySignIn, context);
  const region = stsRegionOf(target, context);
  const credentials = await targetCredentials(target, { maySignIn }, context);
  const identity = await getCallerIdentity(credentials, region, serviceAccess(context, target));
  context.signal.throwIfAborted();
  const now = targetClock(target, context).now();
  return { target, identity, expiration: credentials.expiration, now };
}
