import type { SsoSession } from "../aws/config.ts";
import { checkedStartUrl } from "../aws/start-url-resolution.ts";
import { regionOfToken } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { isCi } from "../domain/ci.ts";
import { isAwsStartUrl } from "../domain/partitions.ts";
import { shellWord } from "../domain/shell-word.ts";
import type { SignInFlow } from "../domain/sign-in-flow.ts";
import { SsoxError } from "../errors.ts";
import { givenStartUrl } from "./configure-place.ts";
import { planSession } from "./configure-session.ts";
import { noteEndpointOverrides } from "./endpoint-notice.ts";
import type { HeldToken } from "./held-token.ts";
import { loginCommand } from "./login-required.ts";
import { moveSecrets } from "./move-secrets.ts";
import { serviceAccess } from "./service-access.ts";
import { noteSkew } from "./service-time.ts";
import { chosenSession } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { storeOf } from "./stores/store-of.ts";
import { usableToken } from "./usable-token.ts";

export interface LoginInput {
  readonly session: string | undefined;
  /** The sso-session is written, too, once there is a token. */
  readonly startUrl: string | undefined;
  /** Undefined: the one that the start URL names. */
  readonly ssoRegion: string | undefined;
  readonly flow: SignInFlow | undefined;
  readonly callbackPort: number | undefined;
  readonly noBrowser: boolean;
  readonly qr: boolean;
  /** Gives up the token that is there, valid or not. */
  readonly force: boolean;
  readonly timeoutSeconds: number;
}

export interface LoginResult {
  /** With the region of the token. */
  readonly session: SsoSession;
  readonly held: HeldToken;
  /** False when the token was good already. */
  readonly signedIn: boolean;
}

/**
 * Signs in, unless the session's token is valid or can be refreshed. A session
 * given by its start URL gets its section then, and not before.
 */
export async function login(input: LoginInput, context: Context): Promise<LoginResult> {
  const { session: name, ssoRegion } = input;
  const startUrl = input.startUrl === undefined ? undefined : startUrlOf(input.startUrl, context);
  const planned =
    startUrl === undefined ? undefined : await planSession({ name, startUrl, ssoRegion }, context);
  const session = planned?.session ?? (await chosenSession(name, context));
  const odd = noteEndpointOverrides(context);
  const result = await loginTo(session, input, context);
  if (odd) context.terminal.note(odd.message);
  await planned
    ?.write((result.signedIn ? result.session : session).region)
    .catch((error: unknown) => {
      throw error instanceof SsoxError ? unwritten(session.name, error) : error;
    });
  return result;
}

/**
 * As typed, or, where that is no URL or lacks the portal's path, the one that is meant by it.
 * @throws SsoxError `Usage`
 */
function startUrlOf(typed: string, context: Context): string {
  const url = checkedStartUrl(typed, serviceAccess(context));
  if (url !== undefined && !(isAwsStartUrl(url) && url.pathname === "/")) return typed;
  const startUrl = givenStartUrl(typed, context);
  if (startUrl !== typed) context.terminal.note(`--start-url is taken as ${startUrl}`);
  return startUrl;
}

/** The token is there, and stays. */
function unwritten(name: string, { code, message, hint }: SsoxError): SsoxError {
  const what = `You are signed in to ${name}, but its section could not be written: ${message}`;
  return new SsoxError(code, what, { hint });
}

/** The same for a session that is chosen. */
export async function loginTo(
  session: SsoSession,
  input: LoginInput,
  context: Context,
): Promise<LoginResult> {
  await moveSecrets(session, context);
  const result = (held: HeldToken, signedIn: boolean): LoginResult => {
    noteSkew(storeOf(session, context), context);
    return { session: { ...session, region: regionOfToken(held.token, session) }, held, signedIn };
  };
  const usable = input.force ? undefined : await usableToken(session, context);
  if (usable) return result(usable, false);
  // In CI nobody is there to finish a sign-in, unless the flow was chosen on purpose.
  if (isCi(context.env) && input.flow === undefined) {
    throw new SsoxError("LoginRequired", `CI is set: no sign-in to ${session.name} was started.`, {
      hint: `${loginCommand(session)}${given(input)} --flow device`,
    });
  }
  return result(await signIn(session, input, context), true);
}

/** What the next command must say again: the section is not written yet. */
function given({ startUrl, ssoRegion }: LoginInput): string {
  if (startUrl === undefined) return "";
  const region = ssoRegion === undefined ? "" : ` --sso-region ${shellWord(ssoRegion)}`;
  return ` --start-url ${shellWord(startUrl)}${region}`;
}
