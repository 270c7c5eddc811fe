import { type Handler, jsonAnswer, type LabRequest } from "../exchange.ts";
import { issueCredentials, reservedRole } from "../role-sessions.ts";
import { sessionOf } from "../sessions.ts";
import type { Account, LabState, Session } from "../state.ts";
import { pageOf } from "./paging.ts";
import { PortalRefusal } from "./refusals.ts";

/** ListAccounts (`GET /assignment/accounts`). */
export const listAccounts: Handler = (request, state) => {
  requireSession(request, state);
  const all = [...state.accounts.values()];
  const { items, nextToken } = pageOf(all, "accounts", request.query, state);
  const accountList = items.map(({ id, name, email }) => ({
    accountId: id,
    accountName: name,
    emailAddress: email,
  }));
  return jsonAnswer(200, { accountList, nextToken });
};

/** ListAccountRoles (`GET /assignment/roles`). */
export const listAccountRoles: Handler = (request, state) => {
  requireSession(request, state);
  const account = requireAccount(request, state);
  const { items, nextToken } = pageOf(account.roles, `roles-${account.id}`, request.query, state);
  const roleList = items.map(({ name }) => ({ roleName: name, accountId: account.id }));
  return jsonAnswer(200, { roleList, nextToken });
};

/** GetRoleCredentials (`GET /federation/credentials`); `expiration` is in milliseconds. */
export const getRoleCredentials: Handler = (request, state) => {
  requireSession(request, state);
  const roleName = required(request, "role_name");
  request.details.roleName = roleName;
  const account = requireAccount(request, state);
  const role = account.roleOf(roleName);
  if (!role) throw noAccess();
  const { lifetimes, organisation } = state.settings;
  const credentials = issueCredentials(state, {
    accountId: account.id,
    iamRole: reservedRole(account.id, role.name),
    sessionName: organisation.user.name,
    seconds: role.sessionSeconds ?? lifetimes.roleCredentials,
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
  if (session) return session;
  throw new PortalRefusal("UnauthorizedException", "Session token not found or invalid");
}

function requireAccount(request: LabRequest, state: LabState): Account {
  const accountId = required(request, "account_id");
  request.details.accountId = accountId;
  const account = state.accounts.get(accountId);
  if (account) return account;
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
