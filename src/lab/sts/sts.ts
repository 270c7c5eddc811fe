import type { Answer, LabRequest } from "../exchange.ts";
import { issueCredentials } from "../role-sessions.ts";
import type { IssuedCredentials, KnownCredentials, LabState } from "../state.ts";
import { callerOf } from "./authentication.ts";
import { StsRefusal } from "./refusals.ts";
import { element, STS_NAMESPACE, type Xml } from "./xml.ts";

/** The parameters of a query-protocol request: a form in the body, or the query of a GET. */
export function stsParameters(request: LabRequest): URLSearchParams {
  return request.method === "GET" ? request.query : new URLSearchParams(request.body);
}

/**
 * Answers one STS request.
 * @param requestId also stands in the answer's header
 * @throws StsRefusal
 */
export function answerSts(request: LabRequest, state: LabState, requestId: string): Answer {
  const parameters = stsParameters(request);
  const action = parameters.get("Action") ?? "";
  const version = parameters.get("Version") ?? "";
  const act = version === "2011-06-15" ? ACTIONS.get(action) : undefined;
  if (act === undefined) {
    throw new StsRefusal(
      "InvalidAction",
      `Could not find operation ${action} for version ${version || "NO_VERSION_SPECIFIED"}`,
    );
  }
  const caller = callerOf(request, state);
  request.details.accountId = caller.accountId;
  const body = element(
    `${action}Response`,
    [
      element(`${action}Result`, act({ parameters, caller, request, state })),
      element("ResponseMetadata", [element("RequestId", requestId)]),
    ],
    STS_NAMESPACE,
  );
  return { status: 200, headers: { "Content-Type": "text/xml" }, body: body.xml };
}

interface Call {
  readonly parameters: URLSearchParams;
  readonly caller: KnownCredentials;
  readonly request: LabRequest;
  readonly state: LabState;
}

const ACTIONS: ReadonlyMap<string, (call: Call) => readonly Xml[]> = new Map([
  ["GetCallerIdentity", getCallerIdentity],
  ["AssumeRole", assumeRole],
]);

function getCallerIdentity({ caller }: Call): readonly Xml[] {
  return [
    element("Arn", caller.arn),
    element("UserId", caller.userId),
    element("Account", caller.accountId),
  ];
}

/** Any role in an account of the organisation may be assumed: the lab has no trust policies. */
function assumeRole({ parameters, caller, request, state }: Call): readonly Xml[] {
  const arn = parameters.get("RoleArn") ?? "";
  const sessionName = parameters.get("RoleSessionName") ?? "";
  const [, accountId = "", iamRole = ""] = ROLE_ARN.exec(arn) ?? [];
  if (!iamRole) throw validation(`${arn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    throw validation("Value at 'roleSessionName' failed to satisfy constraint: [\\w+=,.@-]{2,64}");
  }
  request.details.roleName = iamRole;
  if (!isKnownAccount(accountId, state)) {
    throw new StsRefusal(
      "AccessDenied",
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    );
  }
  const seconds = durationOf(parameters.get("DurationSeconds"), caller);
  const isAssumedByUser = caller.sessionToken === undefined;
  const session = { accountId, iamRole, sessionName, seconds, isAssumedByUser };
  return assumedRole(issueCredentials(state, session));
}

function isKnownAccount(accountId: string, { instances }: LabState): boolean {
  for (const { accounts } of instances.values()) if (accounts.has(accountId)) return true;
  return false;
}

const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/(?:[\w+=,.@/-]+\/)?([\w+=,.@-]{1,64})$/;

/** A role that is assumed by a role lasts for an hour at most, one that is assumed by a user for twelve. */
function durationOf(asked: string | null, { sessionToken }: KnownCredentials): number {
  if (asked === null) return 3600;
  const seconds = Number(asked);
  if (!Number.isInteger(seconds) || seconds < 900) {
    throw validation(
      `1 validation error detected: Value '${asked}' at 'durationSeconds' failed to satisfy ` +
        "constraint: Member must have value greater than or equal to 900",
    );
  }
  if (seconds <= (sessionToken === undefined ? 43_200 : 3600)) return seconds;
  throw validation(
    sessionToken === undefined
      ? "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
      : "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
  );
}

function assumedRole(issued: IssuedCredentials): readonly Xml[] {
  const expiration = new Date(issued.expiresAt).toISOString().replace(".000Z", "Z");
  return [
    element("AssumedRoleUser", [
      element("AssumedRoleId", issued.userId),
      element("Arn", issued.arn),
    ]),
    element("Credentials", [
      element("AccessKeyId", issued.accessKeyId),
      element("SecretAccessKey", issued.secretAccessKey),
      element("SessionToken", issued.sessionToken),
      element("Expiration", expiration),
    ]),
  ];
}

function validation(message: string): StsRefusal {
  return new StsRefusal("ValidationError", message);
}
