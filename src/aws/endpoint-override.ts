import { isLoopback, parseUrl } from "../domain/url.ts";
import { SsoxError } from "../errors.ts";
import { isOn, type NetworkSettings, type Setting, sourceIn } from "./network-settings.ts";

/** The services that ssox calls. */
export type Service = "sso" | "sso-oidc" | "sts" | "signin";

/** What the service is called in the names of variables, in lower case in the config file. */
const NAMES: Record<Service, string> = {
  sso: "SSO",
  "sso-oidc": "SSO_OIDC",
  sts: "STS",
  signin: "SIGNIN",
};

/**
 * The endpoint that stands in the place of AWS's own, looked up as the AWS SDKs
 * do: the service's variable, AWS_ENDPOINT_URL, the service's `endpoint_url` in
 * the `[services]` section of the profile, the profile's `endpoint_url`. An
 * empty one counts as unset, and AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, or the
 * profile's key of that name, turns all of them off (AWS SDKs and Tools
 * Reference Guide, "Service-specific endpoints").
 *
 * @throws SsoxError `Usage` for plain http to another machine: tokens go there.
 */
export function endpointOverride(service: Service, network: NetworkSettings): Setting | undefined {
  const [ignore, key] = [
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "ignore_configured_endpoint_urls",
  ] as const;
  if (isOn(network, ignore, key)) return undefined;
  const found = candidates(service, network).find(({ value }) => value);
  if (found === undefined || isSafe(found.value)) return found;
  const { source, isVariable } = found;
  throw new SsoxError(
    "Usage",
    `${source} is not an https URL: tokens would cross the network in the clear.`,
    { hint: isVariable ? `unset ${source}` : "edit it in the AWS config file" },
  );
}

interface Candidate extends Setting {
  readonly isVariable: boolean;
}

function candidates(service: Service, { env, profile }: NetworkSettings): Candidate[] {
  const variables = [`AWS_ENDPOINT_URL_${NAMES[service]}`, "AWS_ENDPOINT_URL"];
  const found = variables.map((source) => ({ value: env[source] ?? "", source, isVariable: true }));
  if (profile === undefined) return found;
  const section = NAMES[service].toLowerCase();
  const { settings, endpoints } = profile;
  const inFile = (value: string | undefined, what: string) => {
    return { value: value ?? "", source: sourceIn(profile, what), isVariable: false };
  };
  return [
    ...found,
    inFile(endpoints.get(section), `the endpoint_url for ${section} in the services section`),
    inFile(settings["endpoint_url"], "endpoint_url"),
  ];
}

function isSafe(text: string): boolean {
  const url = parseUrl(text);
  if (url?.protocol === "https:") return true;
  return url?.protocol === "http:" && isLoopback(url.hostname);
}
