import type { STSClient } from "@aws-sdk/client-sts";
import { roleOfArn } from "../domain/role-arn.ts";
import type { Credentials } from "../domain/role-credentials.ts";
import { SsoxError } from "../errors.ts";
import {
  AROUND_READING,
  clientSettings,
  errorName,
  reportingDate,
  type ServiceAccess,
  serviceFailure,
  statusOf,
  textMember,
  traced,
  unusableAnswer,
} from "./service-client.ts";

export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
}

/**
 * STS GetCallerIdentity: who these credentials are.
 *
 * @param region of the STS endpoint
 * @throws SsoxError `NetworkError`, `ServiceUnavailable`, `Throttled`
 */
export async function getCallerIdentity(
  credentials: Credentials,
  region: string,
  access: ServiceAccess,
): Promise<CallerIdentity> {
  const what = "asking STS for the caller's identity";
  const sdk = await import("@aws-sdk/client-sts");
  const client = new sdk.STSClient({
    ...(await clientSettings("sts", region, access)),
    credentials: signer(credentials),
  });
  try {
    const sending = { ...access, secrets: secretsOf(credentials) };
    const answer = await traced("sts GetCallerIdentity", sending, (options) =>
      client.send(new sdk.GetCallerIdentityCommand({}), options),
    );
    const account = textMember(what, answer, "Account");
    return { account, arn: textMember(what, answer, "Arn"), userId: answer.UserId ?? "" };
  } catch (error) {
    throw keysRefused(error) ?? serviceFailure(error, what, region);
  } finally {
    client.destroy();
  }
}

/** STS answers whoever has keys that are right (AWS STS API Reference, GetCallerIdentity). */
function keysRefused(error: unknown): SsoxError | undefined {
  const name = errorName(error);
  if (!IS_OF_KEYS.test(name)) return undefined;
  const message = `AWS does not accept these credentials: ${name}.`;
  return new SsoxError("AccessDenied", message, { hint: MEND_KEYS });
}

const IS_OF_KEYS = /^(InvalidClientTokenId|ExpiredToken(Exception)?|SignatureDoesNotMatch)$/;
const MEND_KEYS = "see where the profile takes its credentials from, and whether they have expired";

/** What AssumeRole is asked for (AWS STS API Reference). */
export interface RoleRequest {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly externalId: string | undefined;
  /** The role's own default, an hour, when it is left out. */
  readonly durationSeconds: number | undefined;
  readonly mfa: { readonly serial: string; readonly code: string } | undefined;
}

/**
 * STS AssumeRole, signed with the credentials of the hop before.
 *
 * @param what the call in words, for errors: `assuming arn:…`
 * @throws SsoxError `AccessDenied`; `ConfigInvalid` where STS refuses what the
 * profile asks for; `NetworkError`, `ServiceUnavailable`, `Throttled`
 */
export async function assumeRole(
  request: RoleRequest,
  credentials: Credentials,
  region: string,
  what: string,
  access: ServiceAccess,
): Promise<Credentials> {
  const sdk = await import("@aws-sdk/client-sts");
  const settings = {
    ...(await clientSettings("sts", region, access)),
    credentials: signer(credentials),
  };
  const { mfa, externalId, durationSeconds } = request;
  const command = new sdk.AssumeRoleCommand({
    RoleArn: request.roleArn,
    RoleSessionName: request.roleSessionName,
    ...(externalId !== undefined && { ExternalId: externalId }),
    ...(durationSeconds !== undefined && { DurationSeconds: durationSeconds }),
    ...(mfa && { SerialNumber: mfa.serial, TokenCode: mfa.code }),
  });
  const sending = { ...access, secrets: [...secretsOf(credentials), ...(mfa ? [mfa.code] : [])] };
  const client = new sdk.STSClient(settings);
  client.middlewareStack.add(reportingDate(access), AROUND_READING);
  return await assumed(client, request.roleArn, region, what, () =>
    traced("sts AssumeRole", sending, (options) => client.send(command, options)),
  );
}

/**
 * STS AssumeRoleWithWebIdentity: the token is proof enough, nothing is signed.
 *
 * @param token what stands in `web_identity_token_file`
 * @throws SsoxError as {@link assumeRole}
 */
export async function assumeRoleWithWebIdentity(
  request: Pick<RoleRequest, "roleArn" | "roleSessionName" | "durationSeconds">,
  token: string,
  region: string,
  what: string,
  access: ServiceAccess,
): Promise<Credentials> {
  const sdk = await import("@aws-sdk/client-sts");
  const { durationSeconds } = request;
  const command = new sdk.AssumeRoleWithWebIdentityCommand({
    RoleArn: request.roleArn,
    RoleSessionName: request.roleSessionName,
    WebIdentityToken: token,
    ...(durationSeconds !== undefined && { DurationSeconds: durationSeconds }),
  });
  const client = new sdk.STSClient(await clientSettings("sts", region, access));
  client.middlewareStack.add(reportingDate(access), AROUND_READING);
  return await assumed(client, request.roleArn, region, what, () =>
    traced("sts AssumeRoleWithWebIdentity", { ...access, secrets: [token] }, (options) =>
      client.send(command, options),
    ),
  );
}

async function assumed(
  client: STSClient,
  roleArn: string,
  region: string,
  what: string,
  call: () => Promise<{ readonly Credentials?: object | undefined }>,
): Promise<Credentials> {
  try {
    const { Credentials: issued } = await call();
    if (issued === undefined) throw unusableAnswer(what, "Credentials");
    return credentialsOf(issued, roleArn, what);
  } catch (error) {
    throw refusalOf(error, what) ?? serviceFailure(error, what, region);
  } finally {
    client.destroy();
  }
}

function credentialsOf(
  issued: {
    readonly AccessKeyId?: unknown;
    readonly SecretAccessKey?: unknown;
    readonly SessionToken?: unknown;
    readonly Expiration?: unknown;
  },
  roleArn: string,
  what: string,
): Credentials {
  const { Expiration: end } = issued;
  if (!(end instanceof Date) || Number.isNaN(end.getTime()))
    throw unusableAnswer(what, "Expiration");
  return {
    accessKeyId: textMember(what, issued, "AccessKeyId"),
    secretAccessKey: textMember(what, issued, "SecretAccessKey"),
    sessionToken: textMember(what, issued, "SessionToken"),
    expiration: end.getTime(),
    accountId: roleOfArn(roleArn)?.accountId,
  };
}

/** What STS says no to; its reason is AWS's own text, and tells who asked for what. */
function refusalOf(error: unknown, what: string): SsoxError | undefined {
  const name = errorName(error);
  const status = statusOf(error) ?? 0;
  // Without a name of AWS's own it may be a proxy's answer.
  const isOther = /^(Unknown|Error)$|Throttl|TooManyRequests|IDPCommunication/.test(name);
  if (![400, 403].includes(status) || isOther) return undefined;
  const reason = error instanceof Error && error.message !== "" ? `: ${error.message}` : "";
  const message = `${capital(what)}: ${name}${reason}`;
  if (name === "ValidationError") {
    return new SsoxError("ConfigInvalid", message, {
      hint: "mend role_arn, duration_seconds or role_session_name in the profile",
    });
  }
  const mendTrust = "see whom the role's trust policy lets in, and what it asks of them";
  const hint = IS_OF_KEYS.test(name) ? MEND_KEYS : mendTrust;
  return new SsoxError("AccessDenied", message, { hint });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function secretsOf({ secretAccessKey, sessionToken }: Credentials): string[] {
  return sessionToken === undefined ? [secretAccessKey] : [secretAccessKey, sessionToken];
}

function signer({ accessKeyId, secretAccessKey, sessionToken }: Credentials) {
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
