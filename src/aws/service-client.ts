import { withoutSecrets } from "../domain/without-secrets.ts";
import { Interrupted, SsoxError } from "../errors.ts";
import { endpointOverride, type Service } from "./endpoint-override.ts";

/** What a call of a service needs from outside. */
export interface ServiceAccess {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes one line for `--debug`; never a secret. */
  trace(line: string): void;
  /** Ends calls that are under way, but for those whose answer must not be lost. */
  readonly signal?: AbortSignal;
  /** What the calls send: no error that they throw holds a piece of it. */
  readonly secrets?: readonly string[];
}

/** A call that has another try coming, or nobody who needs its answer, is made once and soon given up. */
export const HASTY = { maxAttempts: 1, requestTimeout: 10_000 } as const;
const PATIENT = { maxAttempts: 3, requestTimeout: 15_000 } as const;

/**
 * What every SDK client is made with. All of it is given, so that no client
 * looks into files or variables that belong to another home.
 *
 * @throws SsoxError `Usage` for an endpoint that would send tokens in the clear
 */
export function clientSettings(
  service: Service,
  region: string,
  access: ServiceAccess,
  { maxAttempts, requestTimeout }: typeof HASTY | typeof PATIENT = PATIENT,
) {
  const override = endpointOverride(service, access.env);
  return {
    region,
    maxAttempts,
    retryMode: "standard",
    defaultsMode: "legacy" as const,
    useFipsEndpoint: isTrue(access.env["AWS_USE_FIPS_ENDPOINT"]),
    useDualstackEndpoint: isTrue(access.env["AWS_USE_DUALSTACK_ENDPOINT"]),
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout,
      throwOnRequestTimeout: true,
    },
    ...(override && { endpoint: override.url }),
  };
}

/**
 * Runs one call and traces its name and outcome. The texts of its error are
 * free of the secrets that were sent.
 *
 * @param call gets what makes the SDK end it with `access.signal`
 * @throws the signal's reason when that ended the call, else what the SDK threw
 */
export async function traced<T>(
  name: string,
  access: ServiceAccess,
  call: (options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
): Promise<T> {
  const { signal } = access;
  try {
    const answer = await call(signal === undefined ? {} : { abortSignal: signal });
    access.trace(`${name}: ok`);
    return answer;
  } catch (error) {
    scrub(error, access.secrets ?? []);
    access.trace(`${name}: ${statusOf(error) ?? ""} ${errorName(error)}`);
    signal?.throwIfAborted();
    throw error;
  }
}

/** In place: what an error of the SDK is stands in its class and its members. */
function scrub(error: unknown, secrets: readonly string[]): void {
  if (typeof error !== "object" || error === null) return;
  for (const key of Object.getOwnPropertyNames(error)) {
    const text = memberOf(error, key);
    if (typeof text === "string") Reflect.set(error, key, withoutSecrets(text, secrets));
  }
}

/** The HTTP status of a failed call; undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  const metadata = memberOf(error, "$metadata");
  const status = memberOf(metadata, "httpStatusCode");
  return typeof status === "number" ? status : undefined;
}

/** The name of a failure: `UnauthorizedException`, `ECONNREFUSED`, … */
export function errorName(error: unknown): string {
  for (const key of ["code", "name"]) {
    const value = memberOf(error, key);
    if (typeof value === "string" && value !== "" && value !== "Error") return value;
  }
  return "Error";
}

/**
 * The error for a call that failed for reasons of the network or the service,
 * after the SDK's own retries.
 *
 * @param what the operation, in words: `listing the accounts`
 */
export function serviceFailure(error: unknown, what: string, region: string): Error {
  if (error instanceof SsoxError || error instanceof Interrupted) return error;
  const status = statusOf(error);
  const name = errorName(error);
  if (status === 429 || /Throttl|TooManyRequests/.test(name)) {
    return new SsoxError("Throttled", `AWS limits the rate of requests (${what}).`, {
      hint: "wait a minute and run the command again",
    });
  }
  // A captive portal or a proxy answers with a page of HTML.
  const unreadable = error instanceof SyntaxError;
  if (!unreadable && (status === undefined || NETWORK_ERRORS.test(name))) {
    return new SsoxError("NetworkError", `No answer from AWS in ${region} (${what}): ${name}.`, {
      hint: "check the network and sso_region, then run the command again",
    });
  }
  const why = unreadable ? "an answer that is no JSON" : `${name}, HTTP ${status}`;
  return new SsoxError("ServiceUnavailable", `AWS in ${region} failed (${what}): ${why}.`, {
    hint: "run the command again in a minute; a proxy or captive portal may answer in AWS's place",
  });
}

/** The error for an answer that lacks a member without which it is of no use. */
export function unusableAnswer(what: string, member: string): SsoxError {
  return new SsoxError(
    "ServiceUnavailable",
    `AWS sent an answer without ${member} (${what}); it cannot be used.`,
    { hint: "run the command again in a minute" },
  );
}

/**
 * A member that must be a text with something in it: the SDK hands on whatever
 * stands in the answer.
 *
 * @throws SsoxError `ServiceUnavailable`
 */
export function textMember<T extends object>(
  what: string,
  answer: T,
  member: keyof T & string,
): string {
  const text = textOrNone(answer[member]);
  if (text === undefined) throw unusableAnswer(what, member);
  return text;
}

/** A text with something in it; undefined for anything else. */
export function textOrNone(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * A member that must be a number above 0, and no more than what can be written
 * as a time: the exchange that it came with cannot be repeated.
 *
 * @throws SsoxError `ServiceUnavailable`
 */
export function numberMember<T extends object>(
  what: string,
  answer: T,
  member: keyof T & string,
  most: number,
): number {
  const value: unknown = answer[member];
  if (typeof value !== "number" || !(value > 0 && value <= most))
    throw unusableAnswer(what, member);
  return value;
}

/** The refusal has no JSON, or none of AWS in it: a proxy may have answered in AWS's place. */
export function isUnexplained(error: unknown): boolean {
  if (error instanceof SyntaxError) return true;
  // What the SDK calls an error for which the answer has no name, and no message.
  const isNameless =
    errorName(error) === "Unknown" && memberOf(error, "message") === "UnknownError";
  return isNameless && memberOf(error, "error") === undefined;
}

const NETWORK_ERRORS =
  /^(E(CONN|PIPE|HOST|NET|AI_|TIMEDOUT|PROTO)|ENOTFOUND|TimeoutError|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_(TLS|SSL|SOCKET))/;

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Record<string, unknown>)[key];
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === "true";
}
