import { type Answer, type Handler, type LabRequest, Refusal } from "./exchange.ts";
import { registerClient } from "./oidc/clients.ts";
import { startDeviceAuthorization } from "./oidc/device.ts";
import { oidcErrorAnswer } from "./oidc/refusals.ts";
import { createToken } from "./oidc/token.ts";
import { messagePage } from "./pages/pages.ts";
import { PAGES } from "./pages/routes.ts";
import { getRoleCredentials, listAccountRoles, listAccounts, logout } from "./portal/portal.ts";
import { portalErrorAnswer } from "./portal/refusals.ts";
import type { Service } from "./request-log.ts";
import { federatedLogin, getSigninToken, signinErrorAnswer } from "./signin/federation.ts";
import type { LabState } from "./state.ts";
import { stsErrorAnswer } from "./sts/refusals.ts";
import { answerSts, stsParameters } from "./sts/sts.ts";
import { isVanity, redirectVanity } from "./vanity.ts";

/** One thing that the lab can be asked for. */
export interface Operation {
  readonly service: Service;
  /** Its AWS name, or the page's. */
  readonly name: string;
  readonly answer: (request: LabRequest, state: LabState, requestId: string) => Answer;
  /** An error in the words of the service. */
  readonly refuse: (refusal: Refusal, requestId: string) => Answer;
  /** The answer to a request over the rate limit. */
  readonly throttled: (requestId: string) => Answer;
}

/** All services on one address: no two of their paths are alike. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ["POST /client/register", oidc("RegisterClient", registerClient)],
  ["POST /device_authorization", oidc("StartDeviceAuthorization", startDeviceAuthorization)],
  ["POST /token", oidc("CreateToken", createToken)],
  ["GET /assignment/accounts", portal("ListAccounts", listAccounts)],
  ["GET /assignment/roles", portal("ListAccountRoles", listAccountRoles)],
  ["GET /federation/credentials", portal("GetRoleCredentials", getRoleCredentials)],
  ["POST /logout", portal("Logout", logout)],
  ...PAGES.map(([key, name, handler]): [string, Operation] => [key, page(name, handler)]),
]);

const VANITY = page("Vanity", redirectVanity);

/** The operation that a request asks for. What the lab does not know is answered 404. */
export function operationOf(request: LabRequest, state: LabState): Operation {
  if (isVanity(request, state)) return VANITY;
  const key = `${request.method} ${request.path}`;
  const known = OPERATIONS.get(key);
  if (known) return known;
  if (key === "GET /federation") return federation(request);
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

/** Whatever is no login asks for a token. */
function federation({ query }: LabRequest): Operation {
  return query.get("Action") === "login"
    ? operation("page", "FederatedLogin", federatedLogin, signinErrorAnswer)
    : operation("signin", "GetSigninToken", getSigninToken, signinErrorAnswer);
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
  refuse: Operation["refuse"],
): Operation {
  return {
    service,
    name,
    refuse,
    throttled: service === "sts" ? stsThrottled : portalThrottled,
    answer(request, state, requestId) {
      try {
        return handler(request, state, requestId);
      } catch (error) {
        if (error instanceof Refusal) return refuse(error, requestId);
        throw error;
      }
    },
  };
}

/** Of OIDC no service model says anything: it answers as the portal does. */
function portalThrottled(): Answer {
  return portalErrorAnswer(new Refusal("TooManyRequestsException", 429, "HTTP 429 Unknown Code"));
}

function stsThrottled(requestId: string): Answer {
  return stsErrorAnswer(new Refusal("Throttling", 400, "Rate exceeded"), requestId);
}
