import { openPortal } from "../aws/portal.ts";
import type { RoleOfSession } from "../aws/role-cache.ts";
import { regionOfToken } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { acceptedRole, type HeldRoleCredentials } from "../domain/cached-role.ts";
import type { RoleCredentials } from "../domain/role-credentials.ts";
import { withLock } from "../system/files/lock.ts";
import { accessDenied } from "./access-denied.ts";
import type { HeldToken } from "./held-token.ts";
import { loginRequired } from "./login-required.ts";
import { serviceAccess } from "./service-access.ts";
import { type LastingClock, learningTime, nowBy, seenBy, serviceNow } from "./service-time.ts";
import type { SecretStore } from "./stores/secret-store.ts";
import { storeOf } from "./stores/store-of.ts";
import { type MaySignIn, obtainToken } from "./token.ts";
import { renewedToken } from "./usable-token.ts";

export type { HeldRoleCredentials } from "../domain/cached-role.ts";

export interface RoleOptions {
  readonly maySignIn: MaySignIn;
  /**
   * Takes only credentials that expire later than this (milliseconds since the epoch), cached
   * ones too: for those who renew.
   */
  readonly newerThan?: number;
  /** Of a program that goes on running: it knows the service's time, and learns it. */
  readonly clock?: LastingClock | undefined;
}

/**
 * Credentials of a role: those in the AWS CLI's own cache while they are fresh
 * and of the present sign-in, else new ones, fetched by one process for all.
 *
 * @throws SsoxError `LoginRequired`, `AccessDenied` (the role is not assigned),
 * and what lock, cache and service failures become
 */
export async function roleCredentials(
  target: RoleOfSession,
  options: RoleOptions,
  context: Context,
): Promise<HeldRoleCredentials> {
  const { newerThan = 0 } = options;
  const store = storeOf(target.session, context);
  const cachedNow = async (): Promise<HeldRoleCredentials | undefined> => {
    const cached = await cachedRoleCredentials(target, store, options, context);
    return cached && cached.expiration > newerThan ? cached : undefined;
  };
  const cached = await cachedNow();
  if (cached) return cached;
  const { terminal, signal } = context;
  // The sign-in may take minutes: it comes before the lock of the role.
  const held = await obtainToken(target.session, options.maySignIn, context);
  return await withLock<HeldRoleCredentials>(
    store.roleLock(target),
    {
      settled: cachedNow,
      onWait: () => terminal.note(`Waiting for another process to fetch ${describe(target)} …`),
      signal,
    },
    async () => {
      const now = await cachedNow();
      if (now) return now;
      const fetched = await fetchRoleCredentials(target, held, store, options, context);
      // Kept for the next process; this one was told to end meanwhile.
      signal.throwIfAborted();
      return fetched;
    },
  );
}

/** The cached credentials of that role, if they are fresh and of the present sign-in. */
async function cachedRoleCredentials(
  target: RoleOfSession,
  store: SecretStore,
  { clock: lasting }: RoleOptions,
  { clock, signal }: Context,
): Promise<HeldRoleCredentials | undefined> {
  const credentials = await store.readRole(target, signal);
  if (credentials === undefined) return undefined;
  const signIn = store.signInMark();
  const marks = { role: store.roleMark(target), signInId: signIn?.signInId };
  const now = Math.max(nowBy(signIn?.skew, clock), lasting?.now() ?? 0);
  return acceptedRole(credentials, target.accountId, marks, now);
}

async function fetchRoleCredentials(
  target: RoleOfSession,
  held: HeldToken,
  store: SecretStore,
  options: RoleOptions,
  context: Context,
): Promise<HeldRoleCredentials> {
  const { token, credentials } = await answered(target, held, store, options, context);
  const obtainedAt = serviceNow(store, context);
  // A sign-out, or another sign-in, may have come while the service answered:
  // what belongs to the former one is used, and not kept.
  if (await store.holds(token)) {
    await store.keepRole(target, credentials);
    const { marks } = store;
    const { signInId } = marks.of(token.fingerprint) ?? marks.accept(token.fingerprint);
    store.markRole(target, { signInId, obtainedAt, expiration: credentials.expiration });
    if (!(await store.holds(token))) await store.removeRole(target);
  }
  return { ...credentials, obtainedAt };
}

/** A token may be dead before its time (the session was ended elsewhere): it is renewed once. */
async function answered(
  target: RoleOfSession,
  held: HeldToken,
  store: SecretStore,
  { clock }: RoleOptions,
  context: Context,
): Promise<{ token: HeldToken; credentials: RoleCredentials }> {
  const { session, accountId, roleName } = target;
  const asked = { ...serviceAccess(context, session), ...seenBy(clock) };
  const access = learningTime(asked, store, context);
  for (let token = held, tries = 0; ; tries += 1) {
    const region = regionOfToken(token.token, session);
    const portal = await openPortal(region, token.token.accessToken, access);
    const answer = await portal.getRoleCredentials(accountId, roleName);
    if (answer.kind === "ok") return { token, credentials: answer.value };
    if (answer.kind === "forbidden") throw await accessDenied(target, portal);
    const renewed = tries === 0 ? await renewedToken(session, token, context) : undefined;
    if (renewed === undefined) throw loginRequired(session, context);
    token = renewed;
  }
}

function describe({ roleName, accountId }: RoleOfSession): string {
  return `credentials of ${roleName} in ${accountId}`;
}
