import { expect, test } from "vitest";
import { authorizeRequest, isSignInPage } from "../../src/aws/authorize-url.ts";

test("6 · the parameters of the AWS CLI, in its order and spelling", () => {
  const url = authorizeRequest(new URL("https://oidc.eu-west-1.amazonaws.com/authorize?x=1"), {
    clientId: "a+b/c=",
    redirectUri: "http://127.0.0.1:4321/oauth/callback",
    state: "s&t",
    codeChallenge: "chal-_",
    scopes: ["sso:account:access", "other"],
  });
  expect(url.href).toBe(
    "https://oidc.eu-west-1.amazonaws.com/authorize?response_type=code&client_id=a%2Bb%2Fc%3D" +
      "&redirect_uri=http%3A%2F%2F127.0.0.1%3A4321%2Foauth%2Fcallback&state=s%26t" +
      "&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess%20other&code_challenge=chal-_",
  );
});

const OIDC = "https://oidc.eu-west-1.amazonaws.com/";
const LAB = "http://127.0.0.1:8123/";

test.each([
  ["https://device.sso.eu-west-1.amazonaws.com/?user_code=A", OIDC, true],
  ["https://d-1234567890.awsapps.com/start/#/device", OIDC, true],
  ["https://x.portal.eu-west-1.app.aws/device", OIDC, true],
  ["https://AWSAPPS.COM/", OIDC, true],
  ["https://device.sso.cn-north-1.amazonaws.com.cn/", OIDC, false],
  ["http://d-1234567890.awsapps.com/start", OIDC, false],
  ["https://awsapps.com.evil.example/", OIDC, false],
  ["https://evilawsapps.com/", OIDC, false],
  ["https://evil.example/awsapps.com", OIDC, false],
  ["https://user@d-1234567890.awsapps.com/start", OIDC, false],
  ["https://d-1234567890.awsapps.com:8443/start", OIDC, false],
  ["https://amazonaws.com@evil.example/", OIDC, false],
  ["javascript:alert(1)", OIDC, false],
  ["file:///etc/passwd", OIDC, false],
  ["http://127.0.0.1:8123/device", LAB, true],
  ["http://127.0.0.1:8124/device", LAB, false],
  ["http://127.0.0.1:8123/device", OIDC, false],
])("%s may be shown at %s: %s", (page, endpoint, expected) => {
  expect(isSignInPage(new URL(page), new URL(endpoint), "eu-west-1")).toBe(expected);
});

test("a page belongs to the partition of the session", () => {
  const endpoint = new URL("https://oidc.cn-north-1.amazonaws.com.cn/");
  const shown = (page: string) => isSignInPage(new URL(page), endpoint, "cn-north-1");
  expect(shown("https://device.sso.cn-north-1.amazonaws.com.cn/")).toBe(true);
  expect(shown("https://device.sso.eu-west-1.amazonaws.com/")).toBe(false);
});
