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
