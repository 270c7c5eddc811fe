import { type Handler, jsonAnswer } from "../exchange.ts";
import { randomSecret, randomUserCode } from "../random.ts";
import { type DeviceAuthorization, inSeconds, type LabState } from "../state.ts";
import { authenticate, isStartUrl, requireGrant } from "./clients.ts";
import { DEVICE_CODE } from "./grant-types.ts";
import { membersOf } from "./members.ts";
import { OidcRefusal } from "./refusals.ts";

/** StartDeviceAuthorization (`POST /device_authorization`, RFC 8628 §3.1). */
export const startDeviceAuthorization: Handler = (request, state) => {
  const members = membersOf(request);
  const client = authenticate(members, request, state);
  requireGrant(client, DEVICE_CODE);
  if (!isStartUrl(members.required("startUrl"), state)) {
    throw new OidcRefusal("InvalidRequestException", "Invalid start URL");
  }
  const deviceCode = randomSecret(48);
  const device = newDevice(client.id, state);
  state.devices.set(deviceCode, device);
  const { lifetimes } = state.settings;
  return jsonAnswer(200, {
    deviceCode,
    userCode: device.userCode,
    verificationUri: `${state.url}/device`,
    verificationUriComplete: `${state.url}/device?user_code=${device.userCode}`,
    expiresIn: lifetimes.deviceCode,
    interval: device.interval,
  });
};

function newDevice(clientId: string, state: LabState): DeviceAuthorization {
  const { approve, lifetimes, pollInterval } = state.settings;
  return {
    clientId,
    userCode: randomUserCode(),
    csrf: randomSecret(),
    expiresAt: inSeconds(state, lifetimes.deviceCode),
    decision: approve === "auto" ? "allowed" : approve === "deny" ? "denied" : "pending",
    interval: pollInterval,
    polledAt: undefined,
  };
}
