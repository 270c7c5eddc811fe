/** A part of AWS with accounts, regions and domains of its own. */
export interface Partition {
  readonly id: string;
  readonly regions: RegExp;
  readonly dnsSuffix: string;
  readonly dualStackDnsSuffix: string;
  /** The usual endpoints are the FIPS endpoints, too: no host name has `-fips`. */
  readonly isFipsThroughout: boolean;
  /** Domains of access portals and sign-in pages, besides the two suffixes. */
  readonly signInDomains: readonly string[];
  /** The AWS Management Console; undefined where it is not known to us. */
  readonly consoleHost: string | undefined;
}

const AWS: Partition = {
  id: "aws",
  regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
  dnsSuffix: "amazonaws.com",
  dualStackDnsSuffix: "api.aws",
  isFipsThroughout: false,
  signInDomains: ["awsapps.com", "app.aws", "signin.aws.amazon.com"],
  consoleHost: "console.aws.amazon.com",
};

/**
 * Regions and suffixes: botocore's `partitions.json`. Sign-in domains: the
 * AWS CLI's list of hosts that start URLs may have. Console: AWS documentation.
 */
export const PARTITIONS: readonly Partition[] = [
  AWS,
  {
    id: "aws-cn",
    regions: /^cn-\w+-\d+$/,
    dnsSuffix: "amazonaws.com.cn",
    dualStackDnsSuffix: "api.amazonwebservices.com.cn",
    isFipsThroughout: false,
    signInDomains: ["awsapps.cn", "app.amazonwebservices.com.cn", "signin.amazonaws.cn"],
    consoleHost: "console.amazonaws.cn",
  },
  {
    id: "aws-us-gov",
    regions: /^us-gov-\w+-\d+$/,
    dnsSuffix: "amazonaws.com",
    dualStackDnsSuffix: "api.aws",
    isFipsThroughout: true,
    signInDomains: ["awsapps.com", "app.aws", "signin.amazonaws-us-gov.com"],
    consoleHost: "console.amazonaws-us-gov.com",
  },
  {
    id: "aws-eusc",
    regions: /^eusc-(de)-\w+-\d+$/,
    dnsSuffix: "amazonaws.eu",
    dualStackDnsSuffix: "api.amazonwebservices.eu",
    isFipsThroughout: false,
    signInDomains: ["signin.amazonaws-eusc.eu"],
    consoleHost: "console.amazonaws-eusc.eu",
  },
  isolated("aws-iso", /^us-iso-\w+-\d+$/, "c2s.ic.gov", "api.aws.ic.gov"),
  isolated("aws-iso-b", /^us-isob-\w+-\d+$/, "sc2s.sgov.gov", "api.aws.scloud"),
  isolated("aws-iso-e", /^eu-isoe-\w+-\d+$/, "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
  isolated("aws-iso-f", /^us-isof-\w+-\d+$/, "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
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
  const { dnsSuffix, dualStackDnsSuffix, signInDomains } = partition;
  return [dnsSuffix, dualStackDnsSuffix, ...signInDomains].some(
    (domain) => hostname === domain || hostname.endsWith(`.${domain}`),
  );
}

function isolated(
  id: string,
  regions: RegExp,
  dnsSuffix: string,
  dualStackDnsSuffix: string,
): Partition {
  return {
    id,
    regions,
    dnsSuffix,
    dualStackDnsSuffix,
    isFipsThroughout: false,
    signInDomains: [],
    consoleHost: undefined,
  };
}
