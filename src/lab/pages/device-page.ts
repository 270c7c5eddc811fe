import type { Answer, Handler, LabRequest } from "../exchange.ts";
import { sameSecret } from "../random.ts";
import type { DeviceAuthorization, LabState } from "../state.ts";
import { approveAs, deny } from "../users.ts";
import { codePage, messagePage, requestPage, wrongCodePage } from "./pages.ts";

/** `GET /device`: the verification page (RFC 8628 §3.3), with the code in its query or asking for it. */
export const showDevice: Handler = (request, state) => {
  const code = request.query.get("user_code");
  if (code === null || code.trim() === "") return codePage();
  const device = deviceOf(code, state);
  if (!device) return unknownCode();
  if (device.decision !== "pending") return result(device, 200);
  if (isExpired(device, state)) return expiredCode();
  if (state.settings.approve === "never") {
    return messagePage(200, "Waiting", "Nobody will answer this request.");
  }
  return ask(device, request, state);
};

/** `POST /device`: the decision from the form, and as which `user`; the usual one when it names none. */
export const decideDevice: Handler = (request, state) => {
  const form = new URLSearchParams(request.body);
  const device = deviceOf(form.get("user_code") ?? "", state);
  if (!device) return unknownCode();
  if (!sameSecret(form.get("csrf") ?? "", device.csrf)) {
    return messagePage(403, "Not accepted", "This form did not come from the sign-in page.");
  }
  if (device.decision !== "pending") return result(device, 409);
  if (isExpired(device, state)) return expiredCode();
  // Seen at AWS, and the client is told nothing (aws-cli issue 5058).
  if (device.isForeign) return messagePage(400, "invalid_grant", "Invalid grant provided");
  if (form.get("decision") !== "allow") deny(device);
  else if (!approveAs(state, device, form.get("user") ?? undefined)) {
    return messagePage(400, "Unknown user", "This start URL has no such user.");
  }
  return result(device, 200);
};

function ask(device: DeviceAuthorization, request: LabRequest, state: LabState): Answer {
  const clientName = state.clients.get(device.clientId)?.name ?? "";
  request.details.clientName = clientName;
  return requestPage({
    action: "/device",
    hidden: { user_code: device.userCode, csrf: device.csrf },
    clientName,
    instance: device.instance,
    userCode: device.userCode,
  });
}

/** @param status 409 when another decision came too late */
function result(device: DeviceAuthorization, status: 200 | 409): Answer {
  return device.decision === "allowed"
    ? messagePage(
        status,
        "Request approved",
        "You are signed in. You can close this tab and go back to the application.",
      )
    : messagePage(
        status,
        "Request denied",
        "The application was not signed in. You can close this tab.",
      );
}

function unknownCode(): Answer {
  return wrongCodePage(
    404,
    "Unknown code",
    "There is no request with this code, or it was used already. Is it typed as the application shows it?",
  );
}

function expiredCode(): Answer {
  return wrongCodePage(
    410,
    "This code has expired",
    "Start the sign-in again in the application: it shows a new code.",
  );
}

function isExpired(device: DeviceAuthorization, state: LabState): boolean {
  return device.expiresAt <= state.clock.now();
}

/** By the code as a person types it: any case, with or without the hyphen. */
function deviceOf(typed: string, state: LabState): DeviceAuthorization | undefined {
  const bare = (code: string) => code.toUpperCase().replace(/[^A-Z0-9]/g, "");
  const wanted = bare(typed);
  for (const device of state.devices.values()) {
    if (bare(device.userCode) === wanted) return device;
  }
  return undefined;
}
