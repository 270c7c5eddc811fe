import { isHostOf, partitionOf } from "../domain/partitions.ts";

/**
 * The page that asks for the user's consent, with the parameters that the AWS
 * CLI sends: the service knows `scopes`, in the plural, unlike RFC 6749 §4.1.1.
 */
export function authorizeRequest(
  authorizeUrl: URL,
  request: {
    readonly clientId: string;
    readonly redirectUri: string;
    readonly state: string;
    readonly codeChallenge: string;
    readonly scopes: readonly string[];
  },
): URL {
  const parameters: [string, string][] = [
    ["response_type", "code"],
    ["client_id", request.clientId],
    ["redirect_uri", request.redirectUri],
    ["state", request.state],
    ["code_challenge_method", "S256"],
    ["scopes", request.scopes.join(" ")],
    ["code_challenge", request.codeChallenge],
  ];
  const url = new URL(authorizeUrl);
  // A space as %20: URLSearchParams would write it as a plus.
  url.search = parameters.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
  return url;
}

/**
 * Whether a sign-in page may be shown to the user: https on a host of AWS, in
 * the session's partition, or the endpoint that the user's own settings name.
 *
 * @param endpoint of SSO OIDC, as it is in use
 * @param region of the session
 */
export function isSignInPage(page: URL, endpoint: URL, region: string): boolean {
  if (page.origin === endpoint.origin) return true;
  if (page.protocol !== "https:" || page.username !== "" || page.port !== "") return false;
  return isHostOf(partitionOf(region), page.hostname);
}
