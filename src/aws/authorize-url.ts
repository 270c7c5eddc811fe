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

const AWS_DOMAINS = [
  "amazonaws.com",
  "amazonaws.com.cn",
  "amazonaws.eu",
  "api.aws",
  "app.aws",
  "awsapps.com",
  "awsapps.cn",
  "api.amazonwebservices.com.cn",
  "app.amazonwebservices.com.cn",
  "api.amazonwebservices.eu",
  "signin.aws.amazon.com",
  "signin.amazonaws-us-gov.com",
  "c2s.ic.gov",
  "sc2s.sgov.gov",
  "cloud.adc-e.uk",
  "csp.hci.ic.gov",
];

/**
 * Whether a sign-in page may be shown to the user: https on a host of AWS, or
 * the endpoint that the user's own environment names.
 *
 * @param endpoint of SSO OIDC, as it is in use
 */
export function isSignInPage(page: URL, endpoint: URL): boolean {
  if (page.origin === endpoint.origin) return true;
  if (page.protocol !== "https:" || page.username !== "" || page.port !== "") return false;
  return AWS_DOMAINS.some((domain) => {
    return page.hostname === domain || page.hostname.endsWith(`.${domain}`);
  });
}
