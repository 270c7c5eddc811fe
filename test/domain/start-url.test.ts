import { expect, test } from "vitest";
import { bareStartUrl, isSameStartUrl } from "../../src/domain/start-url.ts";

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
