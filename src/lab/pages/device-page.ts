import type { Handler } from "../exchange.ts";
import type { DeviceAuthorization, LabState } from "../state.ts";
import { codePage, messagePage, requestPage } from "./pages.ts";

/** `GET /device`: the verification page (RFC 8628 §3.3), with the code in its query or asking for it. */
export const showDevice: Handler = (request, state) => {
  const code = request.query.get("user_code");
  if (code === null) return codePage(200);
  const device = deviceOf(code, state);
  if (!device) return codePage(404, "This code is unknown or has expired.");
  const client = state.clients.get(device.clientId);
  request.details.clientName = client?.name ?? "";
  if (device.decision !== "pending") return decided(device);
  if (state.settings.approve === "never") {
    return messagePage(200, "Waiting", "Nobody will answer this request.");
  }
  return requestPage({
    action: "/device",
    hidden: { user_code: device.userCode, csrf: device.csrf },
    clientName: client?.name ?? "",
    userName: state.settings.organisation.user.name,
    userCode: device.userCode,
  });
};

/** `POST /device`: the user's decision from the form. */
export const decideDevice: Handler = (request, state) => {
  const form = new URLSearchParams(request.body);
  const device = deviceOf(form.get("user_code") ?? "", state);
  if (device?.decision !== "pending" || form.get("csrf") !== device.csrf) {
    return messagePage(403, "Not accepted", "This request is unknown or was decided already.");
  }
  device.decision = form.get("decision") === "allow" ? "allowed" : "denied";
  return decided(device);
};

function decided(device: DeviceAuthorization) {
  return device.decision === "allowed"
    ? messagePage(
        200,
        "Request approved",
        "You can close this window and go back to your terminal.",
      )
    : messagePage(200, "Request denied", "You can close this window.");
}

/** By the code as a person types it: any case, with or without the hyphen. */
function deviceOf(typed: string, state: LabState): DeviceAuthorization | undefined {
  const bare = (code: string) => code.toUpperCase().replace(/[^A-Z0-9]/g, "");
  const now = state.clock.now();
  for (const device of state.devices.values()) {
    if (bare(device.userCode) === bare(typed) && device.expiresAt > now) return device;
  }
  return undefined;
}
