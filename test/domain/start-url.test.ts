import { expect, test } from "vitest";
import { isAwsStartUrl } from "../../src/domain/partitions.ts";
import { bareStartUrl, isSameStartUrl, regionOfStartUrl } from "../../src/domain/start-url.ts";

test.each([
  ["https://d-1234567890.awsapps.com/start", "https://d-1234567890.awsapps.com/start"],
  ["https://d-1234567890.awsapps.com/start/", "https://d-1234567890.awsapps.com/start"],
  ["https://d-1234567890.awsapps.com/start#/", "https://d-1234567890.awsapps.com/start"],
  ["https://d-1234567890.awsapps.com/start/#/", "https://d-1234567890.awsapps.com/start"],
  ["HTTPS://Acme.AWSapps.com/Start//", "https://acme.awsapps.com/Start"],
  ["https://sso.example.com", "https://sso.example.com"],
  ["", ""],
])("%s without what makes no difference: %s", (url, expected) => {
  expect(bareStartUrl(url)).toBe(expected);
});

test.each([
  ["https://acme.awsapps.com/start#/", "https://ACME.awsapps.com/start", true],
  ["", "https://acme.awsapps.com/start", true],
  ["https://acme.awsapps.com/start", "https://other.awsapps.com/start", false],
  ["https://acme.awsapps.com/start", "https://acme.awsapps.com/START", false],
  ["https://acme.awsapps.com/start", "http://acme.awsapps.com/start", false],
])("a token of %j for the session of %j: %s", (ofToken, ofSession, expected) => {
  expect(isSameStartUrl(ofToken, ofSession)).toBe(expected);
});

test.each([
  ["https://ssoins-1.portal.eu-west-1.app.aws", "eu-west-1"],
  ["https://SSOINS-1.Portal.EU-West-1.App.AWS/", "eu-west-1"],
  ["https://ssoins-1.portal.eu-west-1.app.aws./start#/", "eu-west-1"],
  ["https://ssoins-1.us-east-2.portal.amazonaws.com/start", "us-east-2"],
  ["https://ssoins-1.cn-north-1.portal.amazonaws.com.cn/start", "cn-north-1"],
  ["https://ssoins-1.portal.cn-northwest-1.app.amazonwebservices.com.cn", "cn-northwest-1"],
  ["https://ssoins-1.eusc-de-east-1.portal.amazonaws.eu", "eusc-de-east-1"],
  ["https://ssoins-1.portal.eusc-de-east-1.api.amazonwebservices.eu", "eusc-de-east-1"],
  ["https://ssoins-1.us-gov-west-1.portal.amazonaws.com", "us-gov-west-1"],
  ["https://d-1234567890.awsapps.com/start", undefined],
  ["https://identitycenter.amazonaws.com/ssoins-1", undefined],
  ["https://a.b.portal.eu-west-1.app.aws", undefined],
  ["https://portal.eu-west-1.app.aws", undefined],
  ["https://ssoins-1.portal.eu-west-1.app.aws.example.com", undefined],
  ["https://ssoins-1.portal.frankfurt.app.aws", undefined],
  ["https://example.com/ssoins-1.portal.eu-west-1.app.aws", undefined],
  ["no URL", undefined],
])("the region of %s: %s", (url, region) => {
  expect(regionOfStartUrl(url)).toBe(region);
});

test.each([
  ["https://d-1234567890.awsapps.com/start#/", true],
  ["https://awsapps.com", true],
  ["https://d-1.awsapps.cn/start", true],
  ["https://start.us-gov-home.awsapps.com/directory/d-1", true],
  ["https://ssoins-1.portal.eu-west-1.app.aws", true],
  ["https://ssoins-1.eu-west-1.portal.amazonaws.com.", true],
  ["https://ssoins-1.cn-north-1.portal.amazonaws.com.cn", true],
  ["https://ssoins-1.portal.cn-north-1.app.amazonwebservices.com.cn", true],
  ["https://ssoins-1.eusc-de-east-1.portal.amazonaws.eu", true],
  ["https://ssoins-1.portal.eusc-de-east-1.api.amazonwebservices.eu", true],
  ["https://identitycenter.amazonaws.com/ssoins-1", true],
  ["https://identitycenter.amazonaws.com.cn/ssoins-1", true],
  ["https://identitycenter.amazonaws.eu/ssoins-1", true],
  ["https://identitycenter.us-gov.amazonaws.com/ssoins-1", true],
  ["https://start.us-iso-east-1.c2s.ic.gov/directory/d-1", true],
  ["https://ssoins-1.portal.us-isob-east-1.api.aws.scloud", true],
  ["https://start.eu-isoe-west-1.cloud.adc-e.uk", true],
  ["https://start.us-isof-south-1.csp.hci.ic.gov", true],
  ["https://c2s.ic.gov.example.com", false],
  ["https://ic.gov", false],
  ["https://amazonaws.com", false],
  ["https://signin.aws.amazon.com", false],
  ["https://x.identitycenter.amazonaws.com", false],
  ["https://s3.amazonaws.com/awsapps.com", false],
  ["https://xawsapps.com", false],
  ["https://awsapps.com.example.com", false],
  ["https://sso.example.com", false],
])("%s is AWS's own: %s", (url, expected) => {
  expect(isAwsStartUrl(new URL(url))).toBe(expected);
});
