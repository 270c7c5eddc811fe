import { SsoxError } from "../errors.ts";
import { errorName, isUnexplained, serviceFailure, statusOf } from "./service-client.ts";

/** The outcomes of a refused CreateToken that have a meaning of their own. */
export type TokenRefusal =
  | { readonly kind: "pending" | "slow-down" | "expired" }
  | { readonly kind: "denied" | "invalid-grant" | "invalid-client"; readonly why: string };

/** @throws SsoxError for every failure that is none of these outcomes */
export function tokenRefusal(error: unknown, what: string, region: string): TokenRefusal {
  const { code, why } = oauthError(error);
  switch (code) {
    case "authorization_pending":
      return { kind: "pending" };
    case "slow_down":
      return { kind: "slow-down" };
    case "expired_token":
      return { kind: "expired" };
    case "access_denied":
      return { kind: "denied", why };
    case "invalid_grant":
      return { kind: "invalid-grant", why };
    case "invalid_client":
    case "unauthorized_client":
      return { kind: "invalid-client", why };
    default:
      throw refusal(error, what, region);
  }
}

/** The service does not know this client any more, or not for this grant. */
export function isClientRefused(error: unknown): boolean {
  const { code } = oauthError(error);
  return code === "invalid_client" || code === "unauthorized_client";
}

/** The service does not know this start URL: it belongs to another region, or is wrong. */
export interface StartUrlRefused {
  readonly kind: "start-url-refused";
  readonly why: string;
}

/** @throws SsoxError for every failure but the refusal of a start URL */
export function startUrlRefusal(error: unknown, what: string, region: string): StartUrlRefused {
  const { code, why } = oauthError(error);
  if (isForeign(code)) return { kind: "start-url-refused", why };
  throw refusal(error, what, region);
}

/** The OAuth error codes with which AWS answers to what belongs to another region. */
export function isForeign(code: string): boolean {
  return code === "invalid_request" || code === "invalid_grant";
}

/**
 * The OAuth error code and its description. The code stands in the body's
 * `error`, but the SDK's exception name is all there is when a proxy cut the body.
 */
function oauthError(error: unknown): { readonly code: string; readonly why: string } {
  const body = typeof error === "object" && error !== null ? error : {};
  const code = "error" in body && typeof body.error === "string" ? body.error : undefined;
  const described = "error_description" in body ? body.error_description : undefined;
  const fromName = errorName(error)
    .replace(/Exception$/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
    .toLowerCase();
  return {
    code: code ?? fromName,
    why: typeof described === "string" && described !== "" ? described : (code ?? fromName),
  };
}

/** The error for a request that the service understood and refused, or could not answer. */
export function refusal(error: unknown, what: string, region: string): Error {
  const { why } = oauthError(error);
  if (error instanceof SsoxError || statusOf(error) !== 400 || isUnexplained(error)) {
    return serviceFailure(error, what, region);
  }
  return new SsoxError("LoginDenied", `AWS in ${region} refused (${what}): ${why}.`, {
    hint: "check sso_start_url, sso_region and sso_registration_scopes of the session",
  });
}
