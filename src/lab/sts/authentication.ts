import type { LabRequest } from "../exchange.ts";
import { sameSecret } from "../random.ts";
import type { KnownCredentials, LabState } from "../state.ts";
import { StsRefusal } from "./refusals.ts";
import { type ClaimedSignature, expectedSignature } from "./signature.ts";

/** How far a client's clock may be off, in milliseconds. */
const SKEW = 5 * 60_000;

/**
 * Whose credentials signed the request, by the lab's own check.
 *
 * @throws StsRefusal `MissingAuthenticationToken`, `IncompleteSignature`,
 * `InvalidClientTokenId`, `SignatureDoesNotMatch` or `ExpiredToken`, in the
 * words of AWS
 */
export function callerOf(request: LabRequest, state: LabState): KnownCredentials {
  const claimed = claimedInHeader(request) ?? claimedInQuery(request);
  const now = state.clock.now();
  const credentials = state.credentials.get(claimed.accessKeyId);
  if (!credentials || !isSameToken(claimed.sessionToken, credentials.sessionToken)) {
    throw new StsRefusal(
      "InvalidClientTokenId",
      "The security token included in the request is invalid.",
    );
  }
  checkScope(claimed);
  checkTime(claimed, now);
  const expected = expectedSignature(request, claimed, credentials.secretAccessKey);
  if (!claimed.signedHeaders.includes("host") || !sameSecret(claimed.signature, expected)) {
    throw new StsRefusal(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. " +
        "Check your AWS Secret Access Key and signing method. " +
        "Consult the service documentation for details.",
    );
  }
  if (credentials.expiresAt <= now) {
    throw new StsRefusal("ExpiredToken", "The security token included in the request is expired");
  }
  return credentials;
}

/** A user's keys go without one. */
function isSameToken(given: string | undefined, expected: string | undefined): boolean {
  if (given === undefined || expected === undefined) return given === expected;
  return sameSecret(given, expected);
}

function claimedInHeader({ headers }: LabRequest): ClaimedSignature | undefined {
  const { authorization } = headers;
  if (authorization === undefined) return undefined;
  const parts = new Map(
    authorization
      .replace(/^AWS4-HMAC-SHA256\s+/, "")
      .split(",")
      .map((part): [string, string] => {
        const at = part.indexOf("=");
        return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
      }),
  );
  return claimedFrom({
    credential: parts.get("Credential"),
    time: textOf(headers["x-amz-date"]),
    signedHeaders: parts.get("SignedHeaders"),
    signature: parts.get("Signature"),
    sessionToken: textOf(headers["x-amz-security-token"]),
    expires: undefined,
  });
}

function claimedInQuery({ query }: LabRequest): ClaimedSignature {
  const get = (name: string) => query.get(`X-Amz-${name}`) ?? undefined;
  if (get("Algorithm") === undefined) {
    throw new StsRefusal("MissingAuthenticationToken", "Request is missing Authentication Token");
  }
  return claimedFrom({
    credential: get("Credential"),
    time: get("Date"),
    signedHeaders: get("SignedHeaders"),
    signature: get("Signature"),
    sessionToken: get("Security-Token"),
    expires: Number(get("Expires")),
  });
}

interface ClaimedParts {
  readonly credential: string | undefined;
  readonly time: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly sessionToken: string | undefined;
  readonly expires: number | undefined;
}

function claimedFrom(parts: ClaimedParts): ClaimedSignature {
  const { credential = "", time = "", signedHeaders = "", signature = "" } = parts;
  const slash = credential.indexOf("/");
  if (slash <= 0 || !signedHeaders || !signature || !/^\d{8}T\d{6}Z$/.test(time)) {
    throw new StsRefusal(
      "IncompleteSignature",
      "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders' parameters " +
        "and a date.",
    );
  }
  return {
    accessKeyId: credential.slice(0, slash),
    scope: credential.slice(slash + 1),
    time,
    signedHeaders: signedHeaders.split(";"),
    signature,
    sessionToken: parts.sessionToken,
    expires: parts.expires,
  };
}

function checkScope({ scope, time }: ClaimedSignature): void {
  const [day, , service, end] = scope.split("/");
  if (service !== "sts" || end !== "aws4_request") {
    throw new StsRefusal(
      "SignatureDoesNotMatch",
      "Credential should be scoped to correct service: 'sts'.",
    );
  }
  if (day !== time.slice(0, 8)) {
    throw new StsRefusal(
      "SignatureDoesNotMatch",
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${time.slice(0, 8)}', from '${time}'.`,
    );
  }
}

function checkTime({ time, expires }: ClaimedSignature, now: number): void {
  const signedAt = Date.parse(time.replace(ISO_BASIC, "$1-$2-$3T$4:$5:$6Z"));
  // Written so that a time or a lifetime that is no number is refused.
  if (!(signedAt <= now + SKEW)) {
    throw new StsRefusal(
      "SignatureDoesNotMatch",
      `Signature not yet current: ${time} is still later than ${basic(now + SKEW)} (${basic(now)} + 5 min.)`,
    );
  }
  const goodFor = expires === undefined ? SKEW : expires * 1000;
  if (!(signedAt >= now - goodFor)) {
    throw new StsRefusal(
      "SignatureDoesNotMatch",
      `Signature expired: ${time} is now earlier than ${basic(now - SKEW)} (${basic(now)} - 5 min.)`,
    );
  }
}

const ISO_BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** `YYYYMMDDTHHMMSSZ` */
function basic(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : header?.join(",");
}
