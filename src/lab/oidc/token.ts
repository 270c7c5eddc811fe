import { createHash } from "node:crypto";
import { type Handler, jsonAnswer } from "../exchange.ts";
import { sameSecret } from "../random.ts";
import { isElsewhere } from "../regions.ts";
import { refresh, refreshTokenOf, signIn, type TokenGrant } from "../sessions.ts";
import type { Client, DeviceAuthorization, LabState } from "../state.ts";
import { authenticate, requireGrant } from "./clients.ts";
import { AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN } from "./grant-types.ts";
import { type Members, membersOf } from "./members.ts";
import { OidcRefusal } from "./refusals.ts";

/** CreateToken (`POST /token`) for its three grants. */
export const createToken: Handler = (request, state) => {
  const members = membersOf(request);
  const client = authenticate(members, request, state);
  const grantType = members.required("grantType");
  request.details.grantType = grantType;
  const exchange = EXCHANGES.get(grantType);
  if (exchange === undefined) {
    throw new OidcRefusal("UnsupportedGrantTypeException", "Unsupported grant type");
  }
  requireGrant(client, grantType);
  if (grantType === REFRESH_TOKEN && isElsewhere(request, state)) {
    throw new OidcRefusal("InvalidRequestException", "Invalid token provided");
  }
  const granted = exchange(members, client, state);
  return jsonAnswer(200, { ...granted, tokenType: "Bearer", idToken: null });
};

type Exchange = (members: Members, client: Client, state: LabState) => TokenGrant;

const EXCHANGES: ReadonlyMap<string, Exchange> = new Map<string, Exchange>([
  [DEVICE_CODE, exchangeDeviceCode],
  [AUTHORIZATION_CODE, exchangeAuthorizationCode],
  [REFRESH_TOKEN, exchangeRefreshToken],
]);

function exchangeDeviceCode(members: Members, client: Client, state: LabState): TokenGrant {
  const code = members.required("deviceCode");
  const device = state.devices.get(code);
  if (!device || device.clientId !== client.id) throw invalidGrant("Invalid device code");
  if (device.expiresAt <= state.clock.now()) {
    throw new OidcRefusal("ExpiredTokenException", "The device code has expired");
  }
  refuseHaste(device, state.clock.now());
  if (device.decision === "denied") {
    throw new OidcRefusal("AccessDeniedException", "The user denied the request");
  }
  if (!device.user) {
    throw new OidcRefusal("AuthorizationPendingException", "Authorization is still pending");
  }
  state.devices.delete(code);
  return signIn(state, client, device.user, client.scopes);
}

/**
 * A poll that comes too early makes the interval five seconds longer for all
 * later ones (RFC 8628 §3.5). Two requests do not take equally long to arrive:
 * a quarter of a second is forgiven.
 */
function refuseHaste(device: DeviceAuthorization, now: number): void {
  const last = device.polledAt;
  device.polledAt = now;
  if (last === undefined || now - last >= device.interval * 1000 - 250) return;
  device.interval += 5;
  throw new OidcRefusal("SlowDownException", "Polled too fast");
}

function exchangeAuthorizationCode(members: Members, client: Client, state: LabState): TokenGrant {
  const value = members.required("code");
  const redirectUri = members.required("redirectUri");
  const verifier = members.required("codeVerifier");
  const code = state.codes.get(value);
  if (!code || code.clientId !== client.id || code.expiresAt <= state.clock.now()) {
    throw invalidGrant("Invalid authorization code");
  }
  if (code.redirectUri !== redirectUri) throw invalidGrant("Invalid redirect URI");
  // RFC 7636 §4.6
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  if (!sameSecret(challenge, code.codeChallenge)) throw invalidGrant("Invalid code verifier");
  state.codes.delete(value);
  return signIn(state, client, code.user, code.scopes);
}

function exchangeRefreshToken(members: Members, client: Client, state: LabState): TokenGrant {
  const value = members.required("refreshToken");
  if (state.spentRefreshTokens.has(value)) state.counters.refreshTokenReuse += 1;
  const token = refreshTokenOf(state, value);
  if (!token || token.clientId !== client.id) throw invalidGrant("Invalid refresh token provided");
  return refresh(state, value, token);
}

function invalidGrant(description: string): OidcRefusal {
  return new OidcRefusal("InvalidGrantException", description);
}
