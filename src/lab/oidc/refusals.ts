import { type Answer, jsonAnswer, Refusal } from "../exchange.ts";

/**
 * The errors of the SSO OIDC API: the exception's name, its HTTP status, and
 * the `error` member of its body (API reference, CreateToken and RegisterClient).
 */
const ERRORS = {
  AuthorizationPendingException: [400, "authorization_pending"],
  SlowDownException: [400, "slow_down"],
  ExpiredTokenException: [400, "expired_token"],
  AccessDeniedException: [400, "access_denied"],
  InvalidGrantException: [400, "invalid_grant"],
  InvalidRequestException: [400, "invalid_request"],
  InvalidScopeException: [400, "invalid_scope"],
  InvalidClientMetadataException: [400, "invalid_client_metadata"],
  InvalidRedirectUriException: [400, "invalid_redirect_uri"],
  UnauthorizedClientException: [400, "unauthorized_client"],
  UnsupportedGrantTypeException: [400, "unsupported_grant_type"],
  InvalidClientException: [401, "invalid_client"],
  InternalServerException: [500, "server_error"],
} as const;

export type OidcError = keyof typeof ERRORS;

/** An error in the words of OAuth 2.0; some live answers have `null` for the description. */
export class OidcRefusal extends Refusal {
  readonly error: string;
  readonly description: string | null;

  constructor(name: OidcError, description: string | null = null) {
    const [status, error] = ERRORS[name];
    super(name, status, description ?? error);
    this.error = error;
    this.description = description;
  }
}

/**
 * The error as the service writes it: clients tell errors apart by the header,
 * whose value goes on behind a colon (seen in a debug log of the AWS CLI).
 */
export function oidcErrorAnswer(refusal: Refusal): Answer {
  const known =
    refusal instanceof OidcRefusal ? refusal : new OidcRefusal("InternalServerException");
  const { error, description, name, status } = known;
  const answer = jsonAnswer(status, { error, error_description: description });
  const type = `${name}:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/`;
  return { ...answer, headers: { ...answer.headers, "x-amzn-ErrorType": type }, error: name };
}
