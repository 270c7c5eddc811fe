import { accountsOf, rolesOf } from "../assignments.ts";
import { type Handler, jsonAnswer, type LabRequest } from "../exchange.ts";
import type { Session } from "../instances.ts";
import { isElsewhere } from "../regions.ts";
import { issueCredentials, reservedRole } from "../role-sessions.ts";
import { sessionOf } from "../sessions.ts";
import type { LabState } from "../state.ts";
import { pageOf } from "./paging.ts";
import { PortalRefusal } from "./refusals.ts";

/** ListAccounts (`GET /assignment/accounts`). */
export const listAccounts: Handler = (request, state) => {
  const accounts = accountsOf(requireSession(request, state));
  const { items, nextToken } = pageOf(accounts, "accounts", request.query, state);
  const accountList = items.map(({ id, name, email }) => ({
    accountId: id,
    accountName: name,
    emailAddress: email,
  }));
  return jsonAnswer(200, { accountList, nextToken });
};

/** ListAccountRoles (`GET /assignment/roles`). */
export const listAccountRoles: Handler = (request, state) => {
  const session = requireSession(request, state);
  const { accountId, roles } = requireRoles(request, session);
  const { items, nextToken } = pageOf(roles, `roles-${accountId}`, request.query, state);
  const roleList = items.map(({ name }) => ({ roleName: name, accountId }));
  return jsonAnswer(200, { roleList, nextToken });
};

/** GetRoleCredentials (`GET /federation/credentials`); `expiration` is in milliseconds. */
export const getRoleCredentials: Handler = (request, state) => {
  const session = requireSession(request, state);
  const roleName = required(request, "role_name");
  request.details.roleName = roleName;
  const { accountId, roles } = requireRoles(request, session);
  const role = roles.find(({ name }) => name === roleName);
  if (!role) throw noAccess();
  const credentials = issueCredentials(state, {
    accountId,
    iamRole: reservedRole(accountId, role.name),
    sessionName: session.user.name,
    seconds: role.sessionSeconds ?? state.settings.lifetimes.roleCredentials,
  });
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = credentials;
  return jsonAnswer(200, {
    roleCredentials: { accessKeyId, secretAccessKey, sessionToken, expiration: expiresAt },
  });
};

/** Logout (`POST /logout`): ends the sign-in session; role credentials live on until they expire. */
export const logout: Handler = (request, state) => {
  requireSession(request, state).loggedOut = true;
  return { status: 200, headers: {}, body: "" };
};

function requireSession(request: LabRequest, state: LabState): Session {
  const token = request.headers["x-amz-sso_bearer_token"];
  const session = typeof token === "string" ? sessionOf(state, token) : undefined;
  if (session && !isElsewhere(request, state)) return session;
  throw new PortalRefusal("UnauthorizedException", "Session token not found or invalid");
}

function requireRoles(request: LabRequest, session: Session) {
  const accountId = required(request, "account_id");
  request.details.accountId = accountId;
  const roles = rolesOf(session, accountId);
  if (roles) return { accountId, roles };
  throw noAccess();
}

function required(request: LabRequest, name: string): string {
  const value = request.query.get(name);
  if (value) return value;
  throw new PortalRefusal("InvalidRequestException", `Missing parameter: ${name}`);
}

/** Not assigned, misspelt, or no such account: the service does not tell them apart. */
function noAccess(): PortalRefusal {
  return new PortalRefusal("ForbiddenException", "No access");
}
