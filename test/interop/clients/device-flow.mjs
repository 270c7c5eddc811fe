// Signs in with the SDK's own OIDC client and prints the token file that the AWS CLI would write.
import { setTimeout as delay } from "node:timers/promises";
import {
  AuthorizationPendingException,
  CreateTokenCommand,
  RegisterClientCommand,
  SSOOIDCClient,
  StartDeviceAuthorizationCommand,
} from "@aws-sdk/client-sso-oidc";

const [startUrl] = process.argv.slice(2);
const region = "eu-west-1";
const oidc = new SSOOIDCClient({ region });
const utc = (milliseconds) => new Date(milliseconds).toISOString().replace(/\.\d{3}/, "");

const { clientId, clientSecret, clientSecretExpiresAt } = await oidc.send(
  new RegisterClientCommand({
    clientName: "js-client-acme",
    clientType: "public",
    scopes: ["sso:account:access"],
  }),
);
const keys = { clientId, clientSecret };
const device = await oidc.send(new StartDeviceAuthorizationCommand({ ...keys, startUrl }));
const token = await poll();
console.log(
  JSON.stringify({
    startUrl,
    region,
    accessToken: token.accessToken,
    expiresAt: utc(Date.now() + token.expiresIn * 1000),
    ...keys,
    registrationExpiresAt: utc(clientSecretExpiresAt * 1000),
    refreshToken: token.refreshToken,
  }),
);

async function poll() {
  const grantType = "urn:ietf:params:oauth:grant-type:device_code";
  for (;;) {
    try {
      const { deviceCode } = device;
      return await oidc.send(new CreateTokenCommand({ ...keys, grantType, deviceCode }));
    } catch (error) {
      if (!(error instanceof AuthorizationPendingException)) throw error;
      await delay(device.interval * 1000);
    }
  }
}
