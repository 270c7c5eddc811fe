import type { SsoSession } from "../aws/config.ts";
import type { Context } from "../context.ts";
import { isCi } from "../domain/ci.ts";
import { shellWord } from "../domain/shell-word.ts";
import { SsoxError } from "../errors.ts";

/** The command that signs in to that session. */
export function loginCommand(session: SsoSession): string {
  return `ssox login --session ${shellWord(session.name)}`;
}

/**
 * In CI the hint names a flow, without which no sign-in starts there.
 *
 * @param why a half-sentence, where there is more to say
 */
export function loginRequired(
  session: SsoSession,
  { env }: Pick<Context, "env">,
  why?: string,
): SsoxError {
  const because = why === undefined ? "" : `: ${why}`;
  return new SsoxError("LoginRequired", `You are not signed in to ${session.name}${because}.`, {
    hint: isCi(env) ? `${loginCommand(session)} --flow device` : loginCommand(session),
  });
}
