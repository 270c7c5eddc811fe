import type { SsoSession } from "../aws/config.ts";
import type { GrantRequest, Oidc, Registration } from "../aws/oidc.ts";
import type { TokenRefusal } from "../aws/oidc-errors.ts";
import type { Context } from "../context.ts";
import { shellWord } from "../domain/shell-word.ts";
import type { SignInFlow } from "../domain/sign-in-flow.ts";
import { regionOfStartUrl } from "../domain/start-url.ts";
import { SsoxError } from "../errors.ts";
import type { HeldToken } from "./held-token.ts";

/** What `--timeout` is without the flag. */
export const DEFAULT_TIMEOUT_SECONDS = 600;

export interface SignInOptions {
  /** Undefined: the session's `ssox_login_flow`, else `auto`. */
  readonly flow?: SignInFlow | undefined;
  /** A fixed port for the redirect. Undefined: the session's `ssox_callback_port`, else any. */
  readonly callbackPort?: number | undefined;
  /** Opens no browser; URL and code stand on stderr in any case. */
  readonly noBrowser?: boolean | undefined;
  /** Shows the device page's URL as a QR code, too. */
  readonly qr?: boolean | undefined;
  /** Ends the session at the service first, so that the new one has its full length. */
  readonly force?: boolean | undefined;
  /** How long the user may take. */
  readonly timeoutSeconds: number;
}

/** One sign-in under way: what both flows need. */
export interface SignInAttempt {
  readonly session: SsoSession;
  /** By which the service knows the portal: the session's may be a vanity URL. */
  readonly startUrl: string;
  readonly oidc: Oidc;
  readonly options: SignInOptions;
  /** Why this flow was chosen, for the user. */
  readonly why: string;
  readonly callbackPort: number | undefined;
  /** Milliseconds since the epoch; {@link timedOut} after it. */
  readonly deadline: number;
  readonly openBrowser: boolean;
  /**
   * To be called once nothing is left that may fail before the user signs in:
   * gives up the session from before, where that is wanted.
   */
  begin(): Promise<void>;
  /** An answer of CreateToken did not come, or not whole. */
  isAnswerLost(): boolean;
  /**
   * CreateToken; a grant is kept in the token file before this returns, and no
   * signal ends the process in between.
   */
  exchange(client: Registration, request: GrantRequest): Promise<Exchanged>;
}

export type Exchanged = TokenRefusal | { readonly kind: "kept"; readonly held: HeldToken };

export function timedOut(session: SsoSession): SsoxError {
  return new SsoxError("LoginTimeout", `Nobody finished the sign-in to ${session.name} in time.`, {
    hint: "run the command again; --timeout S gives more time",
  });
}

/**
 * For what AWS says of a start URL that belongs to another region, or to nobody.
 * @param why the service's own words
 */
export function refusedInRegion(attempt: SignInAttempt, why: string): SsoxError {
  const { session } = attempt;
  const message = `AWS in ${session.region} refused the sign-in to ${session.name} (${why})`;
  if (regionOfStartUrl(attempt.startUrl) !== undefined) {
    return new SsoxError("LoginDenied", `${message}: it may not know the start URL.`, {
      hint: `check sso_start_url of ${session.name}, which is ${session.startUrl}`,
    });
  }
  return new SsoxError(
    "LoginDenied",
    `${message}: most likely that is not the region of this Identity Center.`,
    { hint: regionHint(session) },
  );
}

/** When a user who saw an error in the browser has come back to the terminal. */
export const REMIND_AFTER_MS = 60_000;

/**
 * For a user whose browser shows an error while this program waits: in another
 * region the device page fails with `invalid_grant`, the consent page with
 * `invalid_request`, and nothing comes back from either (aws-cli issue 5058).
 */
export function remindOfRegion(attempt: SignInAttempt, { terminal }: Context): void {
  const { session, startUrl } = attempt;
  if (regionOfStartUrl(startUrl) !== undefined) return;
  terminal.note(
    `Still waiting. If the page says invalid_grant or invalid_request, ${session.region} is most likely not the region of this Identity Center: ${regionHint(session)}`,
  );
}

/** What gives the session another region. */
function regionHint({ kind, name, startUrl }: SsoSession): string {
  return kind === "session"
    ? `ssox login --session ${shellWord(name)} --start-url ${shellWord(startUrl)} --sso-region REGION`
    : `set sso_region in the profiles with sso_start_url = ${startUrl}`;
}

/** The service had taken what it was sent, and would not take it twice. */
export function answerLost(session: SsoSession): SsoxError {
  return new SsoxError("NetworkError", `AWS's answer to the sign-in to ${session.name} was lost.`, {
    hint: "run the command again",
  });
}

export function denied(session: SsoSession, why: string): SsoxError {
  return new SsoxError("LoginDenied", `The sign-in to ${session.name} was refused: ${why}.`, {
    hint: "run the command again and allow the request in the browser",
  });
}
