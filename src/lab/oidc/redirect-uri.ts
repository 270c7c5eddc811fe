/**
 * A client may register an https URL, or one on 127.0.0.1 itself: `localhost`
 * can be made to mean something else (RFC 8252 §8.3).
 */
export function isAllowedRedirect(registered: string): boolean {
  if (!URL.canParse(registered)) return false;
  const { protocol, hash, username, password } = new URL(registered);
  if (hash !== "" || username !== "" || password !== "") return false;
  return protocol === "https:" || isLoopback(registered);
}

/**
 * The redirect URI of a request is one that was registered: to the letter, but
 * for the port of a loopback address, which is free (RFC 8252 §7.3).
 */
export function matchesRegistered(given: string, registered: readonly string[]): boolean {
  if (!URL.canParse(given)) return false;
  return registered.some((uri) =>
    isLoopback(uri) && isLoopback(given) ? withoutPort(given) === withoutPort(uri) : given === uri,
  );
}

function isLoopback(uri: string): boolean {
  return /^http:\/\/127\.0\.0\.1(:\d{1,5})?(\/|$)/.test(uri);
}

function withoutPort(uri: string): string {
  return uri.replace(/^(http:\/\/127\.0\.0\.1):\d{1,5}/, "$1");
}
