import { allSessionNames, findSession, readAwsConfig } from "../aws/config.ts";
import type { Context } from "../context.ts";
import { SsoxError } from "../errors.ts";
import { noteEndpointOverrides } from "./endpoint-notice.ts";
import { type LoginInput, type LoginResult, loginTo } from "./login.ts";

export interface LoginAllResult {
  readonly done: readonly LoginResult[];
  readonly failed: readonly { readonly session: string; readonly error: SsoxError }[];
}

/**
 * Signs in to every session of the config file, those of old-form profiles too, one after the other; one that
 * fails does not keep the next one from being tried.
 *
 * @throws SsoxError what the first one failed with, when all of them did
 */
export async function loginAll(input: LoginInput, context: Context): Promise<LoginAllResult> {
  const done: LoginResult[] = [];
  const failed: { session: string; error: SsoxError }[] = [];
  const config = readAwsConfig(context.paths.configFile);
  noteEndpointOverrides(context);
  for (const session of allSessionNames(config)) {
    try {
      done.push(await loginTo(findSession(config, session), input, context));
    } catch (error) {
      if (!(error instanceof SsoxError)) throw error;
      failed.push({ session, error });
    }
  }
  const [first] = failed;
  if (done.length > 0 || first === undefined) return { done, failed };
  throw first.error;
}
