import { type Answer, type Handler, type LabRequest, Refusal } from "./exchange.ts";
import { authorize, decideAuthorization } from "./oidc/authorize.ts";
import { registerClient } from "./oidc/clients.ts";
import { startDeviceAuthorization } from "./oidc/device.ts";
import { oidcErrorAnswer } from "./oidc/refusals.ts";
import { createToken } from "./oidc/token.ts";
import { decideDevice, showDevice } from "./pages/device-page.ts";
import { messagePage } from "./pages/pages.ts";
import { getRoleCredentials, listAccountRoles, listAccounts, logout } from "./portal/portal.ts";
import { portalErrorAnswer } from "./portal/refusals.ts";
import type { Service } from "./request-log.ts";
import type { LabState } from "./state.ts";
import { stsErrorAnswer } from "./sts/refusals.ts";
import { answerSts, stsParameters } from "./sts/sts.ts";

/** One thing that the lab can be asked for. */
export interface Operation {
  readonly service: Service;
  /** Its AWS name, or the page's. */
  readonly name: string;
  readonly answer: (request: LabRequest, state: LabState, requestId: string) => Answer;
}

/** Three services on one address: no two of their paths are alike. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ["POST /client/register", oidc("RegisterClient", registerClient)],
  ["POST /device_authorization", oidc("StartDeviceAuthorization", startDeviceAuthorization)],
  ["POST /token", oidc("CreateToken", createToken)],
  ["GET /authorize", page("Authorize", authorize)],
  ["POST /authorize", page("DecideAuthorization", decideAuthorization)],
  ["GET /device", page("Device", showDevice)],
  ["POST /device", page("DecideDevice", decideDevice)],
  ["GET /assignment/accounts", portal("ListAccounts", listAccounts)],
  ["GET /assignment/roles", portal("ListAccountRoles", listAccountRoles)],
  ["GET /federation/credentials", portal("GetRoleCredentials", getRoleCredentials)],
  ["POST /logout", portal("Logout", logout)],
]);

/** The operation that a request asks for. What the lab does not know is answered 404. */
export function operationOf(request: LabRequest): Operation {
  const key = `${request.method} ${request.path}`;
  const known = OPERATIONS.get(key);
  if (known) return known;
  const action = request.path === "/" ? stsParameters(request).get("Action") : null;
  return action === null ? unknown(key) : sts(action);
}

function oidc(name: string, handler: Handler): Operation {
  return operation("oidc", name, handler, oidcErrorAnswer);
}

function portal(name: string, handler: Handler): Operation {
  return operation("portal", name, handler, portalErrorAnswer);
}

function page(name: string, handler: Handler): Operation {
  return operation("page", name, handler, ({ status, name: title, message }) =>
    messagePage(status, title, message),
  );
}

function sts(action: string): Operation {
  return operation("sts", action, answerSts, stsErrorAnswer);
}

function unknown(key: string): Operation {
  return operation(
    "unknown",
    key,
    () => messagePage(404, "Not found", "No such page."),
    () => messagePage(404, "Not found", "No such page."),
  );
}

function operation(
  service: Service,
  name: string,
  handler: Operation["answer"],
  refused: (refusal: Refusal, requestId: string) => Answer,
): Operation {
  return {
    service,
    name,
    answer(request, state, requestId) {
      try {
        return handler(request, state, requestId);
      } catch (error) {
        if (error instanceof Refusal) return refused(error, requestId);
        throw error;
      }
    },
  };
}
