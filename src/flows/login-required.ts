import type { SsoSession } from "../aws/config.ts";
import { shellWord } from "../domain/shell-word.ts";
import { SsoxError } from "../errors.ts";

/** The command that signs in to that session. */
export function loginCommand(session: SsoSession): string {
  return `ssox login --session ${shellWord(session.name)}`;
}

export function loginRequired(session: SsoSession): SsoxError {
  return new SsoxError("LoginRequired", `You are not signed in to ${session.name}.`, {
    hint: loginCommand(session),
  });
}
