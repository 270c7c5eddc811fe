import { type AwsConfig, findSession, readAwsConfig, type SsoSession } from "../aws/config.ts";
import { readRoleCredentials, roleCacheFile } from "../aws/role-cache.ts";
import { tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { parseDuration } from "../domain/duration.ts";
import { type TokenState, tokenState } from "../domain/expiry.ts";
import { type SessionEnd, sessionEnd } from "../domain/session-end.ts";
import { keptInventory } from "../state/inventory-cache.ts";
import { type SessionMark, SessionMarks } from "../state/session-marks.ts";
import { type HeldToken, heldToken } from "./held-token.ts";

/** Times in milliseconds since the epoch. */
export interface SessionStatus {
  readonly session: SsoSession;
  readonly state: TokenState;
  readonly expiresAt: number | undefined;
  readonly registrationExpiresAt: number | undefined;
  readonly signedInAt: number | undefined;
  /** Undefined where nothing tells it. */
  readonly sessionEnd: SessionEnd | undefined;
}

export interface RoleCredentialStatus {
  readonly accountId: string;
  readonly roleName: string;
  readonly session: string;
  readonly expiresAt: number;
}

export interface Status {
  readonly sessions: readonly SessionStatus[];
  readonly roleCredentials: readonly RoleCredentialStatus[];
}

/**
 * What the files say of one session, or of all: no call, no lock, nothing written.
 * @throws SsoxError `UnknownSession`, `ConfigInvalid`, `CacheInvalid`
 */
export function status(name: string | undefined, context: Context): Status {
  const config = readAwsConfig(context.paths.configFile);
  const sessions =
    name === undefined
      ? [...config.sessions.values(), ...config.legacySessions.values()]
      : [findSession(config, name)];
  return {
    sessions: sessions.map((session) => sessionStatus(session, context)),
    roleCredentials: sessions.flatMap((session) => roleStatus(session, config, context)),
  };
}

function sessionStatus(session: SsoSession, { paths, clock }: Context): SessionStatus {
  const file = tokenFile(paths.tokenCache, session);
  const held = heldToken(file, session);
  const mark = held && new SessionMarks(paths.state, file).of(held.fingerprint);
  const state = tokenState(held?.token, clock.now());
  return {
    session,
    state: mark?.rejected || (state === "refreshable" && mark?.refused) ? "expired" : state,
    expiresAt: held?.token.expiresAt,
    registrationExpiresAt: held?.token.registrationExpiresAt,
    signedInAt: mark?.signedInAt,
    sessionEnd: held && endOf(session, held, mark),
  };
}

/** Of a session that may go on, or has just ended. */
function endOf(
  session: SsoSession,
  { token }: HeldToken,
  mark: SessionMark | undefined,
): SessionEnd | undefined {
  const seconds = parseDuration(session.settings["ssox_session_duration"] ?? "");
  return sessionEnd({
    signedInAt: mark?.signedInAt,
    configuredLength: seconds && seconds * 1000,
    learnedLength: mark?.learnedLength,
    tokenExpiresAt: token.expiresAt,
    hasRefreshToken: token.refreshToken !== undefined,
  });
}

function roleStatus(
  session: SsoSession,
  config: AwsConfig,
  { paths, clock }: Context,
): RoleCredentialStatus[] {
  const known = new Map<string, { accountId: string; roleName: string }>();
  const know = (accountId: string, roleName: string): void => {
    const file = roleCacheFile(paths.roleCache, { session, accountId, roleName });
    known.set(file, { accountId, roleName });
  };
  for (const { sso } of config.profiles.values()) {
    if (sso?.session?.name === session.name && sso.accountId && sso.roleName) {
      know(sso.accountId, sso.roleName);
    }
  }
  for (const account of keptInventory(paths.cache, session)?.inventory.accounts ?? []) {
    for (const role of account.roles) know(account.id, role);
  }
  return [...known].flatMap(([file, { accountId, roleName }]) => {
    const expiresAt = readRoleCredentials(file)?.expiration;
    if (expiresAt === undefined || expiresAt <= clock.now()) return [];
    return [{ accountId, roleName, session: session.name, expiresAt }];
  });
}
