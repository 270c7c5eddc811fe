/** The URL; undefined when the text is none. (URL.parse came with Node 22.) */
export function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** A host name that is always this machine: 127.0.0.0/8, [::1] or localhost. */
export function isLoopback(hostname: string): boolean {
  return /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|localhost)$/.test(hostname);
}

/** Without the dot that may end a host name. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/\.$/, "");
}
