import type { SsoSession } from "../aws/config.ts";
import type { Context } from "../context.ts";
import type { SignInFlow } from "../domain/sign-in-flow.ts";
import { SsoxError } from "../errors.ts";
import { configureSession } from "./configure-session.ts";
import type { HeldToken } from "./held-token.ts";
import { loginCommand } from "./login-required.ts";
import { moveSecrets } from "./move-secrets.ts";
import { chosenSession } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { usableToken } from "./usable-token.ts";

export interface LoginInput {
  readonly session: string | undefined;
  /** With `ssoRegion`: the sso-session is written first. */
  readonly startUrl: string | undefined;
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
  readonly session: SsoSession;
  readonly held: HeldToken;
  /** False when the token was good already. */
  readonly signedIn: boolean;
}

/** Signs in, unless the session's token is valid or can be refreshed. */
export async function login(input: LoginInput, context: Context): Promise<LoginResult> {
  const session = await chosenSession(await configured(input, context), context);
  await moveSecrets(session, context);
  const held = input.force ? undefined : await usableToken(session, context);
  if (held) return { session, held, signedIn: false };
  // In CI nobody is there to finish a sign-in, unless the flow was chosen on purpose.
  if (context.env["CI"] && input.flow === undefined) {
    throw new SsoxError("LoginRequired", `CI is set: no sign-in to ${session.name} was started.`, {
      hint: `${loginCommand(session)} --flow device`,
    });
  }
  return { session, held: await signIn(session, input, context), signedIn: true };
}

/** The session's name, after it was written where start URL and region were given. */
async function configured(input: LoginInput, context: Context): Promise<string | undefined> {
  const { session: name, startUrl, ssoRegion } = input;
  if (startUrl === undefined || ssoRegion === undefined) return name;
  return await configureSession({ name, startUrl, ssoRegion }, context);
}
