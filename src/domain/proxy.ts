import { SsoxError } from "../errors.ts";
import { isLoopback, parseUrl } from "./url.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy that opens tunnels: CONNECT (RFC 9110 §9.3.6). */
export interface HttpProxy {
  /** Scheme, host and port alone: it may be shown. */
  readonly url: string;
  /** What goes into `Proxy-Authorization` (RFC 7617); a secret. */
  readonly authorization: string | undefined;
  /** The variable that names it. */
  readonly variable: string;
}

/**
 * The proxy for a URL: what HTTPS_PROXY says for an https one and HTTP_PROXY
 * for an http one, unless NO_PROXY takes the host out. As Python's urllib, and
 * so botocore, reads them: the lower-case form wins, also when it is empty.
 * This machine itself is never reached through a proxy.
 *
 * @throws SsoxError `Usage` for a value that is no URL of an HTTP proxy
 */
export function proxyFor(target: URL, env: Environment): HttpProxy | undefined {
  if (isLoopback(target.hostname)) return undefined;
  const found = variable(target.protocol.replace(":", "_proxy"), env);
  if (found === undefined) return undefined;
  const excluded = variable("no_proxy", env)?.value ?? "";
  if (excluded.split(/[\s,]+/).some((pattern) => covers(pattern, target))) return undefined;
  return proxyOf(found.name, found.value);
}

function variable(lower: string, env: Environment): { name: string; value: string } | undefined {
  const name = env[lower] === undefined ? lower.toUpperCase() : lower;
  const value = env[name];
  return value ? { name, value } : undefined;
}

/**
 * Whether one entry of NO_PROXY covers the URL's host: `*`, the host itself, a
 * domain that it lies in (with or without `.` or `*.` before it), or one of
 * these with a port.
 */
function covers(pattern: string, target: URL): boolean {
  const [, host = pattern, port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(pattern) ?? [];
  if (port !== undefined && port !== portOf(target)) return false;
  const name = bare(host.toLowerCase()).replace(/^\*?\.+/, "");
  const hostname = bare(target.hostname);
  return name === "*" || (name !== "" && (hostname === name || hostname.endsWith(`.${name}`)));
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === "https:" ? "443" : "80");
}

/** Of an IPv6 address, without its brackets. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}

function proxyOf(name: string, value: string): HttpProxy {
  // botocore: without a scheme it is http.
  const written = /^\w+:\/\//.test(value) ? value : `http://${value.replace(/^\/\//, "")}`;
  const url = parseUrl(written);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    // The value is not shown: it may hold a password.
    throw new SsoxError("Usage", `${name} is no URL of an HTTP proxy.`, {
      hint: `export ${name}=http://proxy.example.com:3128`,
    });
  }
  const { origin, username, password } = url;
  const authorization = username === "" && password === "" ? undefined : basic(username, password);
  return { url: origin, authorization, variable: name };
}

function basic(username: string, password: string): string {
  const pair = `${unescaped(username)}:${unescaped(password)}`;
  return `Basic ${Buffer.from(pair).toString("base64")}`;
}

/** A password may hold a `%` that escapes nothing. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
