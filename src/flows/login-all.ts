import { allSessionNames, findSession, noSession, readAwsConfig } from "../aws/config.ts";
import type { Context } from "../context.ts";
import { noteEndpointOverrides } from "./endpoint-notice.ts";
import { attempt, type FailedSession } from "./failed-session.ts";
import { type LoginInput, type LoginResult, loginTo } from "./login.ts";

export interface LoginAllResult {
  readonly done: readonly LoginResult[];
  readonly failed: readonly FailedSession[];
}

/**
 * Signs in to every session of the config file, those of old-form profiles too, one after the other; one that
 * fails does not keep the next one from being tried.
 *
 * @throws SsoxError `UnknownSession` where there is none; what the first one failed with, when all of them did
 */
export async function loginAll(input: LoginInput, context: Context): Promise<LoginAllResult> {
  const done: LoginResult[] = [];
  const failed: FailedSession[] = [];
  const config = readAwsConfig(context.paths.configFile);
  const names = allSessionNames(config);
  if (names.length === 0) throw noSession(config);
  const odd = noteEndpointOverrides(context);
  for (const session of names) {
    const result = await attempt(failed, session, () =>
      loginTo(findSession(config, session), input, context),
    );
    if (result) done.push(result);
  }
  const [first] = failed;
  if (odd && first === undefined) context.terminal.note(odd.message);
  if (done.length > 0 || first === undefined) return { done, failed };
  throw first.error;
}
