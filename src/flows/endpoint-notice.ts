import type { AwsConfig } from "../aws/config.ts";
import { endpointOverride, type Service } from "../aws/endpoint-override.ts";
import type { NetworkSettings } from "../aws/network-settings.ts";
import type { Context } from "../context.ts";
import { parseUrl } from "../domain/url.ts";
import { SsoxError } from "../errors.ts";
import { serviceAccess } from "./service-access.ts";

const SERVICES: readonly Service[] = ["sso-oidc", "sso", "sts", "signin"];

/**
 * Tells the user of services that are reached elsewhere than at AWS: tokens go
 * there.
 *
 * @param config the config file, where it has been read already
 * @returns what is wrong with such a setting: a call fails with it, and where
 * none is made it is for the caller to tell
 */
export function noteEndpointOverrides(context: Context, config?: AwsConfig): SsoxError | undefined {
  try {
    const access = serviceAccess(context, {}, config);
    for (const line of endpointOverrides(access)) context.terminal.note(line);
    return undefined;
  } catch (error) {
    if (error instanceof SsoxError) return error;
    throw error;
  }
}

/**
 * A line for each place that calls go to instead of AWS.
 * @throws SsoxError `Usage` for one that tokens must not go to
 */
export function endpointOverrides(access: NetworkSettings): readonly string[] {
  const sources = new Map<string, Set<string>>();
  for (const service of SERVICES) {
    const override = endpointOverride(service, access);
    if (override === undefined) continue;
    // Not the whole URL: it may hold a password.
    const place = parseUrl(override.value)?.origin ?? "";
    sources.set(place, (sources.get(place) ?? new Set()).add(override.source));
  }
  return [...sources].map(
    ([place, of]) => `Calls go to ${place} instead of AWS (${[...of].join(", ")}).`,
  );
}
