/** What a link of the access portal opens. */
export interface ShortcutTarget {
  readonly startUrl: URL;
  readonly accountId: string;
  /** The permission set. */
  readonly roleName: string;
  /** Without one, the access portal opens what the permission set says, else the console's home. */
  readonly destination: string | undefined;
}

/**
 * The access portal's shortcut link (IAM Identity Center User Guide, "Create shortcut
 * links"): the browser's own sign-in opens it, and no secret is in it.
 */
export function shortcutLink(target: ShortcutTarget): string {
  const { startUrl, accountId, roleName, destination } = target;
  const pairs = [
    ["account_id", accountId],
    ["role_name", roleName],
    ...(destination === undefined ? [] : [["destination", destination] as const]),
  ] as const;
  const query = pairs.map(([name, value]) => `${name}=${encoded(value)}`).join("&");
  return `${portalUrl(startUrl)}${startUrl.search === "" ? "/" : ""}#/console?${query}`;
}

/** Half a surrogate pair, which a name may have, cannot be written. */
function encoded(value: string): string {
  return encodeURIComponent(value.replace(/\p{Cs}/gu, "\ufffd"));
}

/** A start URL without what makes no difference to it: `#/`, `/`. By its query a vanity URL may tell portals apart. */
export function portalUrl({ origin, pathname, search }: URL): string {
  return origin + (search === "" ? pathname.replace(/\/+$/, "") : pathname + search);
}

/** What a federated sign-in leads to. */
export interface FederatedPage {
  readonly destination: string;
  /** Where the console sends its user when the session has ended; undefined: nowhere. */
  readonly issuer: string | undefined;
}

/**
 * The URL by which a sign-in token opens the console (IAM User Guide, "Enable custom
 * identity broker access to the AWS console"). It is a secret.
 *
 * @param endpoint of AWS's sign-in, the one that has given the token
 */
export function federationLogin(
  endpoint: string,
  token: string,
  { destination, issuer }: FederatedPage,
): string {
  const url = new URL(`${endpoint.replace(/\/+$/, "")}/federation`);
  // What a proxy in the place of AWS wants of ssox is nothing for the browser.
  url.username = "";
  url.password = "";
  url.search = new URLSearchParams({
    Action: "login",
    ...(issuer !== undefined && { Issuer: issuer }),
    Destination: destination,
    SigninToken: token,
  }).toString();
  return url.href;
}
