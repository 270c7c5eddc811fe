import { readAwsConfig, type SsoSession } from "../aws/config.ts";
import { profileNetwork, type ServiceAccess } from "../aws/network-settings.ts";
import type { Context } from "../context.ts";

/**
 * What calls of a service take from the context, and from the profile that led
 * to the session.
 *
 * @throws SsoxError `ConfigInvalid`
 */
export function serviceAccess(context: Context, session?: SsoSession): ServiceAccess {
  const { env, terminal, signal, paths } = context;
  const profile = profileNetwork(readAwsConfig(paths.configFile), session?.profile, env);
  return { env, signal, profile, trace: (line) => terminal.trace(line) };
}
