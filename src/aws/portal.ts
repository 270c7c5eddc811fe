import type { RoleCredentials } from "../domain/role-credentials.ts";
import { LATEST_MS } from "../domain/timestamp.ts";
import { SsoxError } from "../errors.ts";
import {
  AROUND_READING,
  clientSettings,
  errorName,
  hasty,
  isUnexplained,
  numberMember,
  reportingDate,
  type ServiceAccess,
  serviceFailure,
  statusOf,
  textMember,
  textOrNone,
  traced,
  unusableAnswer,
} from "./service-client.ts";

export interface PortalAccount {
  readonly id: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
}

/** A portal call's answer, or the refusal of the token (401) or of the role (403). */
export type PortalAnswer<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "unauthorized" }
  | { readonly kind: "forbidden" };

/**
 * Sends a request, which may have to wait for its turn, and sends it again
 * where that may help. What it throws in the end is what the last attempt threw.
 */
export type Sending = <T>(attempt: () => Promise<T>) => Promise<T>;

/** The operations of the AWS access portal (the service `SSO`), under one access token. */
export interface Portal {
  listAccounts(): Promise<PortalAnswer<PortalAccount[]>>;
  /** The permission sets' names. */
  listAccountRoles(accountId: string): Promise<PortalAnswer<string[]>>;
  getRoleCredentials(accountId: string, roleName: string): Promise<PortalAnswer<RoleCredentials>>;
  /** Ends the session at the service. Role credentials that were issued live on. */
  logout(): Promise<PortalAnswer<void>>;
}

/** The largest page that the API model allows. */
const PAGE_SIZE = 100;

/**
 * Its methods throw SsoxError `NetworkError`, `ServiceUnavailable`, `Throttled`.
 *
 * @param sending sends the requests, each page of a listing by itself; without it
 * the SDK sends them again by its own rules
 */
export async function openPortal(
  region: string,
  accessToken: string,
  given: ServiceAccess,
  sending?: Sending,
): Promise<Portal> {
  const access = { ...given, secrets: [accessToken] };
  const sdk = await import("@aws-sdk/client-sso");
  const settings = await clientSettings("sso", region, access);
  // The SDK's own attempts would not be counted.
  const client = new sdk.SSOClient(sending ? hasty(settings) : settings);
  client.middlewareStack.add(reportingDate(access), AROUND_READING);
  const send: Sending = sending ?? ((attempt) => attempt());

  const answered = async <T>(what: string, call: () => Promise<T>): Promise<PortalAnswer<T>> => {
    try {
      return { kind: "ok", value: await call() };
    } catch (error) {
      // A page of HTML is no refusal: a proxy that wants a sign-in of its own sends 401 or 403, too.
      const status = error instanceof SyntaxError ? undefined : statusOf(error);
      if (status === 401) return { kind: "unauthorized" };
      // Not modelled, but what the live service says of a role that is not assigned.
      if (status === 403) return { kind: "forbidden" };
      throw refusedOrFailed(error, what, region);
    }
  };

  return {
    listAccounts: () =>
      answered("listing the accounts", () =>
        allPages("listing the accounts", send, async (nextToken) => {
          const page = await traced("sso ListAccounts", access, (options) =>
            client.send(
              new sdk.ListAccountsCommand({ accessToken, maxResults: PAGE_SIZE, nextToken }),
              options,
            ),
          );
          // Without a list it is no empty list: profiles are pruned by what is missing.
          if (!isList(page.accountList))
            throw unusableAnswer("listing the accounts", "accountList");
          const items = page.accountList.map((account) => ({
            id: textMember("listing the accounts", account, "accountId"),
            name: textOrNone(account.accountName),
            email: textOrNone(account.emailAddress),
          }));
          return { items, nextToken: page.nextToken };
        }),
      ),
    listAccountRoles(accountId) {
      const what = `listing the roles of ${accountId}`;
      return answered(what, () =>
        allPages(what, send, async (nextToken) => {
          const page = await traced(`sso ListAccountRoles ${accountId}`, access, (options) =>
            client.send(
              new sdk.ListAccountRolesCommand({
                accessToken,
                accountId,
                maxResults: PAGE_SIZE,
                nextToken,
              }),
              options,
            ),
          );
          if (!isList(page.roleList)) throw unusableAnswer(what, "roleList");
          const items = page.roleList.map((role) => textMember(what, role, "roleName"));
          return { items, nextToken: page.nextToken };
        }),
      );
    },
    getRoleCredentials(accountId, roleName) {
      const what = `getting credentials of ${roleName} in ${accountId}`;
      const call = async (): Promise<RoleCredentials> => {
        const answer = await traced(
          `sso GetRoleCredentials ${accountId} ${roleName}`,
          access,
          (options) =>
            client.send(
              new sdk.GetRoleCredentialsCommand({ accessToken, accountId, roleName }),
              options,
            ),
        );
        const credentials = answer.roleCredentials ?? {};
        return {
          accessKeyId: textMember(what, credentials, "accessKeyId"),
          secretAccessKey: textMember(what, credentials, "secretAccessKey"),
          sessionToken: textMember(what, credentials, "sessionToken"),
          expiration: numberMember(what, credentials, "expiration", LATEST_MS),
          accountId,
        };
      };
      return answered(what, () => send(call));
    },
    logout() {
      const call = async (): Promise<void> => {
        await traced("sso Logout", access, (options) =>
          client.send(new sdk.LogoutCommand({ accessToken }), options),
        );
      };
      return answered("signing out", () => send(call));
    },
  };
}

function isList<T extends object>(list: T[] | undefined): list is T[] {
  return Array.isArray(list) && list.every((item) => typeof item === "object" && item !== null);
}

/** Follows `nextToken` (null, empty and absent all mean the end), and never the same one twice. */
async function allPages<T>(
  what: string,
  send: Sending,
  page: (nextToken: string | undefined) => Promise<{ items: T[]; nextToken: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  const seen = new Set<string>();
  for (let nextToken: string | undefined; ; ) {
    const answer = await send(() => page(nextToken));
    all.push(...answer.items);
    if (!answer.nextToken) return all;
    if (seen.has(answer.nextToken)) {
      throw new SsoxError("ServiceUnavailable", `AWS repeats a page (${what}).`, {
        hint: "run the command again in a minute",
      });
    }
    seen.add(answer.nextToken);
    nextToken = answer.nextToken;
  }
}

function refusedOrFailed(error: unknown, what: string, region: string): Error {
  const status = statusOf(error);
  if ((status === 400 || status === 404) && !isUnexplained(error)) {
    return new SsoxError("AccessDenied", `AWS refused (${what}): ${errorName(error)}.`, {
      hint: "name an account and a role that `ssox roles --refresh` lists",
    });
  }
  return serviceFailure(error, what, region);
}
