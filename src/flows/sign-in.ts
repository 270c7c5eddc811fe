import type { SsoSession } from "../aws/config.ts";
import { type Oidc, openOidc } from "../aws/oidc.ts";
import { serializeToken, type Token, tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { isFreshToken, isUnexpired } from "../domain/expiry.ts";
import { SessionMarks } from "../state/session-marks.ts";
import { type ReservedFile, reserveFile } from "../system/files/atomic-write.ts";
import { withLock } from "../system/files/lock.ts";
import { purgeRoleCredentials } from "./purge.ts";
import { serviceAccess } from "./service-access.ts";
import type { SignInAttempt, SignInOptions } from "./sign-in-attempt.ts";
import { signInWithDevice } from "./sign-in-device.ts";
import { signInWithPkce } from "./sign-in-pkce.ts";
import { freshToken, type HeldToken, heldToken, lockOf, TOKEN_FILE_BYTES } from "./usable-token.ts";

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
  const { terminal, clock, paths, signal } = context;
  const file = tokenFile(paths.tokenCache, session);
  const before = heldToken(file, session)?.fingerprint;
  return await withLock(
    lockOf(file),
    {
      settled: () => freshToken(file, session, context),
      onWait: () =>
        terminal.note(`Waiting for the sign-in to ${session.name} in another process …`),
      giveUpAfter: options.timeoutSeconds * 1000,
      signal,
    },
    async () => {
      const now = clock.now();
      const held = heldToken(file, session);
      // Somebody else signed in while this process waited for the lock.
      if (held && held.fingerprint !== before && isUnexpired(held.token, now)) return held;
      if (held && isFreshToken(held.token, now)) return held;
      const oidc = await openOidc(session.region, serviceAccess(context));
      const place = reserveFile(file, TOKEN_FILE_BYTES, { mode: 0o600 });
      try {
        const kept = await attempt({ session, oidc, options, place, file, now }, context);
        // Kept, but Ctrl-C is to end what would come after the sign-in, too.
        signal.throwIfAborted();
        return kept;
      } finally {
        place.discard();
      }
    },
  );
}

async function attempt(
  made: {
    session: SsoSession;
    oidc: Oidc;
    options: SignInOptions;
    place: ReservedFile;
    file: string;
    now: number;
  },
  context: Context,
): Promise<HeldToken> {
  const { session, oidc, options, place, file, now } = made;
  const canOpen = !options.noBrowser && !context.terminal.noInput;
  const openBrowser = canOpen && context.browser.available(session.settings["ssox_browser"]);
  const attempt: SignInAttempt = {
    session,
    oidc,
    options,
    deadline: now + options.timeoutSeconds * 1000,
    openBrowser,
    exchange: (client, request) =>
      context.processes.critical(async () => {
        const answer = await oidc.createToken(client, request);
        if (answer.kind !== "granted") return answer;
        const { accessToken, expiresIn, refreshToken } = answer.grant;
        const token: Token = {
          startUrl: session.startUrl,
          region: session.region,
          accessToken,
          expiresAt: context.clock.now() + expiresIn * 1000,
          clientId: client.clientId,
          clientSecret: client.clientSecret,
          registrationExpiresAt: client.expiresAt,
          ...(refreshToken !== undefined && { refreshToken }),
        };
        return { kind: "kept", held: keep(token, session, file, place, context) };
      }),
  };
  return chosenFlow(attempt) === "pkce"
    ? await signInWithPkce(attempt, context)
    : await signInWithDevice(attempt, context);
}

/** Role credentials of the former sign-in go first: they may be another user's. */
function keep(
  token: Token,
  session: SsoSession,
  file: string,
  place: ReservedFile,
  context: Context,
): HeldToken {
  const marks = new SessionMarks(context.paths.state, file);
  purgeRoleCredentials(session, context);
  const fingerprint = place.commit(serializeToken(token));
  marks.signedIn(fingerprint, context.clock.now());
  return { token, fingerprint };
}

/**
 * PKCE where a browser on this machine can be redirected to this process. An
 * old-form session has no scopes, and the AWS CLI knows only the device flow
 * for it.
 */
function chosenFlow({ session, options, openBrowser }: SignInAttempt): "pkce" | "device" {
  if (options.flow !== "auto") return options.flow;
  if (session.kind === "legacy") return "device";
  return openBrowser || options.callbackPort !== undefined ? "pkce" : "device";
}
