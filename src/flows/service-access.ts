import { readAwsConfig } from "../aws/config.ts";
import { profileNetwork, type ServiceAccess } from "../aws/network-settings.ts";
import type { Context } from "../context.ts";

/**
 * What calls of a service take from the context, and from the profile that led
 * to the session, or that is the target.
 *
 * @throws SsoxError `ConfigInvalid`
 */
export function serviceAccess(
  context: Context,
  from: { readonly profile?: string | undefined } = {},
): ServiceAccess {
  const { env, terminal, signal, paths } = context;
  const profile = profileNetwork(readAwsConfig(paths.configFile), from.profile, env);
  return { env, signal, profile, trace: (line) => terminal.trace(line) };
}
