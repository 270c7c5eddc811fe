import { isRegion } from "./region.ts";
import { hostOf, parseUrl } from "./url.ts";

/** The start URL without what makes no difference to it: `#/`, `/`, the host's case. */
export function bareStartUrl(startUrl: string): string {
  const bare = startUrl.replace(/#.*$/s, "").replace(/\/+$/, "");
  return bare.replace(/^https?:\/\/[^/]+/i, (origin) => origin.toLowerCase());
}

/**
 * Whether a token that was issued for one start URL belongs to a session with
 * the other. A session that was given another start URL keeps the name, and so
 * the file, of the token of the former one. Some writers leave the URL out.
 */
export function isSameStartUrl(ofToken: string, ofSession: string): boolean {
  return ofToken === "" || bareStartUrl(ofToken) === bareStartUrl(ofSession);
}

/** The region that a regional portal's URL names; undefined for every other URL. */
export function regionOfStartUrl(startUrl: string): string | undefined {
  if (COMMON.test(startUrl)) return undefined;
  const url = parseUrl(startUrl);
  const host = url === undefined ? "" : hostOf(url);
  const [, region = ""] = AFTER_PORTAL.exec(host) ?? BEFORE_PORTAL.exec(host) ?? [];
  return isRegion(region) ? region : undefined;
}

/** What most start URLs are, without a region: told at a glance. */
const COMMON = /^https:\/\/[\w-]+\.awsapps\.com\/start[/#]*$/;
/** `ID.portal.REGION.…` */
const AFTER_PORTAL =
  /^[^.]+\.portal\.([^.]+)\.(?:app\.aws|app\.amazonwebservices\.com\.cn|api\.amazonwebservices\.eu)$/;
/** `ID.REGION.portal.…` */
const BEFORE_PORTAL = /^[^.]+\.([^.]+)\.portal\.amazonaws\.(?:com|com\.cn|eu)$/;
