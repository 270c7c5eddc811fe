import type { SsoSession } from "../aws/config.ts";
import type { Context } from "../context.ts";
import { isCi } from "../domain/ci.ts";
import type { HeldToken } from "./held-token.ts";
import { loginRequired } from "./login-required.ts";
import { isAnswerLost } from "./lost-answer.ts";
import { signIn } from "./sign-in.ts";
import { DEFAULT_TIMEOUT_SECONDS } from "./sign-in-attempt.ts";
import { usableToken } from "./usable-token.ts";

/**
 * Whether a command may sign in when that is needed: `never`; after a question
 * at a terminal (`ask`); or without one (`now`, the flag `--login`).
 */
export type MaySignIn = "never" | "ask" | "now";

/**
 * The session's token, from wherever the rules allow it: the cache, a refresh,
 * a sign-in.
 *
 * @throws SsoxError `LoginRequired`, and what refresh and sign-in throw
 */
export async function obtainToken(
  session: SsoSession,
  maySignIn: MaySignIn,
  context: Context,
): Promise<HeldToken> {
  const held = await usableToken(session, context);
  if (held) return held;
  if (!(await isSignInWanted(session, maySignIn, context))) {
    throw loginRequired(session, context, isAnswerLost(session, context) ? ANSWER_LOST : undefined);
  }
  return await signIn(session, { timeoutSeconds: DEFAULT_TIMEOUT_SECONDS }, context);
}

const ANSWER_LOST = "its refresh token was used, but the answer was lost before it was kept";

async function isSignInWanted(
  session: SsoSession,
  maySignIn: MaySignIn,
  { terminal, env }: Context,
): Promise<boolean> {
  // In CI nobody is there to finish a sign-in that was not asked for by `login --flow`.
  if (maySignIn === "never" || isCi(env)) return false;
  if (maySignIn === "now") return true;
  if (!terminal.canAsk) return false;
  terminal.note(`You are not signed in to ${session.name}.`);
  return await terminal.confirm(`Sign in to ${session.name} now?`, true);
}
