import { randomUUID } from "node:crypto";
import {
  type AuthorizationCallback,
  openAuthorizationCallback,
  REGISTERED_REDIRECT_URI,
  type Redirect,
} from "../aws/authorization-callback.ts";
import { authorizeRequest } from "../aws/authorize-url.ts";
import type { Registration } from "../aws/oidc.ts";
import { isForeign } from "../aws/oidc-errors.ts";
import type { Context } from "../context.ts";
import { newPkce } from "../domain/pkce.ts";
import { shellWord } from "../domain/shell-word.ts";
import { type ClientRegistration, clientFor } from "./client-registration.ts";
import type { HeldToken } from "./held-token.ts";
import {
  answerLost,
  denied,
  REMIND_AFTER_MS,
  refusedInRegion,
  remindOfRegion,
  type SignInAttempt,
  timedOut,
} from "./sign-in-attempt.ts";

/** The authorization code grant with PKCE (RFC 7636), by a redirect to this machine (RFC 8252). */
export async function signInWithPkce(attempt: SignInAttempt, context: Context): Promise<HeldToken> {
  const state = randomUUID();
  const port = attempt.callbackPort;
  const trace = (line: string) => context.terminal.trace(line);
  const callback = await openAuthorizationCallback(state, port, trace);
  try {
    return await throughBrowser(attempt, callback, state, context);
  } finally {
    callback.close();
  }
}

async function throughBrowser(
  attempt: SignInAttempt,
  callback: AuthorizationCallback,
  state: string,
  context: Context,
): Promise<HeldToken> {
  const { session, oidc } = attempt;
  const { redirectUri } = callback;
  const registration = await clientFor(session, "pkce", context);
  const client = registration.kept ?? (await registeredClient(attempt, registration));
  const { codeVerifier, codeChallenge } = newPkce();
  const page = authorizeRequest(oidc.authorizeUrl, {
    clientId: client.clientId,
    redirectUri,
    state,
    codeChallenge,
    scopes: registration.scopes ?? [],
  });
  // Ctrl-C during the registration: no browser any more.
  context.signal.throwIfAborted();
  await attempt.begin();
  context.terminal.note(`To sign in to ${session.name} (${attempt.why}), open\n  ${page}`);
  noteForwarding(attempt.callbackPort, attempt.openBrowser, context);
  if (attempt.openBrowser) context.browser.open(page.href, session.settings["ssox_browser"]);

  const redirect = await redirectInTime(attempt, callback, context).catch(
    async (error: unknown) => {
      // To a client that it has forgotten the service shows a page and redirects nobody (RFC 6749 §4.1.2.1).
      await registration.forget();
      throw error;
    },
  );
  if (redirect.kind === "error") {
    redirect.respond(
      "Not signed in",
      `The sign-in to ${session.name} was refused: ${redirect.error}.`,
    );
    if (isForeign(redirect.error)) throw refusedInRegion(attempt, redirect.error);
    throw denied(session, redirect.error);
  }
  try {
    const { code } = redirect;
    const grant = { grantType: "authorization_code", code, codeVerifier, redirectUri } as const;
    const answer = await attempt.exchange(client, grant);
    if (answer.kind !== "kept") {
      if (answer.kind === "invalid-client") await registration.forget();
      if (answer.kind === "invalid-grant" && attempt.isAnswerLost()) throw answerLost(session);
      throw denied(session, "why" in answer ? answer.why : answer.kind);
    }
    redirect.respond("Signed in", `You are signed in to ${session.name}. You can close this tab.`);
    return answer.held;
  } catch (error) {
    redirect.respond("Not signed in", "The sign-in failed; the terminal says why.");
    throw error;
  }
}

async function registeredClient(
  attempt: SignInAttempt,
  { scopes = [], keep }: ClientRegistration,
): Promise<Registration> {
  const { oidc, startUrl } = attempt;
  const answer = await oidc.registerForCode("ssox", scopes, REGISTERED_REDIRECT_URI, startUrl);
  if ("kind" in answer) throw refusedInRegion(attempt, answer.why);
  return keep(answer);
}

async function redirectInTime(
  attempt: SignInAttempt,
  callback: AuthorizationCallback,
  context: Context,
): Promise<Redirect> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const timeout = timeUp(attempt, context, signal);
  const pasted = context.terminal.canAsk ? pastedRedirect(callback, context, signal) : timeout;
  try {
    return await Promise.race([callback.redirected, pasted, timeout]);
  } finally {
    stop.abort();
    timeout.catch(() => {});
    pasted.catch(() => {});
  }
}

async function timeUp(
  attempt: SignInAttempt,
  context: Context,
  signal: AbortSignal,
): Promise<never> {
  const { clock } = context;
  const left = Math.max(0, attempt.deadline - clock.now());
  const first = Math.min(left, REMIND_AFTER_MS);
  await clock.sleep(first, signal);
  if (first < left) remindOfRegion(attempt, context);
  await clock.sleep(left - first, signal);
  throw timedOut(attempt.session);
}

/** The browser may run where 127.0.0.1 is another machine: its last address has all that is needed. */
async function pastedRedirect(
  callback: AuthorizationCallback,
  { terminal }: Context,
  signal: AbortSignal,
): Promise<Redirect> {
  for (;;) {
    const text = await terminal.ask("Waiting. Or paste the http://127.0.0.1… URL here:", signal);
    const redirect = callback.pasted(text);
    if (redirect) return redirect;
    terminal.note("That is not the address at which this sign-in ends.");
  }
}

/** How the port of the redirect is brought to an SSH session, whose browser is elsewhere. */
function noteForwarding(port: number | undefined, openBrowser: boolean, context: Context): void {
  const { SSH_CONNECTION, USER = "", LOGNAME = USER } = context.env;
  const [, , host] = SSH_CONNECTION?.split(" ") ?? [];
  if (port === undefined || openBrowser || host === undefined) return;
  const user = LOGNAME === "" ? "" : `${LOGNAME}@`;
  context.terminal.note(
    `so that it can come back here, first run on your own machine: ssh -N -L ${port}:127.0.0.1:${port} ${shellWord(user + host)}`,
  );
}
