import { partitionOf } from "../domain/partitions.ts";
import { SsoxError } from "../errors.ts";
import { isRegion } from "./config-session.ts";
import { endpointOverride, type Service } from "./endpoint-override.ts";
import { isOn, type NetworkSettings } from "./network-settings.ts";

/** The first part of their host names. */
const PREFIXES = { sso: "portal.sso", "sso-oidc": "oidc", sts: "sts" } as const;

/**
 * Where a service is reached: at the endpoint that stands in the place of AWS's
 * own, whatever is said of FIPS and dual-stack, as for the AWS CLI; else at AWS's.
 *
 * @throws SsoxError as {@link endpointOverride} and {@link awsEndpoint}
 */
export function endpointOf(service: Service, region: string, network: NetworkSettings): string {
  const override = endpointOverride(service, network);
  if (override) return override.value;
  return awsEndpoint(service, region, {
    fips: isOn(network, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
    dualStack: isOn(network, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
  });
}

export interface EndpointVariant {
  readonly fips: boolean;
  readonly dualStack: boolean;
}

/**
 * AWS's own endpoint of a service: what the endpoint rule sets of the four
 * services come to. The console's sign-in has one for each region, and no variants.
 *
 * @throws SsoxError `ConfigInvalid` for a region that must not become part of a host name
 */
export function awsEndpoint(
  service: Service,
  region: string,
  { fips, dualStack }: EndpointVariant,
): string {
  if (!isRegion(region)) {
    throw new SsoxError("ConfigInvalid", `${JSON.stringify(region)} is no name of a region.`, {
      hint: "check sso_region, and region, in the AWS config file, and AWS_REGION",
    });
  }
  const { isFipsThroughout, dnsSuffix, dualStackDnsSuffix, signInDomain } = partitionOf(region);
  if (service === "signin") return `https://${region}.${signInDomain}`;
  const mark = fips && !(isFipsThroughout && !dualStack) ? "-fips" : "";
  return `https://${PREFIXES[service]}${mark}.${region}.${dualStack ? dualStackDnsSuffix : dnsSuffix}`;
}
