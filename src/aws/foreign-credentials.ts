import type { NamedSource } from "../domain/credential-source.ts";
import { masked } from "../domain/masked.ts";
import type { Credentials } from "../domain/role-credentials.ts";
import { parseTimestamp } from "../domain/timestamp.ts";
import { type ErrorCode, isErrorCode, SsoxError } from "../errors.ts";
import { withLimitedRequests } from "./limited-requests.ts";
import { processProvider, type RunOfProcess } from "./process-provider.ts";
import { type ServiceAccess, textMember, textOrNone, unusableAnswer } from "./service-client.ts";

/** What a provider of the AWS SDK gives; its types promise more than it looks at. */
interface Provided {
  readonly accessKeyId: unknown;
  readonly secretAccessKey: unknown;
  readonly sessionToken?: unknown;
  readonly expiration?: unknown;
  readonly accountId?: unknown;
}

/** Where the AWS SDK finds the profile again. */
export interface ProfileOfProcess {
  readonly profile: string;
  readonly configFile: string;
  readonly credentialsFile: string;
}

/**
 * Runs a profile's `credential_process`, as the AWS SDK for JavaScript does: in
 * a shell.
 *
 * @param access its environment is the program's, too
 * @param run without a timeout the program may take as long as it likes
 * @throws SsoxError `ServiceUnavailable` with what the program said; with the code of
 * a call of ssox within it that failed
 */
export async function processCredentials(
  { profile, configFile, credentialsFile }: ProfileOfProcess,
  access: ServiceAccess,
  { end, timeout }: Pick<RunOfProcess, "end" | "timeout">,
): Promise<Credentials> {
  const what = `running the credential_process of the profile ${JSON.stringify(profile)}`;
  const files = { configFilepath: configFile, filepath: credentialsFile };
  // Read anew each time: a program that runs for hours sees what the user changed.
  const provide = await processProvider(
    { profile, ...files, ignoreCache: true },
    { env: access.env, signal: access.signal, end, timeout },
  );
  return await provided(
    what,
    access,
    provide,
    "run the command of its credential_process and see what it prints",
  );
}

/**
 * Credentials from where `credential_source` says (AWS SDKs and Tools Reference
 * Guide, "Assume role").
 *
 * @throws SsoxError `ServiceUnavailable`; `Usage` where the environment has none
 */
export async function namedCredentials(
  source: NamedSource,
  access: ServiceAccess,
): Promise<Credentials> {
  if (source === "Environment") return environmentCredentials(access.env);
  if (source === "EcsContainer") return await containerCredentials(access);
  if (access.env["AWS_EC2_METADATA_DISABLED"]?.toLowerCase() === "true") {
    throw unset("Ec2InstanceMetadata", "AWS_EC2_METADATA_DISABLED is true");
  }
  const { fromInstanceMetadata } = await import("@aws-sdk/credential-providers");
  const provide = fromInstanceMetadata({ timeout: 1_000, maxRetries: 2 });
  const limited = () => withLimitedRequests(METADATA_LIMITS, provide);
  const hint = "run it on an instance of EC2 that has a role, or choose another credential_source";
  return await provided("asking the instance metadata for credentials", access, limited, hint);
}

/** As the SDK has it for silence: a second for the token, and three tries for each of the role's name and keys. */
const METADATA_LIMITS = { each: 2_000, all: 8_000 };

/** In botocore's order: the old name of the session token wins. */
function environmentCredentials(env: ServiceAccess["env"]): Credentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) {
    throw unset("Environment", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: env["AWS_SECURITY_TOKEN"] || env["AWS_SESSION_TOKEN"] || undefined,
    expiration: parseTimestamp(env["AWS_CREDENTIAL_EXPIRATION"] ?? ""),
    accountId: env["AWS_ACCOUNT_ID"] || undefined,
  };
}

async function containerCredentials(access: ServiceAccess): Promise<Credentials> {
  const { env } = access;
  const relative = env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];
  const full = env["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  if (!relative && !full) {
    throw unset("EcsContainer", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set");
  }
  const { fromHttp } = await import("@aws-sdk/credential-providers");
  const tokenFile = env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"];
  const token = env["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
  // Of each pair the one that wins in the SDK, which warns on the console about both:
  // what is not given to it, it looks for in the environment.
  const provide = fromHttp({
    maxRetries: CONTAINER_TRIES - 1,
    // Also the pause between tries; it warns on the console when a request takes longer.
    timeout: CONTAINER_LIMITS.each + 100,
    awsContainerCredentialsRelativeUri: relative || "",
    awsContainerCredentialsFullUri: (!relative && full) || "",
    awsContainerAuthorizationTokenFile: tokenFile || "",
    awsContainerAuthorizationToken: (!tokenFile && token) || "",
  });
  const hint =
    "run it in a container whose platform gives it a role, or choose another credential_source";
  const limited = () => withLimitedRequests(CONTAINER_LIMITS, provide);
  return await provided("asking the container's endpoint for credentials", access, limited, hint);
}

/** As botocore has it (ContainerMetadataFetcher): the SDK for JavaScript would wait for ever. */
const CONTAINER_TRIES = 3;
const CONTAINER_LIMITS = { each: 2_000, all: 15_000 };

function unset(source: NamedSource, why: string): SsoxError {
  return new SsoxError(
    "Usage",
    `There are no credentials for credential_source ${source}: ${why}.`,
    {
      hint: "choose another credential_source, or a source_profile",
    },
  );
}

async function provided(
  what: string,
  { signal, trace }: ServiceAccess,
  provide: () => Promise<Provided>,
  hint: string,
): Promise<Credentials> {
  let answer: Provided;
  try {
    answer = await unlessEnded(provide, signal);
    trace(`${what}: ok`);
  } catch (error) {
    signal?.throwIfAborted();
    trace(`${what}: failed`);
    const { reason, code } = reasonOf(error);
    // The reason that ssox gives within the program ends with a hint of its own.
    const [why, mend] = code === undefined ? [reason, hint] : splitAtHint(reason, hint);
    const message = `No credentials from ${what}: ${masked(why)}`;
    throw new SsoxError(code ?? "ServiceUnavailable", message, { hint: masked(mend) });
  }
  return {
    accessKeyId: textMember(what, answer, "accessKeyId"),
    secretAccessKey: textMember(what, answer, "secretAccessKey"),
    sessionToken: textOrNone(answer.sessionToken),
    expiration: endOf(answer.expiration, what),
    accountId: textOrNone(answer.accountId),
  };
}

/** The SDK's providers know no signal: the wait for them ends, whatever they do. */
async function unlessEnded<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work();
  signal.throwIfAborted();
  const over = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    const end = () => reject(signal.reason);
    signal.addEventListener("abort", end, { signal: over.signal });
  });
  try {
    return await Promise.race([work(), ended]);
  } finally {
    over.abort();
  }
}

function endOf(expiration: unknown, what: string): number | undefined {
  if (expiration === undefined) return undefined;
  const time = expiration instanceof Date ? expiration.getTime() : Number.NaN;
  if (Number.isNaN(time)) throw unusableAnswer(what, "a readable Expiration");
  return time;
}

const LONGEST_REASON = 400;

/**
 * What a program wrote to stderr, without the command line that the SDK puts
 * before it; and the code of the error, where that was one of ssox.
 */
function reasonOf(error: unknown): { reason: string; code?: ErrorCode } {
  const message = (error instanceof Error ? error.message : String(error)).replace(/^Error: /, "");
  const [first = "", ...said] = message.trim().split("\n");
  if (!first.startsWith("Command failed: ")) return { reason: ended(message) };
  const failure = said.map((line) => OF_SSOX.exec(line)).find((found) => found !== null);
  const [, code = "", why = ""] = failure ?? [];
  if (isErrorCode(code)) return { reason: why.slice(0, LONGEST_REASON).trim(), code };
  return { reason: ended(said.join(" ").trim() || "it failed and said nothing") };
}

/** What ssox says, `why → hint`, in its halves. @param other the hint where there is none */
function splitAtHint(text: string, other: string): readonly [why: string, hint: string] {
  const at = text.lastIndexOf(" → ");
  return at === -1 ? [text, other] : [text.slice(0, at), text.slice(at + 3)];
}

const OF_SSOX = /^ssox: error (\w+): (.+)/;

function ended(text: string): string {
  const short = text.slice(0, LONGEST_REASON).trim();
  return /[.!?]$/.test(short) ? short : `${short}.`;
}
