import { LATEST_MS } from "../domain/timestamp.ts";
import { withoutSecrets } from "../domain/without-secrets.ts";
import { Interrupted, SsoxError } from "../errors.ts";
import { NO_ANSWER } from "./awake-timeout.ts";
import type { Service } from "./endpoint-override.ts";
import { endpointOf } from "./endpoints.ts";
import { networkSetting, type ServiceAccess } from "./network-settings.ts";

export type { ServiceAccess } from "./network-settings.ts";

/**
 * What every SDK client is made with. All of it is given, so that no client
 * looks into files or variables that belong to another home.
 *
 * @throws SsoxError `Usage` for an endpoint that would send tokens in the clear,
 * or a proxy that is none; `ConfigInvalid` for a region that is none, or a CA
 * bundle that cannot be used
 */
export async function clientSettings(service: Service, region: string, access: ServiceAccess) {
  const endpoint = endpointOf(service, region, access);
  const appId = networkSetting(access, "AWS_SDK_UA_APP_ID", "sdk_ua_app_id")?.value;
  const url = new URL(endpoint);
  return {
    region,
    endpoint,
    maxAttempts: 3,
    retryMode: "standard",
    defaultsMode: "legacy" as const,
    // The endpoint is what they come to.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    authSchemePreference: [],
    userAgentAppId: async () => appId,
    requestHandler: {
      requestTimeout: 15_000,
      throwOnRequestTimeout: true,
      ...(url.protocol === "https:" ? await overTls(url, access) : { connectionTimeout: 5_000 }),
    },
  };
}

/** Where {@link reportingDate} stands: around the SDK's own reading of an answer. */
export const AROUND_READING = { step: "deserialize", priority: "high", name: "ssoxDate" } as const;

/**
 * A middleware for a client of the SDK, which hands the Date of every answer to
 * `access.onDate`. Only what the SDK could read counts, and has AWS's request
 * id: the page of a captive portal has a Date, too.
 */
export function reportingDate({ onDate }: ServiceAccess) {
  return <Args, Result extends { readonly response: unknown; readonly output?: object }>(
    next: (args: Args) => Promise<Result>,
  ) =>
    async (args: Args): Promise<Result> => {
      const result = await next(args);
      const date = memberOf(memberOf(result.response, "headers"), "date");
      const requestId = memberOf(memberOf(result.output, "$metadata"), "requestId");
      // RFC 9110 §6.6.1
      const time = typeof date === "string" ? Date.parse(date) : Number.NaN;
      if (requestId !== undefined && time > 0 && time <= LATEST_MS) onDate?.(time);
      return result;
    };
}

/** Where {@link reportingSilence} stands: within the SDK's tries, around its own reading of an answer. */
export const AROUND_EACH_TRY = {
  step: "deserialize",
  priority: "high",
  name: "ssoxSilence",
} as const;

/**
 * A middleware for a client of the SDK, which tells `access.onSilence` of each
 * try that had no answer, or only a piece of one that was AWS's own.
 */
export function reportingSilence({ onSilence }: ServiceAccess) {
  return <Args, Result>(next: (args: Args) => Promise<Result>) =>
    async (args: Args): Promise<Result> => {
      try {
        return await next(args);
      } catch (error) {
        const status = statusOf(error);
        const isCut = status === 200 && memberOf(memberOf(error, "$metadata"), "requestId");
        if (isCut || (status === undefined && SILENCE.test(errorName(error)))) onSilence?.();
        throw error;
      }
    };
}

/** What ends a connection that was there. */
const SILENCE = new RegExp(`^(ECONNRESET|EPIPE|${NO_ANSWER})$`);

/** The agent has its own limit for connections, to which a tunnel belongs. */
async function overTls(url: URL, access: ServiceAccess) {
  // Node's TLS takes milliseconds to load, which answers from a cache are not to pay.
  const { httpsAgent } = await import("./https-agent.ts");
  return { httpsAgent: await httpsAgent(url, access) };
}

/** For a call that has another try coming, or nobody who needs its answer: made once, and soon given up. */
export function hasty(settings: Awaited<ReturnType<typeof clientSettings>>) {
  const requestHandler = { ...settings.requestHandler, requestTimeout: 10_000 };
  return { ...settings, maxAttempts: 1, requestHandler };
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
    access.trace([`${name}:`, statusOf(error), errorName(error)].filter(Boolean).join(" "));
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
      hint: networkHint(name),
      isIntercepted: name === OTHER_NAME,
    });
  }
  const why = unreadable ? "an answer that is no JSON" : `${name}, HTTP ${status}`;
  return new SsoxError("ServiceUnavailable", `AWS in ${region} failed (${what}): ${why}.`, {
    hint: "run the command again in a minute; a proxy or captive portal may answer in AWS's place",
    isIntercepted: unreadable,
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

/** The certificate is another host's. */
const OTHER_NAME = "ERR_TLS_CERT_ALTNAME_INVALID";

function networkHint(name: string): string {
  if (/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/.test(name)) return "check the clock of this machine";
  if (name === OTHER_NAME) return "check the network: another machine answers in the place of AWS";
  return "check the network and sso_region, then run the command again";
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Record<string, unknown>)[key];
}
