import { isAwsStartUrl } from "./partitions.ts";
import { isRegion } from "./region.ts";
import { isLoopback, parseUrl } from "./url.ts";

/**
 * The start URL that somebody means who types or pastes one: without `https`,
 * with what the portal's page adds behind it, or only the first label of its
 * host.
 *
 * @returns undefined where it is not clear what is meant
 */
export function typedStartUrl(typed: string): string | undefined {
  const text = typed.trim().replace(/^(["'<])(.*)["'>]$/, "$2");
  if (LABEL.test(text)) return isOther(text) ? undefined : startUrlOf(text);
  const url = parseUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  if (url === undefined || url.username !== "" || url.password !== "") return undefined;
  const isAws = isAwsStartUrl(url);
  // Only the lab is http.
  if (url.protocol === "http:" && isAws) url.protocol = "https:";
  const isHttp = url.protocol === "http:" && isLoopback(url.hostname);
  if (url.protocol !== "https:" && !isHttp) return undefined;
  if (!isHttp && !url.hostname.includes(".")) return undefined;
  url.hash = "";
  if (isAws) url.search = "";
  if (url.pathname === "/" && AWSAPPS.test(url.hostname)) url.pathname = "/start";
  return url.href.replace(/\/+$/, "");
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
/** The portals whose page is below `/start`. */
const AWSAPPS = /\.awsapps\.(?:com|cn)$/;

function startUrlOf(label: string): string {
  return `https://${label.toLowerCase()}.awsapps.com/start`;
}

/** A region; or an instance, which stands before a region that nobody can guess. */
function isOther(label: string): boolean {
  return isRegion(label) || /^ssoins-/i.test(label);
}
