import type { SsoSession } from "../aws/config.ts";
import type { GrantRequest, Oidc, Registration } from "../aws/oidc.ts";
import type { TokenRefusal } from "../aws/oidc-errors.ts";
import type { SignInFlow } from "../domain/sign-in-flow.ts";
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
  readonly oidc: Oidc;
  readonly options: SignInOptions;
  /** Why this flow was chosen, for the user. */
  readonly why: string;
  readonly callbackPort: number | undefined;
  /** Milliseconds since the epoch; {@link timedOut} after it. */
  readonly deadline: number;
  readonly openBrowser: boolean;
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

export function denied(session: SsoSession, why: string): SsoxError {
  return new SsoxError("LoginDenied", `The sign-in to ${session.name} was refused: ${why}.`, {
    hint: "run the command again and allow the request in the browser",
  });
}
