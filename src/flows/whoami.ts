import { type CallerIdentity, getCallerIdentity } from "../aws/sts.ts";
import type { Context } from "../context.ts";
import { roleCredentials } from "./role-credentials.ts";
import { serviceAccess } from "./service-access.ts";
import { serviceNow } from "./service-time.ts";
import { storeOf } from "./stores/store-of.ts";
import { resolveTarget, serviceRegionOf, type Target, type TargetSelection } from "./target.ts";
import type { MaySignIn } from "./token.ts";

export interface WhoAmI {
  readonly target: Target;
  readonly identity: CallerIdentity;
  /** Of the role credentials; milliseconds since the epoch. */
  readonly expiration: number;
  /** By the service's clock. */
  readonly now: number;
}

/** Asks STS whose the target's credentials are. */
export async function whoami(
  selection: TargetSelection,
  maySignIn: MaySignIn,
  context: Context,
): Promise<WhoAmI> {
  const target = await resolveTarget(selection, maySignIn, context);
  const { AWS_REGION, AWS_DEFAULT_REGION } = context.env;
  const region =
    serviceRegionOf(target) ?? (AWS_REGION || AWS_DEFAULT_REGION || target.session.region);
  const credentials = await roleCredentials(target, { maySignIn }, context);
  const identity = await getCallerIdentity(
    credentials,
    region,
    serviceAccess(context, target.session),
  );
  context.signal.throwIfAborted();
  const now = serviceNow(storeOf(target.session, context), context);
  return { target, identity, expiration: credentials.expiration, now };
}
