import { type Handler, jsonAnswer } from "../exchange.ts";
import type { Instance } from "../instances.ts";
import { randomSecret, randomUserCode } from "../random.ts";
import { isElsewhere } from "../regions.ts";
import { keepSecret } from "../secrets.ts";
import { type DeviceAuthorization, inSeconds, type LabState, remember } from "../state.ts";
import { approveAs, deny, instanceOf } from "../users.ts";
import { authenticate, requireGrant } from "./clients.ts";
import { DEVICE_CODE } from "./grant-types.ts";
import { membersOf } from "./members.ts";
import { OidcRefusal } from "./refusals.ts";

/** StartDeviceAuthorization (`POST /device_authorization`, RFC 8628 §3.1). */
export const startDeviceAuthorization: Handler = (request, state) => {
  const members = membersOf(request);
  const client = authenticate(members, request, state);
  requireGrant(client, DEVICE_CODE);
  const instance = instanceOf(state, members.required("startUrl"));
  if (!instance) throw new OidcRefusal("InvalidRequestException", "Invalid start URL");
  const deviceCode = randomSecret(48);
  const device = newDevice(client.id, instance, isElsewhere(request, state), state);
  remember(state.devices, deviceCode, device);
  keepSecret(state, "deviceCode", deviceCode);
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

function newDevice(
  clientId: string,
  instance: Instance,
  isForeign: boolean,
  state: LabState,
): DeviceAuthorization {
  const { approve, lifetimes, pollInterval } = state.settings;
  const device: DeviceAuthorization = {
    clientId,
    instance,
    isForeign,
    userCode: randomUserCode(),
    csrf: randomSecret(),
    expiresAt: inSeconds(state, lifetimes.deviceCode),
    decision: "pending",
    user: undefined,
    interval: pollInterval,
    polledAt: undefined,
  };
  if (approve === "auto" && !isForeign) approveAs(state, device);
  if (approve === "deny") deny(device);
  return device;
}
