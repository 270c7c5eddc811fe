import { type AwsConfig, readAwsConfig } from "../aws/config.ts";
import { profileNetwork, type ServiceAccess } from "../aws/network-settings.ts";
import type { Context } from "../context.ts";

/**
 * What calls of a service take from the context, and from the profile that led
 * to the session, or that is the target.
 *
 * @param config the config file, where it has been read already
 * @throws SsoxError `ConfigInvalid`
 */
export function serviceAccess(
  context: Context,
  from: { readonly profile?: string | undefined } = {},
  config: AwsConfig = readAwsConfig(context.paths.configFile),
): ServiceAccess {
  const { env, terminal, signal } = context;
  const profile = profileNetwork(config, from.profile, env);
  return { env, signal, profile, trace: (line) => terminal.trace(line) };
}
