import { expect, it } from "vitest";
import { typedStartUrl } from "../../src/domain/typed-start-url.ts";

const PORTAL = "https://d-1234567890.awsapps.com/start";

it.each([
  [PORTAL, PORTAL],
  [`${PORTAL}/`, PORTAL],
  [`${PORTAL}#/`, PORTAL],
  [`${PORTAL}/#/`, PORTAL],
  [`${PORTAL}/#/?tab=accounts`, PORTAL],
  [`${PORTAL}/#/console?account_id=111122223333&role_name=Dev`, PORTAL],
  [`  <${PORTAL}>\n`, PORTAL],
  [`"${PORTAL}"`, PORTAL],
  ["d-1234567890", PORTAL],
  ["D-1234567890", PORTAL],
  ["acme", "https://acme.awsapps.com/start"],
  ["d-1234567890.awsapps.com", PORTAL],
  ["d-1234567890.awsapps.com/start#/", PORTAL],
  ["D-1234567890.AWSAPPS.com/start", PORTAL],
  ["http://d-1234567890.awsapps.com/start", PORTAL],
  ["acme.awsapps.cn", "https://acme.awsapps.cn/start"],
  [
    "https://start.us-gov-home.awsapps.com/directory/d-1234567890#/",
    "https://start.us-gov-home.awsapps.com/directory/d-1234567890",
  ],
  ["ssoins-12.portal.eu-west-1.app.aws/", "https://ssoins-12.portal.eu-west-1.app.aws"],
  ["sso.acme.example/go?to=aws", "https://sso.acme.example/go?to=aws"],
  ["https://sso.acme.example:8443/#/", "https://sso.acme.example:8443"],
  ["http://127.0.0.1:8400/vanity", "http://127.0.0.1:8400/vanity"],
])("%j means %j", (typed, meant) => {
  expect(typedStartUrl(typed)).toBe(meant);
});

it.each([
  "",
  " ",
  "ssoins-1234567890abcdef",
  "eu-west-1",
  "my company",
  "http://sso.acme.example",
  "ftp://d-1234567890.awsapps.com/start",
  "https://acme",
  "https://user:secret@d-1234567890.awsapps.com/start",
  "file:///etc/passwd",
  "javascript:alert(1)",
])("%j is not clear", (typed) => {
  expect(typedStartUrl(typed)).toBeUndefined();
});
