import type { SsoSession } from "../aws/config.ts";
import { type Oidc, openOidc } from "../aws/oidc.ts";
import { resolveStartUrl } from "../aws/start-url-resolution.ts";
import type { Token } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { isFreshToken, isUnexpired } from "../domain/expiry.ts";
import { chooseFlow } from "../domain/sign-in-flow.ts";
import { regionOfStartUrl } from "../domain/start-url.ts";
import { isPassing, isUnavailable } from "../errors.ts";
import { withLock } from "../system/files/lock.ts";
import { rememberRegion } from "./configure-session.ts";
import { endAtService, mustRenew, renewForEnd } from "./end-at-service.ts";
import { acceptedToken, freshToken, type HeldToken, heldToken } from "./held-token.ts";
import { removeTraces } from "./logout.ts";
import { purgeRoleCredentials } from "./purge.ts";
import { serviceAccess } from "./service-access.ts";
import { learningTime, serviceNow } from "./service-time.ts";
import { callbackPortOf, signInFlowOf } from "./session-settings.ts";
import type { SignInAttempt, SignInOptions } from "./sign-in-attempt.ts";
import { signInWithDevice } from "./sign-in-device.ts";
import { signInWithPkce } from "./sign-in-pkce.ts";
import type { ReservedToken, SecretStore } from "./stores/secret-store.ts";
import { storeOf } from "./stores/store-of.ts";

/**
 * Signs the user in, one process at a time for each session: who waits takes
 * the result of the one that was first.
 *
 * @throws SsoxError `LoginDenied`, `LoginTimeout`, `FileLocked`, `WriteFailed`,
 * and what the service's failures become; the token file keeps what it had
 */
export async function signIn(
  session: SsoSession,
  options: SignInOptions,
  context: Context,
): Promise<HeldToken> {
  const { terminal, signal } = context;
  const store = storeOf(session, context);
  if (options.force) await renewed(session, store, context);
  const before = (await heldToken(store, session, signal))?.fingerprint;
  const isOfAnother = (held: HeldToken): boolean => held.fingerprint !== before;
  return await withLock(
    store.tokenLock,
    {
      settled: async () => {
        const held = await freshToken(store, session, context);
        return held && (isOfAnother(held) || !options.force) ? held : undefined;
      },
      onWait: () =>
        terminal.note(`Waiting for the sign-in to ${session.name} in another process …`),
      giveUpAfter: options.timeoutSeconds * 1000,
      signal,
    },
    async () => {
      const now = serviceNow(store, context);
      const held = await acceptedToken(store, session, context);
      // Somebody else signed in while this process waited for the lock.
      if (held && isOfAnother(held) && isUnexpired(held.token, now)) return held;
      if (held && !options.force && isFreshToken(held.token, now)) return held;
      const portal = await resolved(session, context);
      const access = learningTime(serviceAccess(context, session), store, context);
      let isLost = false;
      const onSilence = () => {
        isLost = true;
      };
      const oidc = await openOidc(portal.session.region, { ...access, onSilence });
      const place = await store.reserveToken(signal);
      try {
        const signedIn = await attempt(
          { ...portal, oidc, isAnswerLost: () => isLost, options, place, store },
          context,
        );
        await rememberRegion(portal, context);
        // Kept; but what would come next must not, for a user who pressed Ctrl-C.
        signal.throwIfAborted();
        return signedIn;
      } finally {
        place.discard();
      }
    },
  );
}

/** So that it can be given up; where that fails, giving it up fails or is needless. */
async function renewed(session: SsoSession, store: SecretStore, context: Context): Promise<void> {
  if (!(await mustRenew(session, store, context))) return;
  await renewForEnd(session, context).catch((error: unknown) => {
    if (!isPassing(error)) throw error;
  });
}

/** Where the sign-in goes: the portal's own URL, and the session with the region that it names. */
async function resolved(session: SsoSession, context: Context) {
  const startUrl = await resolveStartUrl(session.startUrl, serviceAccess(context, session));
  const region = regionOfStartUrl(startUrl) ?? session.region;
  return { startUrl, session: { ...session, region } };
}

/** A session that lives on while the user signs in would hand the new one its own, nearer, end. */
async function giveUp(session: SsoSession, store: SecretStore, context: Context): Promise<void> {
  const failure = await endAtService(session, store, context);
  if (failure) throw failure;
  await removeTraces(session, store, context);
}

async function attempt(
  made: {
    session: SsoSession;
    startUrl: string;
    oidc: Oidc;
    isAnswerLost: () => boolean;
    options: SignInOptions;
    place: ReservedToken;
    store: SecretStore;
  },
  context: Context,
): Promise<HeldToken> {
  const { session, startUrl, oidc, isAnswerLost, options, place, store } = made;
  const canOpen = !options.noBrowser && !context.terminal.noInput;
  const openBrowser = canOpen && context.browser.available(session.settings["ssox_browser"]);
  const callbackPort = options.callbackPort ?? callbackPortOf(session);
  const { flow, why } = chooseFlow({
    wanted: options.flow ?? signInFlowOf(session),
    isLegacy: session.kind === "legacy",
    hasBrowser: openBrowser,
    hasCallbackPort: callbackPort !== undefined,
  });
  const attempt: SignInAttempt = {
    session,
    startUrl,
    oidc,
    options,
    why,
    callbackPort,
    deadline: context.clock.now() + options.timeoutSeconds * 1000,
    openBrowser,
    isAnswerLost,
    begin: async () => {
      if (options.force) await giveUp(session, store, context);
    },
    exchange: (client, request) =>
      context.processes.critical(async () => {
        // A poll has the next one coming; a code is good once.
        const hasty = request.grantType !== "authorization_code";
        const answer = await oidc.createToken(client, request, { hasty });
        if (answer.kind !== "granted") return answer;
        const { accessToken, expiresIn, refreshToken } = answer.grant;
        const token: Token = {
          startUrl: session.startUrl,
          region: session.region,
          accessToken,
          expiresAt: serviceNow(store, context) + expiresIn * 1000,
          clientId: client.clientId,
          clientSecret: client.clientSecret,
          registrationExpiresAt: client.expiresAt,
          ...(refreshToken !== undefined && { refreshToken }),
        };
        return { kind: "kept", held: await keep(token, session, store, place, context) };
      }),
  };
  return flow === "pkce"
    ? await signInWithPkce(attempt, context)
    : await signInWithDevice(attempt, context);
}

/** Role credentials of the former sign-in go first: they may be another user's. */
async function keep(
  token: Token,
  session: SsoSession,
  store: SecretStore,
  place: ReservedToken,
  context: Context,
): Promise<HeldToken> {
  await purgeRoleCredentials(session, store, context).catch((error: unknown) => {
    // The token cannot be had twice; the new mark keeps ssox from using what is left.
    if (!isUnavailable(error)) throw error;
  });
  const fingerprint = await place.commit(token);
  store.marks.signedIn(fingerprint, serviceNow(store, context));
  return { token, fingerprint };
}
