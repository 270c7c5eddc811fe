import type { SsoSession } from "../aws/config.ts";
import { shellWord } from "../domain/shell-word.ts";
import { SsoxError } from "../errors.ts";

/** The command that signs in to that session. */
export function loginCommand(session: SsoSession): string {
  return `ssox login --session ${shellWord(session.name)}`;
}

/** @param why a half-sentence, where there is more to say */
export function loginRequired(session: SsoSession, why?: string): SsoxError {
  const because = why === undefined ? "" : `: ${why}`;
  return new SsoxError("LoginRequired", `You are not signed in to ${session.name}${because}.`, {
    hint: loginCommand(session),
  });
}
