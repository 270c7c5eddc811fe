import { expect, it } from "vitest";
import { federationLogin, shortcutLink } from "../../src/domain/console-link.ts";

const ROLE = { accountId: "012345678901", roleName: "DeveloperAccess", destination: undefined };
const TAIL = "/#/console?account_id=012345678901&role_name=DeveloperAccess";

it.each([
  ["https://d-1234567890.awsapps.com/start", "https://d-1234567890.awsapps.com/start"],
  ["https://d-1234567890.awsapps.com/start/", "https://d-1234567890.awsapps.com/start"],
  ["https://d-1234567890.awsapps.com/start/#/", "https://d-1234567890.awsapps.com/start"],
  ["https://d-1234567890.awsapps.com/start#/?tab=x", "https://d-1234567890.awsapps.com/start"],
  ["https://start.home.awsapps.cn/directory/acme", "https://start.home.awsapps.cn/directory/acme"],
  [
    "https://start.us-gov-home.awsapps.com/directory/acme/",
    "https://start.us-gov-home.awsapps.com/directory/acme",
  ],
  ["https://ssoins-1.portal.eu-west-1.app.aws", "https://ssoins-1.portal.eu-west-1.app.aws"],
])("a shortcut link at %s", (startUrl, portal) => {
  expect(shortcutLink({ startUrl: new URL(startUrl), ...ROLE })).toBe(portal + TAIL);
});

it("a shortcut link keeps the query of a vanity URL, which may decide where it leads", () => {
  const startUrl = new URL("https://sso.example.com/go/?org=acme#/");
  expect(shortcutLink({ startUrl, ...ROLE })).toBe(
    "https://sso.example.com/go/?org=acme#/console?account_id=012345678901&role_name=DeveloperAccess",
  );
});

it.each([
  "https://console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:tag:a=b&c;d",
  "https://console.aws.amazon.com/x?y=%23%26%3D+%20",
])("carries %s whole", (destination) => {
  const startUrl = new URL("https://d-1234567890.awsapps.com/start");
  const link = new URL(shortcutLink({ startUrl, ...ROLE, destination }));
  expect(link.search).toBe("");
  // As the portal reads it: the query of what stands behind the #.
  const inner = new URL(link.hash.slice(1), link);
  expect(inner.searchParams.get("destination")).toBe(destination);
});

it("carries a role that breaks programs", () => {
  const roleName = `a&b=c#d "e" 'f' %s $(g) <h>\u202e`;
  const link = shortcutLink({
    startUrl: new URL("https://x.awsapps.com/st\u001bart?a#b"),
    ...ROLE,
    roleName,
  });
  expect(link).toMatch(/^[\x21-\x7e]+$/);
  const inner = new URL(new URL(link).hash.slice(1), link);
  expect(inner.searchParams.get("role_name")).toBe(roleName);
  expect([...inner.searchParams.keys()]).toEqual(["account_id", "role_name"]);
});

it("a federated sign-in's URL carries token and destination whole, and no password of an endpoint", () => {
  const destination = "https://console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:";
  const [token, issuer] = ["a+b/c=&d", "https://d-1234567890.awsapps.com/start"];
  for (const [endpoint, base] of [
    [
      "https://eu-west-1.signin.aws.amazon.com",
      "https://eu-west-1.signin.aws.amazon.com/federation",
    ],
    ["http://ada:secret@127.0.0.1:8400/", "http://127.0.0.1:8400/federation"],
    ["https://proxy.example/aws/", "https://proxy.example/aws/federation"],
  ] as const) {
    const url = new URL(federationLogin(endpoint, token, { destination, issuer }));
    expect(url.href.split("?")[0]).toBe(base);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      Action: "login",
      Issuer: issuer,
      Destination: destination,
      SigninToken: token,
    });
  }
});

it("a name that is not well-formed makes a link all the same", () => {
  const startUrl = new URL("https://d-1234567890.awsapps.com/start");
  const link = shortcutLink({ startUrl, ...ROLE, roleName: "Dev\ud800" });
  expect(link).toContain("&role_name=Dev%EF%BF%BD");
});
