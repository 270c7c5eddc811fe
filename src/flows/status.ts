import {
  type AwsConfig,
  allSessionNames,
  findSession,
  readAwsConfig,
  type SsoSession,
} from "../aws/config.ts";
import type { Context } from "../context.ts";
import { type TokenState, tokenState } from "../domain/expiry.ts";
import type { SessionEnd } from "../domain/session-end.ts";
import { keptInventory } from "../state/inventory-cache.ts";
import { attempt, type FailedSession } from "./failed-session.ts";
import { heldToken } from "./held-token.ts";
import { serviceNow } from "./service-time.ts";
import { configuredLength, sessionEndOf } from "./session-outlook.ts";
import type { Role, SecretStore } from "./stores/secret-store.ts";
import { storeOf } from "./stores/store-of.ts";

/** Times in milliseconds since the epoch. */
export interface SessionStatus {
  readonly session: SsoSession;
  /** By the service's clock. */
  readonly now: number;
  readonly state: TokenState;
  readonly expiresAt: number | undefined;
  readonly registrationExpiresAt: number | undefined;
  readonly signedInAt: number | undefined;
  /** Undefined where nothing tells it. */
  readonly sessionEnd: SessionEnd | undefined;
  readonly store: SecretStore["kind"];
}

export interface RoleCredentialStatus {
  readonly accountId: string;
  readonly roleName: string;
  readonly session: string;
  /** By the service's clock. */
  readonly now: number;
  readonly expiresAt: number;
}

export interface Status {
  readonly sessions: readonly SessionStatus[];
  readonly roleCredentials: readonly RoleCredentialStatus[];
  readonly failed: readonly FailedSession[];
}

/**
 * What files and keychain say of one session, or of all: no call, no lock, nothing written.
 * @throws SsoxError `UnknownSession`, `ConfigInvalid`, `CacheInvalid`, `KeychainUnavailable`; of all
 * sessions the first failure, when every one failed
 */
export async function status(name: string | undefined, context: Context): Promise<Status> {
  const config = readAwsConfig(context.paths.configFile);
  const names = name === undefined ? allSessionNames(config) : [name];
  const found: SessionStatus[] = [];
  const roleCredentials: RoleCredentialStatus[] = [];
  const failed: FailedSession[] = [];
  for (const each of names) {
    await attempt(failed, each, async () => {
      const session = findSession(config, each);
      found.push(await sessionStatus(session, context));
      roleCredentials.push(...roleStatus(session, config, context));
    });
  }
  const [first] = failed;
  if (first && found.length === 0) throw first.error;
  return { sessions: found, roleCredentials, failed };
}

async function sessionStatus(session: SsoSession, context: Context): Promise<SessionStatus> {
  const store = storeOf(session, context);
  const held = await heldToken(store, session, context.signal);
  const mark = held && store.marks.of(held.fingerprint);
  const now = serviceNow(store, context);
  // Told whether there is a token or not.
  configuredLength(session);
  const state = tokenState(held?.token, now);
  return {
    session,
    now,
    state: mark?.rejected || (state === "refreshable" && mark?.refused) ? "expired" : state,
    expiresAt: held?.token.expiresAt,
    registrationExpiresAt: held?.token.registrationExpiresAt,
    signedInAt: mark?.signedInAt,
    sessionEnd: held && sessionEndOf(session, held, mark),
    store: store.kind,
  };
}

function roleStatus(
  session: SsoSession,
  config: AwsConfig,
  context: Context,
): RoleCredentialStatus[] {
  const { paths } = context;
  const known = new Map<string, Role>();
  const know = (accountId: string, roleName: string): void => {
    known.set(`${accountId} ${roleName}`, { accountId, roleName });
  };
  for (const { sso } of config.profiles.values()) {
    if (sso?.session?.name === session.name && sso.accountId && sso.roleName) {
      know(sso.accountId, sso.roleName);
    }
  }
  for (const account of keptInventory(paths.cache, session)?.inventory.accounts ?? []) {
    for (const role of account.roles) know(account.id, role);
  }
  const store = storeOf(session, context);
  for (const role of store.marks.rolesByFile().values()) know(role.accountId, role.roleName);
  const now = serviceNow(store, context);
  return store
    .roleExpirations([...known.values()])
    .filter(([, expiresAt]) => expiresAt > now)
    .map(([role, expiresAt]) => ({ ...role, session: session.name, now, expiresAt }));
}
