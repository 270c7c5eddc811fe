import type { SsoSession } from "../aws/config.ts";
import { openPortal, type Portal, type PortalAnswer } from "../aws/portal.ts";
import { regionOfToken } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { SsoxError } from "../errors.ts";
import type { HeldToken } from "./held-token.ts";
import { loginRequired } from "./login-required.ts";
import type { RequestLimiter } from "./request-limiter.ts";
import { serviceAccess } from "./service-access.ts";
import { learningTime } from "./service-time.ts";
import { storeOf } from "./stores/store-of.ts";
import { renewedToken } from "./usable-token.ts";

/** @param what the call, in words: `list the accounts` */
export type PortalCalls = <T>(
  what: string,
  call: (portal: Portal) => Promise<PortalAnswer<T>>,
) => Promise<T>;

/**
 * Calls the portal; when it refuses the token, once more with a renewed one,
 * for all calls alike.
 *
 * @returns what throws SsoxError `LoginRequired`, `AccessDenied`, and what
 * failures of the service become
 */
export function renewingPortal(
  session: SsoSession,
  held: HeldToken,
  limiter: RequestLimiter,
  context: Context,
): PortalCalls {
  const access = learningTime(serviceAccess(context, session), storeOf(session, context), context);
  const open = ({ token }: HeldToken) =>
    openPortal(regionOfToken(token, session), token.accessToken, access, limiter.send);
  let [first, second]: (ReturnType<typeof open> | undefined)[] = [];
  const renew = async () => {
    const renewed = await renewedToken(session, held, context);
    if (renewed === undefined) throw loginRequired(session, context);
    return await open(renewed);
  };
  return async (what, call) => {
    first ??= open(held);
    let answer = await call(await (second ?? first));
    if (answer.kind === "unauthorized") {
      second ??= renew();
      answer = await call(await second);
    }
    if (answer.kind === "unauthorized") throw loginRequired(session, context);
    if (answer.kind === "ok") return answer.value;
    throw new SsoxError("AccessDenied", `AWS refuses to ${what} for ${session.name}.`, {
      hint: "ask the administrator of IAM Identity Center",
    });
  };
}
