import type { Context } from "../context.ts";
import { userShell } from "../domain/user-shell.ts";
import { exec } from "./exec.ts";
import type { TargetSelection } from "./target.ts";
import type { MaySignIn } from "./token.ts";

type Environment = Context["env"];

/**
 * The user's shell as a target, with credentials that are renewed for as long
 * as it runs. Within `exec`, or another such shell, it has a target of its own,
 * and its end leads back to theirs.
 *
 * @returns the shell's exit status; 128 + N when signal N ended it
 * @throws SsoxError when the shell was not started
 */
export async function shell(
  selection: TargetSelection,
  maySignIn: MaySignIn,
  context: Context,
): Promise<number> {
  const { env, terminal } = context;
  const command = userShell(env, process.platform);
  const request = { selection, mode: "server", region: undefined } as const;
  const atStart = (inside: Environment): void => {
    if (!terminal.showsProgress) return;
    const outer = nameOf(env);
    const back = outer === undefined ? "" : `, back to ${outer}`;
    terminal.note(`ssox: this shell is ${nameOf(inside)}; exit leaves it${back}.`);
  };
  return await exec({ ...request, maySignIn, command, args: [], atStart }, context);
}

/** As whom a program acts that ssox has started; undefined for one that it has not. */
function nameOf(env: Environment): string | undefined {
  const { SSOX_PROFILE: profile, SSOX_ROLE: role, SSOX_ACCOUNT_ID: accountId } = env;
  return profile || (role && accountId ? `${role} in ${accountId}` : undefined);
}
