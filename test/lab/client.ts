import { createHash, randomBytes } from "node:crypto";
import { isRecord } from "../../src/lab/json.ts";
import type { Lab } from "../../src/lab/lab.ts";

/** A client of the lab that sends what it is told to, right or wrong. */

export const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
export const REDIRECT = "http://127.0.0.1/oauth/callback";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export async function post(lab: Lab, path: string, body: unknown): Promise<Reply> {
  const init = { method: "POST", body: JSON.stringify(body) };
  return await read(await fetch(lab.url + path, init));
}

export async function portal(
  lab: Lab,
  path: string,
  token: unknown,
  method = "GET",
): Promise<Reply> {
  const headers = { "x-amz-sso_bearer_token": String(token) };
  return await read(await fetch(lab.url + path, { method, headers }));
}

async function read(response: Response): Promise<Reply> {
  const text = await response.text();
  const document: unknown = text === "" ? {} : JSON.parse(text);
  const body = isRecord(document) ? document : {};
  return { status: response.status, headers: response.headers, body };
}

/** The reply in the words of OAuth, for a comparison in one line. */
export function outcome({ status, headers, body }: Reply): string {
  const type = headers.get("x-amzn-errortype")?.split(":")[0] ?? "ok";
  return [status, type, ...(typeof body["error"] === "string" ? [body["error"]] : [])].join(" ");
}

export interface Keys {
  readonly clientId: unknown;
  readonly clientSecret: unknown;
}

const SCOPES = ["sso:account:access"];

export async function register(lab: Lab, changed: Record<string, unknown> = {}): Promise<Keys> {
  const body = { clientName: "test", clientType: "public", scopes: SCOPES, ...changed };
  const { clientId, clientSecret } = (await post(lab, "/client/register", body)).body;
  return { clientId, clientSecret };
}

export async function registerForCode(lab: Lab): Promise<Keys> {
  return await register(lab, {
    grantTypes: ["authorization_code", "refresh_token"],
    redirectUris: [REDIRECT],
    issuerUrl: lab.startUrl,
  });
}

export async function startDevice(lab: Lab, keys: Keys): Promise<Record<string, unknown>> {
  return (await post(lab, "/device_authorization", { ...keys, startUrl: lab.startUrl })).body;
}

export async function pollDevice(lab: Lab, keys: Keys, deviceCode: unknown): Promise<Reply> {
  return await post(lab, "/token", { ...keys, grantType: DEVICE_CODE, deviceCode });
}

/** A whole sign-in by device code, at a lab that approves at once. */
export async function signIn(lab: Lab, changed: Record<string, unknown> = {}) {
  const keys = await register(lab, changed);
  const { deviceCode } = await startDevice(lab, keys);
  const { body } = await pollDevice(lab, keys, deviceCode);
  return { keys, ...body, accessToken: body["accessToken"], refreshToken: body["refreshToken"] };
}

export async function refresh(lab: Lab, keys: Keys, refreshToken: unknown): Promise<Reply> {
  return await post(lab, "/token", { ...keys, grantType: "refresh_token", refreshToken });
}

export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

export function newPkce(): Pkce {
  const verifier = randomBytes(48).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** The URL that the AWS CLI opens; `changed` replaces parameters, `undefined` leaves them out. */
export function authorizeUrl(
  lab: Lab,
  keys: Keys,
  pkce: Pkce,
  changed: Record<string, string | undefined> = {},
): string {
  const parameters = {
    response_type: "code",
    client_id: String(keys.clientId),
    redirect_uri: "http://127.0.0.1:43210/oauth/callback",
    state: "the state",
    code_challenge_method: "S256",
    scopes: "sso:account:access",
    code_challenge: pkce.challenge,
    ...changed,
  };
  const url = new URL("/authorize", lab.url);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

/** Where a page sends the browser; undefined when it stays. */
export async function locationOf(url: string, init: RequestInit = {}): Promise<URL | undefined> {
  const response = await fetch(url, { redirect: "manual", ...init });
  await response.text();
  const location = response.headers.get("location");
  return location === null ? undefined : new URL(location);
}

/** The form of a page, as a browser would send it with that button. */
export function formOf(html: string, decision: string): URLSearchParams {
  const form = new URLSearchParams({ decision });
  const hidden = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  for (const [, name = "", value = ""] of hidden) form.set(name, value);
  return form;
}
