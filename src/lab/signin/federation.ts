import { type Answer, type Handler, jsonAnswer, Refusal } from "../exchange.ts";
import { isRecord } from "../json.ts";
import { documentAnswer } from "../pages/document.ts";
import { html, shown } from "../pages/html.ts";
import { messagePage } from "../pages/pages.ts";
import { randomSecret, sameSecret } from "../random.ts";
import { keepSecret } from "../secrets.ts";
import { inSeconds, type KnownCredentials, type LabState, remember } from "../state.ts";

/** How long a token may wait for its browser, in seconds (IAM User Guide). */
const TOKEN_SECONDS = 900;

/**
 * getSigninToken (`GET /federation`): a token for the console, for temporary
 * credentials that the lab has given out and that have not ended.
 */
export const getSigninToken: Handler = ({ query, details }, state) => {
  if (query.get("Action") !== "getSigninToken")
    throw wrong("Action is not getSigninToken or login");
  const credentials = credentialsOf(query.get("Session") ?? "", state);
  details.accountId = credentials.accountId;
  checkDuration(query, credentials);
  const token = randomSecret(120);
  const expiresAt = inSeconds(state, TOKEN_SECONDS);
  remember(state.signinTokens, token, { credentials, expiresAt });
  keepSecret(state, "signinToken", token);
  return jsonAnswer(200, { SigninToken: token });
};

/**
 * login (`GET /federation`): signs the browser in, once for each token. AWS sends it on
 * to the destination; the lab, which has no console, says who would see it.
 */
export const federatedLogin: Handler = ({ query, details }, state) => {
  const destination = query.get("Destination") ?? "";
  if (!isConsole(destination)) throw wrong("The destination is no page of the console");
  const token = query.get("SigninToken") ?? "";
  const found = state.signinTokens.get(token);
  state.signinTokens.delete(token);
  if (!found || found.expiresAt <= state.clock.now()) {
    throw new Refusal("InvalidSigninToken", 400, "The sign-in token is invalid, or was used");
  }
  const { accountId, arn } = found.credentials;
  details.accountId = accountId;
  const body = html`<p>Here AWS opens the Management Console. The lab has none.</p>
<dl class="card">
<dt>Account</dt><dd>${accountId}</dd>
<dt>Signed in as</dt><dd>${shown(arn, LONGEST)}</dd>
<dt>Destination</dt><dd>${shown(destination, LONGEST)}</dd>
</dl>`;
  return documentAnswer({ status: 200, title: "Console", body });
};

/** Code points; links of the console are long. */
const LONGEST = 2000;

/** Which form AWS gives its refusals is not documented: a page, as for people. */
export function signinErrorAnswer({ name, status, message }: Refusal): Answer {
  return { ...messagePage(status, "Not signed in", `${message}.`), error: name };
}

function credentialsOf(session: string, state: LabState): KnownCredentials {
  const { sessionId, sessionKey, sessionToken } = membersOf(session);
  const known = typeof sessionId === "string" ? state.credentials.get(sessionId) : undefined;
  const isRight =
    known?.sessionToken !== undefined &&
    sameSecret(String(sessionKey), known.secretAccessKey) &&
    sameSecret(String(sessionToken), known.sessionToken);
  if (!known || !isRight) throw new Refusal("InvalidSession", 400, "The credentials are invalid");
  if (known.expiresAt > state.clock.now()) return known;
  throw new Refusal("ExpiredSession", 400, "The credentials have expired");
}

function membersOf(session: string): Record<string, unknown> {
  try {
    const members: unknown = JSON.parse(session);
    const names = isRecord(members) ? Object.keys(members).sort().join() : "";
    if (isRecord(members) && names === "sessionId,sessionKey,sessionToken") return members;
  } catch {
    // Refused below.
  }
  throw wrong("Session lacks sessionId, sessionKey or sessionToken, or has more");
}

/** Only for a role that a user has assumed with long-term keys (IAM User Guide). */
function checkDuration(query: URLSearchParams, { isAssumedByUser }: KnownCredentials): void {
  const asked = query.get("SessionDuration");
  if (asked === null) return;
  if (!isAssumedByUser) throw wrong("SessionDuration is not for these credentials");
  const seconds = Number(asked);
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200) {
    throw wrong("SessionDuration is not from 900 to 43200");
  }
}

function wrong(message: string): Refusal {
  return new Refusal("InvalidRequestException", 400, message);
}

function isConsole(destination: string): boolean {
  if (!URL.canParse(destination)) return false;
  const { protocol, username, port, hostname } = new URL(destination);
  return protocol === "https:" && username === "" && port === "" && CONSOLE_HOST.test(hostname);
}

const CONSOLE_HOST =
  /^([a-z0-9-]+\.)*console\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|amazonaws-eusc\.eu|[a-z0-9]+home\.[a-z.-]+)$/;
