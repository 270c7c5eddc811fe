import { type Handler, jsonAnswer, type LabRequest } from "../exchange.ts";
import type { Instance } from "../instances.ts";
import { randomSecret, sameSecret } from "../random.ts";
import { keepSecret } from "../secrets.ts";
import { type Client, inSeconds, type LabState, remember } from "../state.ts";
import { instanceOf } from "../users.ts";
import { AUTHORIZATION_CODE, GRANT_TYPES } from "./grant-types.ts";
import { type Members, membersOf } from "./members.ts";
import { isAllowedRedirect } from "./redirect-uri.ts";
import { OidcRefusal } from "./refusals.ts";

/** RegisterClient (`POST /client/register`): anybody may register a public client. */
export const registerClient: Handler = (request, state) => {
  const members = membersOf(request);
  const name = members.required("clientName");
  request.details.clientName = name;
  if (members.required("clientType") !== "public") {
    throw new OidcRefusal("InvalidClientMetadataException", "Only public clients are supported");
  }
  const client: Client = {
    id: randomSecret(16),
    secret: randomSecret(48),
    name,
    scopes: scopesOf(members, request),
    ...grantsOf(members, state),
    expiresAt: inSeconds(state, state.settings.lifetimes.registration),
  };
  remember(state.clients, client.id, client);
  keepSecret(state, "clientSecret", client.secret);
  return jsonAnswer(200, {
    clientId: client.id,
    clientSecret: client.secret,
    clientIdIssuedAt: Math.floor(state.clock.now() / 1000),
    clientSecretExpiresAt: Math.floor(client.expiresAt / 1000),
    authorizationEndpoint: null,
    tokenEndpoint: null,
  });
};

/**
 * The client that a request names by `clientId` and `clientSecret`.
 *
 * The API reference gives InvalidClientException for "an incorrect clientId or
 * an expired clientSecret", so an expired registration is refused with it too.
 * @throws OidcRefusal `InvalidClientException`
 */
export function authenticate(members: Members, request: LabRequest, state: LabState): Client {
  const client = state.clients.get(members.required("clientId"));
  const secret = members.required("clientSecret");
  if (!client || !sameSecret(secret, client.secret)) {
    throw new OidcRefusal("InvalidClientException", "Invalid client");
  }
  request.details.clientName = client.name;
  if (client.expiresAt <= state.clock.now()) {
    throw new OidcRefusal("InvalidClientException", "The client registration has expired");
  }
  return client;
}

/** @throws OidcRefusal `UnauthorizedClientException` when the client registered grants, and not this one. */
export function requireGrant(client: Client, grantType: string): void {
  if (client.grantTypes.length === 0 || client.grantTypes.includes(grantType)) return;
  throw new OidcRefusal("UnauthorizedClientException", `Not registered for ${grantType}`);
}

function scopesOf(members: Members, request: LabRequest): readonly string[] {
  const scopes = members.list("scopes");
  request.details.scopes = scopes;
  const others = scopes.filter((scope) => scope !== OF_OLD);
  // `sso:account:access`, `codewhisperer:completions`, `openid`: words joined by colons.
  if (others.every((scope) => /^[\w.-]+(:[\w.-]+)*$/.test(scope))) return others;
  throw new OidcRefusal("InvalidScopeException", "Invalid scopes requested");
}

/** Documented nowhere; granted and others ask AWS for it, and get what a client without scopes gets. */
const OF_OLD = "sso-portal:*";

type Grants = Pick<Client, "grantTypes" | "redirectUris" | "issuer">;

function grantsOf(members: Members, state: LabState): Grants {
  const grantTypes = members.list("grantTypes");
  const redirectUris = members.list("redirectUris");
  if (!grantTypes.every((grant) => GRANT_TYPES.includes(grant))) {
    throw new OidcRefusal("UnsupportedGrantTypeException", "Unsupported grant type");
  }
  if (!redirectUris.every(isAllowedRedirect)) {
    throw new OidcRefusal("InvalidRedirectUriException", "Invalid redirect URI");
  }
  if (!grantTypes.includes(AUTHORIZATION_CODE)) {
    return { grantTypes, redirectUris, issuer: state.usual };
  }
  if (redirectUris.length === 0) {
    throw new OidcRefusal("InvalidRedirectUriException", "A redirect URI is needed");
  }
  return { grantTypes, redirectUris, issuer: issuerOf(members, state) };
}

/** Without it the service would not know whose users the client signs in. */
function issuerOf(members: Members, state: LabState): Instance {
  const instance = instanceOf(state, members.required("issuerUrl"));
  if (instance) return instance;
  throw new OidcRefusal("InvalidRequestException", "Unknown issuerUrl");
}
