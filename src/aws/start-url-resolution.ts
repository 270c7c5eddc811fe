import { isAwsStartUrl } from "../domain/partitions.ts";
import { isLoopback, parseUrl } from "../domain/url.ts";
import { SsoxError } from "../errors.ts";
import { sendPlain } from "./connection.ts";
import { endpointOverride } from "./endpoint-override.ts";
import type { NetworkSettings, ServiceAccess } from "./network-settings.ts";
import { errorName } from "./service-client.ts";

/**
 * The start URL by which the service knows the portal: an AWS access portal's
 * own as it is; of any other, which an organisation gives itself, the one to
 * which it redirects. One redirect, as in AWS CLI 2.35.13 and later.
 *
 * @throws SsoxError `ConfigInvalid` when it leads to no access portal;
 * `NetworkError`, `ServiceUnavailable`
 */
export async function resolveStartUrl(startUrl: string, access: ServiceAccess): Promise<string> {
  const url = checkedStartUrl(startUrl, access);
  if (url === undefined) throw leadsNowhere(startUrl, "it is no https URL");
  if (isAwsStartUrl(url)) return startUrl;
  const { status, location } = await answerOf(url, access);
  const failed = `${url.host} answered HTTP ${status}`;
  if (status >= 500 || status === 429) {
    throw new SsoxError("ServiceUnavailable", `Cannot resolve the start URL: ${failed}.`, {
      hint: "run the command again in a minute",
    });
  }
  if (!REDIRECTS.includes(status) || location === undefined) throw leadsNowhere(startUrl, failed);
  const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  if (target?.protocol !== "https:" || !isAwsStartUrl(target)) {
    throw leadsNowhere(startUrl, `it redirects to ${target?.origin ?? "no URL"}`);
  }
  return target.origin + target.pathname.replace(/\/+$/, "");
}

/**
 * What may be a start URL: https; or the vanity URL of the lab on loopback that
 * the environment names as the endpoint. Undefined for anything else.
 */
export function checkedStartUrl(startUrl: string, network: NetworkSettings): URL | undefined {
  const url = parseUrl(startUrl);
  if (url?.protocol === "https:") return url;
  const endpoint = parseUrl(endpointOverride("sso-oidc", network)?.value ?? "");
  const isLab = url?.origin === endpoint?.origin && isLoopback(url?.hostname ?? "");
  return isLab ? url : undefined;
}

const REDIRECTS = [301, 302, 303, 307, 308];
/** Servers that do not know HEAD. */
const NO_HEAD = [405, 501];
const TIMEOUT_MS = 10_000;

type Method = "GET" | "HEAD";

interface VanityAnswer {
  readonly status: number;
  readonly location: string | undefined;
}

async function answerOf(url: URL, access: ServiceAccess): Promise<VanityAnswer> {
  const answer = await traced("HEAD", url, access);
  return NO_HEAD.includes(answer.status) ? await traced("GET", url, access) : answer;
}

async function traced(method: Method, url: URL, access: ServiceAccess): Promise<VanityAnswer> {
  try {
    const answer = await ask(method, url, access);
    access.trace(`${method} ${url.origin}: ${answer.status}`);
    return answer;
  } catch (error) {
    access.trace(`${method} ${url.origin}: ${errorName(error)}`);
    access.signal?.throwIfAborted();
    throw new SsoxError(
      "NetworkError",
      `No answer from ${url.host} (resolving the start URL): ${errorName(error)}.`,
      { hint: "check the network and sso_start_url, then run the command again" },
    );
  }
}

/** Status and Location; the body is of no use, and not read. */
async function ask(method: Method, url: URL, access: ServiceAccess): Promise<VanityAnswer> {
  const response = await sendPlain({ method, url, timeout: TIMEOUT_MS }, access);
  response.destroy();
  return { status: response.statusCode ?? 0, location: response.headers.location };
}

function leadsNowhere(startUrl: string, why: string): SsoxError {
  return new SsoxError(
    "ConfigInvalid",
    `The start URL ${JSON.stringify(startUrl)} does not lead to an AWS access portal: ${why}.`,
    {
      hint: "set sso_start_url to the AWS access portal URL, such as https://d-1234567890.awsapps.com/start",
    },
  );
}
