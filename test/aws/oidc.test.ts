import { test } from "vitest";
import { openOidc } from "../../src/aws/oidc.ts";
import { openPortal } from "../../src/aws/portal.ts";
import { startRawServer, type RawAnswer } from "./raw-server.ts";

const C = { clientId: "c", clientSecret: "s" };
const bodies: RawAnswer[] = [
  { body: { accessToken: "a", expiresIn: 60, refreshToken: null } },
  { body: { accessToken: "a", expiresIn: "60" } },
  { body: { accessToken: 5, expiresIn: 60 } },
  { body: { accessToken: "a", expiresIn: 1e18 } },
  { body: { accessToken: "a", expiresIn: -5 } },
  { body: { accessToken: "a", expiresIn: 1.5, refreshToken: "" } },
  { body: "" }, { body: "null" }, { body: "[]" }, { body: '"x"' }, { body: "{" }, { body: "<html>" , headers: {"Content-Type":"text/html"}},
  { status: 403, body: "<html>" }, { status: 401, body: "<html>" }, { status: 400, body: "<html>" }, { status: 500, body: "<html>" },
  { status: 302, body: "", headers: { Location: "http://127.0.0.1:1/" } },
  { status: 400, body: "" }, { status: 400, body: "null" }, { status: 403, body: "" },
  { status: 400, body: { error: "authorization_pending", error_description: null } },
  { status: 400, body: "{}", headers: { "x-amzn-ErrorType": "InvalidGrantException:http://x/" } },
  { status: 407, body: "" }, {status: 511, body: "<html>"}, {drop: true}, {status: 200, headers: {"Content-Length":"500"}, body: "{\"accessTok"},
];
test.each(bodies)("%j", async (a) => {
  const s = await startRawServer(a);
  const o = await openOidc("eu-west-1", s.access);
  const t = Date.now();
  const r = await o.createToken(C, { grantType: "refresh_token", refreshToken: "r" }).catch((e) => `${e.code} ${e.message}`);
  console.log(JSON.stringify(a), "=>", JSON.stringify(r), s.requests.length, Date.now() - t);
  const p = await openPortal("eu-west-1", "tok", s.access);
  const q = await p.listAccounts().catch((e) => `${e.code} ${e.message}`);
  console.log("   portal", JSON.stringify(q));
});
test.each([
  { accountList: null }, { accountList: [{ accountId: "1", accountName: null, emailAddress: null }] }, { accountList: [{ accountId: 12 }] , nextToken: null}, {accountList: "x"}, {accountList: [null]},
  {}, 
])("portal %j", async (body) => {
  const s = await startRawServer({ body });
  const p = await openPortal("eu-west-1", "tok", s.access);
  console.log(JSON.stringify(body), JSON.stringify(await p.listAccounts().catch((e) => `${e.code} ${e.message}`)));
});
test.each([
  { accessKeyId: "a", secretAccessKey: "s", sessionToken: "t", expiration: "1790000000000" },
  { accessKeyId: "a", secretAccessKey: "s", sessionToken: "t", expiration: 1790000000000 },
  { accessKeyId: "a", secretAccessKey: "s", sessionToken: "t", expiration: 1.79e30 },
  { accessKeyId: "a", secretAccessKey: "s", sessionToken: "t", expiration: -1 },
  { accessKeyId: null, secretAccessKey: "s", sessionToken: "t", expiration: 1790000000000 },
])("role %j", async (c) => {
  const s = await startRawServer({ body: { roleCredentials: c } });
  const p = await openPortal("eu-west-1", "tok", s.access);
  console.log(JSON.stringify(c), JSON.stringify(await p.getRoleCredentials("1", "r").catch((e) => `${e.code} ${e.message}`)));
});
test.each([{ interval: 0 }, { interval: null }, { interval: -3 }, {interval: "2"}, {verificationUriComplete: null}, {verificationUriComplete: ""}, {expiresIn: null}])("dev %j", async (c) => {
  const s = await startRawServer({ body: { deviceCode: "d", userCode: "u", verificationUri: "https://x/", verificationUriComplete: "https://x/?u", expiresIn: 5, interval: 1, ...c } });
  const o = await openOidc("eu-west-1", s.access);
  console.log(JSON.stringify(c), JSON.stringify(await o.startDeviceAuthorization({ ...C, expiresAt: 1 }, "https://s").catch((e) => `${e.code} ${e.message}`)));
});
