import type { Session, User } from "./instances.ts";
import { randomSecret } from "./random.ts";
import { keepSecret } from "./secrets.ts";
import {
  type AccessToken,
  type Client,
  inSeconds,
  type LabState,
  type RefreshToken,
  remember,
} from "./state.ts";

/** The scope that lets a token list accounts and get role credentials. */
const ACCOUNT_ACCESS = "sso:account:access";

/** What CreateToken gives. */
export interface TokenGrant {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken?: string;
}

/**
 * Signs the user in. A client without scopes gets what clients got before there
 * were scopes: a token as long as the session, which cannot be refreshed.
 */
export function signIn(
  state: LabState,
  client: Client,
  user: User,
  scopes: readonly string[],
): TokenGrant {
  const { lifetimes } = state.settings;
  const session = browserSession(state, user);
  if (scopes.length === 0) {
    const left = Math.ceil((session.endsAt - state.clock.now()) / 1000);
    return issueToken(state, { session, scopes }, left);
  }
  const token = issueToken(state, { session, scopes }, lifetimes.accessToken);
  if (!mayRefresh(client)) return token;
  return {
    ...token,
    refreshToken: issueRefreshToken(state, { session, scopes, clientId: client.id }),
  };
}

/**
 * Exchanges a refresh token that {@link refreshTokenOf} found good. The new
 * token may outlive the session: no answer of the service tells its end.
 */
export function refresh(state: LabState, value: string, token: RefreshToken): TokenGrant {
  const granted = issueToken(state, token, state.settings.lifetimes.accessToken);
  if (state.settings.refreshTokens === "lenient") return granted;
  state.refreshTokens.delete(value);
  remember(state.spentRefreshTokens, value, true);
  return { ...granted, refreshToken: issueRefreshToken(state, token) };
}

/** The refresh token's record, as long as its session lives. */
export function refreshTokenOf(state: LabState, value: string): RefreshToken | undefined {
  const token = state.refreshTokens.get(value);
  return token && isAlive(state, token.session) ? token : undefined;
}

/** The session of an access token that is still good. */
export function sessionOf(state: LabState, accessToken: string): Session | undefined {
  const token = state.accessTokens.get(accessToken);
  if (!token || token.expiresAt <= state.clock.now()) return undefined;
  // Tokens for other services (`codewhisperer:…` alone) are none for the portal.
  const forPortal = token.scopes.length === 0 || token.scopes.includes(ACCOUNT_ACCESS);
  return forPortal && isAlive(state, token.session) ? token.session : undefined;
}

/**
 * The session that the user's browser holds; a new one where there is none, its
 * time is over, or sessions are not reused.
 */
function browserSession(state: LabState, user: User): Session {
  const { lifetimes, reuseSessions } = state.settings;
  const held = user.session;
  if (reuseSessions && held && isAlive(state, held)) return held;
  user.session = {
    user,
    revision: user.revision,
    endsAt: inSeconds(state, lifetimes.session),
    loggedOut: false,
    listing: undefined,
  };
  return user.session;
}

function isAlive(state: LabState, session: Session): boolean {
  return !session.loggedOut && state.clock.now() < session.endsAt;
}

function mayRefresh({ grantTypes }: Client): boolean {
  return grantTypes.length === 0 || grantTypes.includes("refresh_token");
}

function issueToken(
  state: LabState,
  { session, scopes }: Pick<AccessToken, "session" | "scopes">,
  expiresIn: number,
): TokenGrant {
  const accessToken = randomSecret(96);
  const token = { session, scopes, expiresAt: inSeconds(state, expiresIn) };
  remember(state.accessTokens, accessToken, token);
  keepSecret(state, "accessToken", accessToken);
  return { accessToken, expiresIn };
}

function issueRefreshToken(state: LabState, token: RefreshToken): string {
  const value = randomSecret(96);
  remember(state.refreshTokens, value, token);
  keepSecret(state, "refreshToken", value);
  return value;
}
