import type { SsoSession } from "../aws/config.ts";
import type { Context } from "../context.ts";
import { isPassing, SsoxError } from "../errors.ts";
import type { Place } from "./configure-place.ts";
import { planSession } from "./configure-session.ts";
import type { HeldToken } from "./held-token.ts";
import { login } from "./login.ts";
import { DEFAULT_TIMEOUT_SECONDS } from "./sign-in-attempt.ts";
import { usableToken } from "./usable-token.ts";

/**
 * Writes the session's section: after a sign-in, or without one where the user
 * wants none.
 *
 * @throws SsoxError what the sign-in failed with, where the user does not want the section then
 */
export async function offerSignIn(
  name: string,
  { startUrl, region }: Place,
  context: Context,
): Promise<{ readonly session: SsoSession; readonly isSignedIn: boolean }> {
  const { terminal } = context;
  const planned = await planSession({ name, startUrl, ssoRegion: region }, context);
  const held = await presentToken(planned.session, context);
  // Other AWS clients take the region of the config file for the token.
  const isGood = held?.token.region === planned.session.region;
  if (!isGood && (await terminal.confirm(`Sign in to ${name} now?`, true))) {
    const signedIn = await signedInSession(name, { startUrl, region }, held !== undefined, context);
    if (signedIn) return { session: signedIn, isSignedIn: true };
  } else if (isGood) terminal.note(`You are signed in to ${name}.`);
  await planned.write(planned.session.region);
  return { session: planned.session, isSignedIn: isGood };
}

/** One that cannot be renewed just now is none. */
async function presentToken(session: SsoSession, context: Context): Promise<HeldToken | undefined> {
  try {
    return await usableToken(session, context);
  } catch (error) {
    if (isPassing(error)) return undefined;
    throw error;
  }
}

/** @returns undefined where the sign-in failed, and the user goes on without it */
async function signedInSession(
  name: string,
  { startUrl, region: ssoRegion }: Place,
  force: boolean,
  context: Context,
): Promise<SsoSession | undefined> {
  const { terminal } = context;
  try {
    const { session } = await login(
      { ...SIGN_IN, session: name, startUrl, ssoRegion, force },
      context,
    );
    terminal.note(`Signed in to ${name}.`);
    return session;
  } catch (error) {
    if (!isOfSignIn(error)) throw error;
    terminal.note(error.message);
    if (await terminal.confirm(`Write the session ${name} all the same?`, false)) return undefined;
    // What it failed with stands above the question.
    const { code, hint } = error;
    throw new SsoxError(code, `The session ${name} was not written.`, { hint, cause: error });
  }
}

function isOfSignIn(error: unknown): error is SsoxError {
  if (!(error instanceof SsoxError)) return false;
  return isPassing(error) || error.code === "LoginDenied" || error.code === "LoginTimeout";
}

const SIGN_IN = {
  flow: undefined,
  callbackPort: undefined,
  noBrowser: false,
  qr: false,
  timeoutSeconds: DEFAULT_TIMEOUT_SECONDS,
};
