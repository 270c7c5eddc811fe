import type { IncomingMessage } from "node:http";
import { type FederatedPage, federationLogin } from "../domain/console-link.ts";
import { parseJsonObject, stringIn } from "../domain/json.ts";
import type { Credentials } from "../domain/role-credentials.ts";
import { SsoxError } from "../errors.ts";
import { sendPlain } from "./connection.ts";
import { endpointOf } from "./endpoints.ts";
import type { ServiceAccess } from "./network-settings.ts";
import { errorName, serviceFailure } from "./service-client.ts";

/** Temporary credentials: long-term keys have no session that could be signed in. */
export type SessionCredentials = Credentials & { readonly sessionToken: string };

export interface FederationRequest extends FederatedPage {
  readonly credentials: SessionCredentials;
  /** Of the sign-in that is asked, and by which the browser then goes. */
  readonly region: string;
  /** Whose credentials these are, in words, for errors. */
  readonly whose: string;
}

/**
 * The URL that signs a browser in to the console with those credentials: AWS's
 * federation endpoint, getSigninToken (IAM User Guide, "Enable custom identity broker
 * access to the AWS console"). It is a secret, good for 15 minutes.
 *
 * @param pause waits before the next try; milliseconds
 * @throws SsoxError `AccessDenied` where AWS refuses the credentials; `NetworkError`,
 * `ServiceUnavailable`, `Throttled`
 */
export async function federationUrl(
  { credentials, region, whose, ...page }: FederationRequest,
  pause: (milliseconds: number) => Promise<void>,
  access: ServiceAccess,
): Promise<string> {
  const endpoint = endpointOf("signin", region, access);
  const url = new URL(`${endpoint.replace(/\/+$/, "")}/federation`);
  const { accessKeyId: sessionId, secretAccessKey: sessionKey, sessionToken } = credentials;
  url.search = new URLSearchParams({
    Action: "getSigninToken",
    // Without SessionDuration: AWS refuses it for roles that were assumed by a role, and
    // for others the console then lasts as long as the credentials, as it should.
    Session: JSON.stringify({ sessionId, sessionKey, sessionToken }),
  }).toString();
  const answer = await answerOf(url, region, pause, access);
  const token = stringIn(parseJsonObject(bodyOf(answer, whose, region)) ?? {}, "SigninToken");
  if (!token) throw failed(region, "an answer without a sign-in token");
  return federationLogin(endpoint, token, page);
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const WHAT = "getting a sign-in token";
const TIMEOUT_MS = 15_000;
/** Before the second try, and before the third: as the AWS SDKs at most. */
const PAUSES_MS = [300, 1_000];

/** Asks again where a further try may help, as the SDKs do for the services. */
async function answerOf(
  url: URL,
  region: string,
  pause: (milliseconds: number) => Promise<void>,
  access: ServiceAccess,
): Promise<Answer> {
  try {
    for (const wait of PAUSES_MS) {
      const answer = await ask(url, access).catch(unlessFinal);
      access.signal?.throwIfAborted();
      if (answer && answer.status < 500 && answer.status !== 429) return answer;
      await pause(wait);
    }
    return await ask(url, access);
  } catch (error) {
    access.signal?.throwIfAborted();
    throw serviceFailure(error, WHAT, region);
  }
}

/** A proxy or a certificate that is at fault stays so. */
function unlessFinal(error: unknown): undefined {
  if (error instanceof SsoxError) throw error;
}

/** In the trace stands neither the URL nor the answer: both are secrets. */
async function ask(url: URL, access: ServiceAccess): Promise<Answer> {
  // Who sends a byte now and then would never be without one for so long.
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const signal = AbortSignal.any([limit, ...(access.signal ? [access.signal] : [])]);
  try {
    const request = { method: "GET", url, timeout: TIMEOUT_MS } as const;
    const response = await sendPlain(request, { ...access, signal });
    const status = response.statusCode ?? 0;
    const body = await textOf(response);
    access.trace(`signin GetSigninToken: ${status === 200 ? "ok" : status}`);
    return { status, body };
  } catch (failure) {
    const error = limit.aborted ? limit.reason : failure;
    access.trace(`signin GetSigninToken: ${errorName(error)}`);
    throw error;
  }
}

const LONGEST_ANSWER = 65_536;

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding("utf8");
  let text = "";
  for await (const chunk of response) {
    text += String(chunk);
    // Leaving the loop ends the connection.
    if (text.length > LONGEST_ANSWER) break;
  }
  return text;
}

function bodyOf({ status, body }: Answer, whose: string, region: string): string {
  if (status === 200) return body;
  if (status === 429) {
    throw new SsoxError("Throttled", `AWS limits the rate of requests (${WHAT}).`, {
      hint: "wait a minute and run the command again",
    });
  }
  if ([400, 401, 403].includes(status)) {
    throw new SsoxError(
      "AccessDenied",
      `AWS's sign-in does not accept the credentials of ${whose}: HTTP ${status}.`,
      { hint: "run the command again; if it stays so, `ssox whoami` tells whose they are" },
    );
  }
  throw failed(region, `HTTP ${status}`);
}

function failed(region: string, why: string): SsoxError {
  return new SsoxError("ServiceUnavailable", `AWS in ${region} failed (${WHAT}): ${why}.`, {
    hint: "run the command again in a minute; a proxy or captive portal may answer in AWS's place",
  });
}
