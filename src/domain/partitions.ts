import { hostOf, parseUrl } from "./url.ts";

/** A part of AWS with accounts, regions and domains of its own. */
export interface Partition {
  readonly id: string;
  readonly regions: RegExp;
  readonly dnsSuffix: string;
  readonly dualStackDnsSuffix: string;
  /** The usual endpoints are the FIPS endpoints, too: no host name has `-fips`. */
  readonly isFipsThroughout: boolean;
  /** A start URL's host is one of these, or below one. */
  readonly portalDomains: readonly string[];
  /** A start URL's host may be just this one, too. */
  readonly issuerHost: string | undefined;
  /** Where the AWS Management Console signs in, itself and below. */
  readonly signInDomain: string;
  /** Where the AWS Management Console is, itself and below. */
  readonly consoleDomain: string;
}

const AWS: Partition = {
  id: "aws",
  regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
  dnsSuffix: "amazonaws.com",
  dualStackDnsSuffix: "api.aws",
  isFipsThroughout: false,
  portalDomains: ["app.aws", "portal.amazonaws.com", "awsapps.com"],
  issuerHost: "identitycenter.amazonaws.com",
  signInDomain: "signin.aws.amazon.com",
  consoleDomain: "console.aws.amazon.com",
};

/**
 * Regions and suffixes: botocore's `partitions.json`. Portals and
 * issuers: the list of AWS CLI 2.36.4. Sign-in: the rule set of the service
 * Signin in the AWS SDKs. Consoles: AWS documentation, and of the ISO
 * partitions the domains of their sign-in.
 */
export const PARTITIONS: readonly Partition[] = [
  AWS,
  {
    id: "aws-cn",
    regions: /^cn-\w+-\d+$/,
    dnsSuffix: "amazonaws.com.cn",
    dualStackDnsSuffix: "api.amazonwebservices.com.cn",
    isFipsThroughout: false,
    portalDomains: ["app.amazonwebservices.com.cn", "portal.amazonaws.com.cn", "awsapps.cn"],
    issuerHost: "identitycenter.amazonaws.com.cn",
    signInDomain: "signin.amazonaws.cn",
    consoleDomain: "console.amazonaws.cn",
  },
  {
    id: "aws-us-gov",
    regions: /^us-gov-\w+-\d+$/,
    dnsSuffix: "amazonaws.com",
    dualStackDnsSuffix: "api.aws",
    isFipsThroughout: true,
    portalDomains: ["app.aws", "portal.amazonaws.com", "awsapps.com"],
    issuerHost: "identitycenter.us-gov.amazonaws.com",
    signInDomain: "signin.amazonaws-us-gov.com",
    consoleDomain: "console.amazonaws-us-gov.com",
  },
  {
    id: "aws-eusc",
    regions: /^eusc-(de)-\w+-\d+$/,
    dnsSuffix: "amazonaws.eu",
    dualStackDnsSuffix: "api.amazonwebservices.eu",
    isFipsThroughout: false,
    portalDomains: ["portal.amazonaws.eu", "api.amazonwebservices.eu"],
    issuerHost: "identitycenter.amazonaws.eu",
    signInDomain: "signin.amazonaws-eusc.eu",
    consoleDomain: "console.amazonaws-eusc.eu",
  },
  isolated("aws-iso", /^us-iso-\w+-\d+$/, "c2s.ic.gov", "api.aws.ic.gov", "c2shome.ic.gov"),
  isolated(
    "aws-iso-b",
    /^us-isob-\w+-\d+$/,
    "sc2s.sgov.gov",
    "api.aws.scloud",
    "sc2shome.sgov.gov",
  ),
  isolated(
    "aws-iso-e",
    /^eu-isoe-\w+-\d+$/,
    "cloud.adc-e.uk",
    "api.cloud-aws.adc-e.uk",
    "csphome.adc-e.uk",
  ),
  isolated(
    "aws-iso-f",
    /^us-isof-\w+-\d+$/,
    "csp.hci.ic.gov",
    "api.aws.hci.ic.gov",
    "csphome.hci.ic.gov",
  ),
];

/**
 * The partition of a region. One that no partition knows is taken for a new
 * region of `aws`, as the rule sets of AWS do.
 */
export function partitionOf(region: string): Partition {
  return PARTITIONS.find(({ regions }) => regions.test(region)) ?? AWS;
}

/** Whether AWS itself answers under that host name, in that partition. */
export function isHostOf(partition: Partition, hostname: string): boolean {
  const { dnsSuffix, dualStackDnsSuffix, portalDomains, signInDomain } = partition;
  return isWithin(hostname, [dnsSuffix, dualStackDnsSuffix, ...portalDomains, signInDomain]);
}

/** Whether the partition's AWS Management Console answers under that host name. */
export function isConsoleHost({ consoleDomain }: Partition, hostname: string): boolean {
  return isWithin(hostname, [consoleDomain]);
}

/** Whether the host is an AWS access portal's, in any partition; of another the organisation's redirect is asked for. */
export function isAwsStartUrl(url: URL): boolean {
  return PARTITIONS.some((partition) => isPortalOf(partition, url));
}

/** Whether an AWS access portal of that partition may have this URL. */
function isPortalOf({ portalDomains, issuerHost }: Partition, url: URL): boolean {
  const hostname = hostOf(url);
  return hostname === issuerHost || isWithin(hostname, portalDomains);
}

/**
 * Why that region is not the one of IAM Identity Center at that access portal, in words;
 * undefined where nothing speaks against it.
 */
export function foreignRegion(region: string, portal: string): string | undefined {
  const url = parseUrl(portal);
  const partition = partitionOf(region);
  if (url === undefined || !isAwsStartUrl(url) || isPortalOf(partition, url)) return undefined;
  return `${url.host} is not in ${partition.id}, the partition of ${region}.`;
}

function isWithin(hostname: string, domains: readonly string[]): boolean {
  return domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
}

function isolated(
  id: string,
  regions: RegExp,
  dnsSuffix: string,
  dualStackDnsSuffix: string,
  homeDomain: string,
): Partition {
  return {
    id,
    regions,
    dnsSuffix,
    dualStackDnsSuffix,
    isFipsThroughout: false,
    // No list of AWS's names their portals, so that all below the suffixes counts.
    portalDomains: [dnsSuffix, dualStackDnsSuffix],
    issuerHost: undefined,
    signInDomain: `signin.${homeDomain}`,
    consoleDomain: `console.${homeDomain}`,
  };
}
