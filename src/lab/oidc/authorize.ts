import type { Answer, Handler } from "../exchange.ts";
import { messagePage, redirectTo, requestPage } from "../pages/pages.ts";
import { randomSecret } from "../random.ts";
import { isElsewhere } from "../regions.ts";
import { keepSecret } from "../secrets.ts";
import {
  type Client,
  inSeconds,
  type LabState,
  type PendingAuthorization,
  remember,
} from "../state.ts";
import { approveAs, deny } from "../users.ts";
import { AUTHORIZATION_CODE } from "./grant-types.ts";
import { matchesRegistered } from "./redirect-uri.ts";

/**
 * `GET /authorize` with the parameters that the AWS CLI sends, `scopes` in the
 * plural among them; no service model describes it. A client or redirect URI
 * that is wrong is told to the user and never redirected to (RFC 6749 §4.1.2.1).
 */
export const authorize: Handler = (request, state) => {
  const { query } = request;
  const client = state.clients.get(query.get("client_id") ?? "");
  if (!client || client.expiresAt <= state.clock.now()) {
    return messagePage(400, "Unknown client", "This application is not registered here.");
  }
  request.details.clientName = client.name;
  if (isElsewhere(request, state)) {
    return messagePage(400, "invalid_request", "Invalid client provided");
  }
  const redirectUri = query.get("redirect_uri") ?? "";
  if (!matchesRegistered(redirectUri, client.redirectUris)) {
    return messagePage(
      400,
      "Wrong redirect",
      "The application did not register this redirect URI.",
    );
  }
  const found = readAuthorization(query, client, redirectUri);
  return "error" in found
    ? redirectBack(found, { error: found.error })
    : answerAuthorization(found, client, state);
};

/** `POST /authorize`: the decision from the form, and as which `user`; the usual one when it names none. */
export const decideAuthorization: Handler = (request, state) => {
  const form = new URLSearchParams(request.body);
  const id = form.get("request") ?? "";
  const pending = state.authorizations.get(id);
  if (!pending || form.get("csrf") !== pending.csrf) {
    return messagePage(403, "Not accepted", "This request is unknown or was decided already.");
  }
  if (form.get("decision") !== "allow") deny(pending);
  else if (!approveAs(state, pending, form.get("user") ?? undefined)) {
    return messagePage(400, "Unknown user", "This start URL has no such user.");
  }
  state.authorizations.delete(id);
  return redirectBack(pending, outcomeOf(pending, state));
};

/** Where the browser is sent with the outcome. */
type WayBack = Pick<PendingAuthorization, "redirectUri" | "state">;

function readAuthorization(
  query: URLSearchParams,
  client: Client,
  redirectUri: string,
): PendingAuthorization | (WayBack & { readonly error: string }) {
  const back = { redirectUri, state: query.get("state") ?? undefined };
  const scopes = (query.get("scopes") ?? "").split(" ").filter((scope) => scope !== "");
  const codeChallenge = query.get("code_challenge") ?? "";
  const error = errorOf(query, client, scopes);
  if (error !== undefined) return { ...back, error };
  return {
    ...back,
    clientId: client.id,
    instance: client.issuer,
    decision: "pending",
    user: undefined,
    codeChallenge,
    scopes: scopes.length === 0 ? client.scopes : scopes,
    csrf: randomSecret(),
  };
}

function errorOf(
  query: URLSearchParams,
  client: Client,
  scopes: readonly string[],
): string | undefined {
  const { grantTypes } = client;
  if (query.get("response_type") !== "code") return "unsupported_response_type";
  if (grantTypes.length > 0 && !grantTypes.includes(AUTHORIZATION_CODE))
    return "unauthorized_client";
  if (query.get("code_challenge_method") !== "S256") return "invalid_request";
  // A SHA-256 in base64url without padding (RFC 7636 §4.2).
  if (!/^[\w-]{43}$/.test(query.get("code_challenge") ?? "")) return "invalid_request";
  return scopes.every((scope) => client.scopes.includes(scope)) ? undefined : "invalid_scope";
}

function answerAuthorization(
  pending: PendingAuthorization,
  client: Client,
  state: LabState,
): Answer {
  switch (state.settings.approve) {
    case "auto":
      approveAs(state, pending);
      return redirectBack(pending, outcomeOf(pending, state));
    case "deny":
      return redirectBack(pending, outcomeOf(pending, state));
    case "never":
      return messagePage(200, "Waiting", "Nobody will answer this request.");
    case "page": {
      const id = randomSecret(16);
      remember(state.authorizations, id, pending);
      return requestPage({
        action: "/authorize",
        hidden: { request: id, csrf: pending.csrf },
        clientName: client.name,
        instance: pending.instance,
        redirectUri: pending.redirectUri,
      });
    }
  }
}

type RedirectOutcome = { readonly code: string } | { readonly error: string };

/** A code, if a user allowed the request. */
function outcomeOf(pending: PendingAuthorization, state: LabState): RedirectOutcome {
  const { clientId, redirectUri, codeChallenge, scopes, user } = pending;
  if (!user) return { error: "access_denied" };
  const code = randomSecret(48);
  const expiresAt = inSeconds(state, state.settings.lifetimes.authorizationCode);
  remember(state.codes, code, { clientId, redirectUri, codeChallenge, scopes, user, expiresAt });
  keepSecret(state, "code", code);
  return { code };
}

function redirectBack(back: WayBack, outcome: RedirectOutcome): Answer {
  const url = new URL(back.redirectUri);
  for (const [name, value] of Object.entries(outcome)) url.searchParams.set(name, value);
  if (back.state !== undefined) url.searchParams.set("state", back.state);
  return redirectTo(url.href);
}
