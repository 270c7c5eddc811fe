import { readFileSync } from "node:fs";
import { namedCredentials, processCredentials } from "../aws/foreign-credentials.ts";
import { assumeRole, assumeRoleWithWebIdentity } from "../aws/sts.ts";
import type { Context } from "../context.ts";
import type { AssumedRole } from "../domain/credential-source.ts";
import { environmentOfProcess } from "../domain/process-chain.ts";
import type { Credentials, HeldCredentials } from "../domain/role-credentials.ts";
import { shellWord } from "../domain/shell-word.ts";
import { SsoxError } from "../errors.ts";
import { reasonOf } from "../system/files/errno.ts";
import { keysOfFile } from "./file-keys.ts";
import { roleCredentials } from "./role-credentials.ts";
import { serviceAccess } from "./service-access.ts";
import { type LastingClock, seenBy } from "./service-time.ts";
import { stsRegionOf, type Target, type TargetSource } from "./target.ts";
import { targetClock } from "./target-clock.ts";
import type { MaySignIn } from "./token.ts";
import { toldWhileWaiting } from "./told-while-waiting.ts";

export interface CredentialOptions {
  /** Also whether a person may be asked for an MFA code. */
  readonly maySignIn: MaySignIn;
  /** Takes no cached credentials but those that expire later than this; milliseconds since the epoch. */
  readonly newerThan?: number;
  /** Of a program that goes on running: it knows AWS's time, and learns it. */
  readonly clock?: LastingClock | undefined;
  /** Nobody waits for them: keys in a file that is being written are read when that is done. */
  readonly inBackground?: boolean;
}

/**
 * The credentials of a target of any kind: its source's, and with them those of
 * each role of its chain. Roles of IAM Identity Center are cached; what is
 * assumed with them is not.
 *
 * @throws SsoxError what {@link roleCredentials} throws; `AccessDenied` and the
 * failures of STS, of a `credential_process` and of other sources, with the hop
 * that failed
 */
export async function targetCredentials(
  target: Target,
  options: CredentialOptions,
  context: Context,
): Promise<HeldCredentials> {
  const { source, roles } = target;
  const asking = roles.find(({ mfaSerial }) => mfaSerial !== undefined);
  if (asking && !canAsk(options, context)) throw nobodyToAsk(asking, target);
  if (roles.length === 0) return await sourceCredentials(source, "", target, options, context);
  const hops = roles.length + 1;
  let credentials = await firstHop(target, hops, options, context);
  let isRole = source.kind !== "keys" && source.kind !== "process";
  for (const [index, role] of roles.entries()) {
    const hop = ` (hop ${index + 2} of ${hops})`;
    const asked = isRole ? withinHour(role) : role;
    credentials = await assumed(asked, hop, credentials, target, options, context);
    isRole = true;
  }
  return credentials;
}

/** The source is asked for what is good now: how long it lasts is nothing to the roles behind it. */
async function firstHop(
  target: Target,
  hops: number,
  { newerThan: _any, ...options }: CredentialOptions,
  context: Context,
): Promise<HeldCredentials> {
  const { source } = target;
  const hop = ` (hop 1 of ${hops})`;
  try {
    return await sourceCredentials(source, hop, target, options, context);
  } catch (error) {
    if (!(error instanceof SsoxError) || source.kind === "web-identity") throw error;
    const { code, message, hint } = error;
    const where = `In the chain of ${JSON.stringify(target.profile)}, profile ${JSON.stringify(source.profile)}${hop}`;
    throw new SsoxError(code, `${where}: ${message}`, { hint, cause: error });
  }
}

async function sourceCredentials(
  source: TargetSource,
  hop: string,
  target: Target,
  options: CredentialOptions,
  context: Context,
): Promise<HeldCredentials> {
  switch (source.kind) {
    case "sso":
      return await roleCredentials(source.role, options, context);
    case "keys": {
      const keys = await keysOfFile(source, options.inBackground ?? false, context);
      return { ...keys, expiration: undefined, obtainedAt: undefined };
    }
    case "web-identity":
      return await withWebIdentity(source.tokenFile, source.role, hop, target, options, context);
    case "named": {
      const ask = () => namedCredentials(source.name, serviceAccess(context, target));
      const given = await toldIfSlow(`credential_source ${source.name}`, ask, options, context);
      return taken(given, target, options, context);
    }
    case "process": {
      const { profile, accountId } = source;
      const { configFile, credentialsFile } = context.paths;
      const running = { profile, configFile, credentialsFile };
      const env = environmentOfProcess(context.env, running, target.profile ?? profile);
      const access = { ...serviceAccess(context, target), env };
      const timeout = options.inBackground ? PROCESS_TIMEOUT_MS : undefined;
      const end = context.processes.end;
      const ask = () => processCredentials(running, access, { end, timeout });
      const what = `the credential_process of the profile ${JSON.stringify(profile)}`;
      const printed = await toldIfSlow(what, ask, options, context);
      return taken(
        { ...printed, accountId: printed.accountId ?? accountId },
        target,
        options,
        context,
      );
    }
  }
}

/** A program that hangs, or asks somebody who is not there, must not hold up all renewals to come. */
const PROCESS_TIMEOUT_MS = 120_000;

/** Of renewals in the background nobody waits to be told. */
async function toldIfSlow<T>(
  what: string,
  ask: () => Promise<T>,
  { inBackground = false }: CredentialOptions,
  context: Context,
): Promise<T> {
  return inBackground ? await ask() : await toldWhileWaiting(what, context, ask);
}

/** However old they are: whoever gave them may give the same ones again. */
function taken(
  credentials: Credentials,
  target: Target,
  { clock }: CredentialOptions,
  context: Context,
): HeldCredentials {
  return { ...credentials, obtainedAt: (clock ?? targetClock(target, context)).now() };
}

async function withWebIdentity(
  tokenFile: string,
  role: AssumedRole,
  hop: string,
  target: Target,
  options: CredentialOptions,
  context: Context,
): Promise<HeldCredentials> {
  const { roleArn, durationSeconds } = role;
  const what = `assuming ${roleArn} with the web identity of the profile ${JSON.stringify(role.profile)}${hop}`;
  const request = { roleArn, roleSessionName: sessionName(role, context), durationSeconds };
  const region = stsRegionOf(target, context);
  const token = readWebIdentity(tokenFile, role.profile);
  const access = { ...serviceAccess(context, target), ...seenBy(options.clock) };
  const issued = await assumeRoleWithWebIdentity(request, token, region, what, access);
  return taken(issued, target, options, context);
}

/** Read for each call: whoever put it there puts a new one there before it ends. */
function readWebIdentity(file: string, profile: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new SsoxError(
      "ConfigInvalid",
      `Cannot read ${file}, the web_identity_token_file of the profile ${JSON.stringify(profile)}: ${reasonOf(error)}.`,
      {
        hint: `aws configure set web_identity_token_file FILE --profile ${shellWord(profile)}`,
        cause: error,
      },
    );
  }
}

async function assumed(
  role: AssumedRole,
  hop: string,
  credentials: Credentials,
  target: Target,
  options: CredentialOptions,
  context: Context,
): Promise<HeldCredentials> {
  const { roleArn, externalId, durationSeconds, profile } = role;
  const what = `assuming ${roleArn} with the profile ${JSON.stringify(profile)}${hop}`;
  const roleSessionName = sessionName(role, context);
  const mfa = await mfaOf(role, context);
  const request = { roleArn, roleSessionName, externalId, durationSeconds, mfa };
  const region = stsRegionOf(target, context);
  const access = { ...serviceAccess(context, target), ...seenBy(options.clock) };
  const issued = await assumeRole(request, credentials, region, what, access);
  return taken(issued, target, options, context);
}

function sessionName({ roleSessionName }: AssumedRole, { clock }: Context): string {
  return roleSessionName ?? `ssox-${Math.floor(clock.now() / 1000)}`;
}

const CHAINED_SECONDS = 3_600;

/** STS refuses more for a role that is assumed by a role; it is assumed again before that is over. */
function withinHour(role: AssumedRole): AssumedRole {
  const { durationSeconds = 0 } = role;
  return durationSeconds > CHAINED_SECONDS ? { ...role, durationSeconds: CHAINED_SECONDS } : role;
}

function canAsk({ maySignIn }: CredentialOptions, { terminal }: Context): boolean {
  return maySignIn !== "never" && terminal.canAsk;
}

/** Told before anything is asked of AWS, which renewals would do in vain again and again. */
function nobodyToAsk({ profile, mfaSerial, roleArn }: AssumedRole, target: Target): SsoxError {
  const message = `The profile ${JSON.stringify(profile)} wants an MFA code of ${mfaSerial} for ${roleArn}, and nobody can be asked here.`;
  const command = `ssox exec --profile ${shellWord(target.profile ?? profile)} -- COMMAND`;
  return new SsoxError("LoginRequired", message, {
    hint: `at a terminal, \`${command}\` asks for it`,
  });
}

async function mfaOf(
  { mfaSerial: serial }: AssumedRole,
  { terminal, signal }: Context,
): Promise<{ serial: string; code: string } | undefined> {
  if (serial === undefined) return undefined;
  const code = await terminal.ask(`MFA code of ${serial}`, signal);
  return { serial, code: code.trim() };
}
