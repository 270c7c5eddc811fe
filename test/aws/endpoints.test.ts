import { describe, expect, test } from "vitest";
import { awsEndpoint, endpointOf } from "../../src/aws/endpoints.ts";
import { isHostOf, PARTITIONS, partitionOf } from "../../src/domain/partitions.ts";

const PLAIN = { fips: false, dualStack: false };

describe("AWS's own endpoints", () => {
  test.each([
    ["sso-oidc", "eu-west-1", {}, "oidc.eu-west-1.amazonaws.com"],
    ["sso", "eu-west-1", {}, "portal.sso.eu-west-1.amazonaws.com"],
    ["sts", "us-east-1", {}, "sts.us-east-1.amazonaws.com"],
    ["sso", "us-east-2", { fips: true }, "portal.sso-fips.us-east-2.amazonaws.com"],
    ["sso", "us-east-2", { dualStack: true }, "portal.sso.us-east-2.api.aws"],
    ["sts", "us-east-2", { fips: true, dualStack: true }, "sts-fips.us-east-2.api.aws"],
    ["sso-oidc", "us-gov-west-1", { fips: true }, "oidc.us-gov-west-1.amazonaws.com"],
    [
      "sso",
      "us-gov-east-1",
      { fips: true, dualStack: true },
      "portal.sso-fips.us-gov-east-1.api.aws",
    ],
    ["sso-oidc", "cn-north-1", {}, "oidc.cn-north-1.amazonaws.com.cn"],
    [
      "sso",
      "cn-north-1",
      { dualStack: true },
      "portal.sso.cn-north-1.api.amazonwebservices.com.cn",
    ],
    ["sso-oidc", "eusc-de-east-1", {}, "oidc.eusc-de-east-1.amazonaws.eu"],
    ["sts", "us-iso-east-1", {}, "sts.us-iso-east-1.c2s.ic.gov"],
    ["sts", "us-isob-east-1", {}, "sts.us-isob-east-1.sc2s.sgov.gov"],
    ["sso", "eu-isoe-west-1", {}, "portal.sso.eu-isoe-west-1.cloud.adc-e.uk"],
    [
      "sso",
      "us-isof-south-1",
      { dualStack: true },
      "portal.sso.us-isof-south-1.api.aws.hci.ic.gov",
    ],
    ["sso", "xx-new-1", {}, "portal.sso.xx-new-1.amazonaws.com"],
    ["signin", "eu-west-1", { fips: true, dualStack: true }, "eu-west-1.signin.aws.amazon.com"],
    ["signin", "cn-northwest-1", {}, "cn-northwest-1.signin.amazonaws.cn"],
    ["signin", "us-gov-east-1", {}, "us-gov-east-1.signin.amazonaws-us-gov.com"],
    ["signin", "eusc-de-east-1", {}, "eusc-de-east-1.signin.amazonaws-eusc.eu"],
    ["signin", "us-iso-east-1", {}, "us-iso-east-1.signin.c2shome.ic.gov"],
    ["signin", "us-isob-east-1", {}, "us-isob-east-1.signin.sc2shome.sgov.gov"],
    ["signin", "eu-isoe-west-1", {}, "eu-isoe-west-1.signin.csphome.adc-e.uk"],
    ["signin", "us-isof-south-1", {}, "us-isof-south-1.signin.csphome.hci.ic.gov"],
  ] as const)("%s in %s, %j: %s", (service, region, variant, host) => {
    expect(awsEndpoint(service, region, { ...PLAIN, ...variant })).toBe(`https://${host}`);
  });

  test.each([
    "",
    "evil.example/",
    "eu-west-1.evil.example",
    "eu-west-1#",
    "eu-west-1@evil.example",
    "aws-global",
    "EU-WEST-1",
    "eu-west-1\n",
  ])("none is built from %j", (region) => {
    expect(() => awsEndpoint("sso", region, PLAIN)).toThrow(
      expect.objectContaining({ code: "ConfigInvalid" }),
    );
  });
});

describe("FIPS and dual-stack", () => {
  const host = (env: Record<string, string>, settings: Record<string, string> = {}) => {
    const profile = { name: "dev", settings, endpoints: new Map() };
    return new URL(endpointOf("sso", "eu-west-1", { env, profile })).hostname;
  };
  const [usual, fips, dual] = [
    "portal.sso.eu-west-1.amazonaws.com",
    "portal.sso-fips.eu-west-1.amazonaws.com",
    "portal.sso.eu-west-1.api.aws",
  ];

  test.each([
    [{}, {}, usual],
    [{ AWS_USE_FIPS_ENDPOINT: "true" }, {}, fips],
    [{ AWS_USE_FIPS_ENDPOINT: "True" }, {}, fips],
    [{ AWS_USE_FIPS_ENDPOINT: "yes" }, {}, usual],
    [{}, { use_fips_endpoint: "true" }, fips],
    [{ AWS_USE_FIPS_ENDPOINT: "false" }, { use_fips_endpoint: "true" }, usual],
    [{ AWS_USE_FIPS_ENDPOINT: "" }, { use_fips_endpoint: "true" }, fips],
    [{ AWS_USE_DUALSTACK_ENDPOINT: "true" }, {}, dual],
    [{}, { use_dualstack_endpoint: "true" }, dual],
  ])("%j and a profile with %j: %s", (env, settings, expected) => {
    expect(host(env, settings)).toBe(expected);
  });

  test("a custom endpoint beats both, as for the AWS CLI", () => {
    const env = {
      AWS_ENDPOINT_URL: "https://custom.example/prefix",
      AWS_USE_FIPS_ENDPOINT: "true",
    };
    expect(endpointOf("sso", "eu-west-1", { env })).toBe("https://custom.example/prefix");
  });
});

describe("partitions", () => {
  test("each has its own regions and domains", () => {
    const examples = [
      "eu-west-1",
      "cn-north-1",
      "us-gov-west-1",
      "eusc-de-east-1",
      "us-iso-east-1",
      "us-isob-east-1",
      "eu-isoe-west-1",
      "us-isof-south-1",
    ];
    expect(examples.map((region) => partitionOf(region).id)).toEqual(
      PARTITIONS.map(({ id }) => id),
    );
  });

  test.each([
    ["eu-west-1", "d-1234567890.awsapps.com", true],
    ["eu-west-1", "amazonaws.com", true],
    ["eu-west-1", "amazonaws.com.cn", false],
    ["eu-west-1", "evilamazonaws.com", false],
    ["cn-north-1", "start.home.awsapps.cn", true],
    ["cn-north-1", "d-1234567890.awsapps.com", false],
    ["us-gov-west-1", "start.us-gov-home.awsapps.com", true],
    ["eusc-de-east-1", "ssoins-1.eusc-de-east-1.portal.amazonaws.eu", true],
    ["eusc-de-east-1", "d-1234567890.awsapps.com", false],
  ])("of %s, %s is a host: %s", (region, host, expected) => {
    expect(isHostOf(partitionOf(region), host)).toBe(expected);
  });
});
