import { parseUrl } from "../domain/url.ts";
import { SsoxError } from "../errors.ts";

export type Service = "sso" | "sso-oidc" | "sts";

const VARIABLES: Record<Service, string> = {
  sso: "AWS_ENDPOINT_URL_SSO",
  "sso-oidc": "AWS_ENDPOINT_URL_SSO_OIDC",
  sts: "AWS_ENDPOINT_URL_STS",
};

/**
 * The endpoint that the environment puts in the place of AWS's own, looked up
 * as the AWS SDKs do: the service's variable, then AWS_ENDPOINT_URL; an empty
 * one counts as unset, and AWS_IGNORE_CONFIGURED_ENDPOINT_URLS turns both off
 * (AWS SDKs and Tools Reference Guide, "Service-specific endpoints").
 *
 * @throws SsoxError `Usage` for plain http to another machine: tokens go there.
 */
export function endpointOverride(
  service: Service,
  env: Readonly<Record<string, string | undefined>>,
): { readonly url: string; readonly variable: string } | undefined {
  if (env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.toLowerCase() === "true") return undefined;
  for (const variable of [VARIABLES[service], "AWS_ENDPOINT_URL"]) {
    const url = env[variable];
    if (!url) continue;
    if (!isSafe(url)) {
      throw new SsoxError(
        "Usage",
        `${variable} is not an https URL: tokens would cross the network in the clear.`,
        { hint: `unset ${variable}` },
      );
    }
    return { url, variable };
  }
  return undefined;
}

function isSafe(text: string): boolean {
  const url = parseUrl(text);
  if (url?.protocol === "https:") return true;
  return url?.protocol === "http:" && isLoopback(url.hostname);
}

/** A host name that is always this machine: 127.0.0.0/8, [::1] or localhost. */
export function isLoopback(hostname: string): boolean {
  return /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|localhost)$/.test(hostname);
}
