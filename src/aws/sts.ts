import type { RoleCredentials } from "../domain/role-credentials.ts";
import {
  clientSettings,
  type ServiceAccess,
  serviceFailure,
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
  credentials: RoleCredentials,
  region: string,
  access: ServiceAccess,
): Promise<CallerIdentity> {
  const what = "asking STS for the caller's identity";
  const sdk = await import("@aws-sdk/client-sts");
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const client = new sdk.STSClient({
    ...(await clientSettings("sts", region, access)),
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  try {
    const secrets = [secretAccessKey, sessionToken];
    const answer = await traced("sts GetCallerIdentity", { ...access, secrets }, (options) =>
      client.send(new sdk.GetCallerIdentityCommand({}), options),
    );
    if (!answer.Account) throw unusableAnswer(what, "Account");
    if (!answer.Arn) throw unusableAnswer(what, "Arn");
    return { account: answer.Account, arn: answer.Arn, userId: answer.UserId ?? "" };
  } catch (error) {
    throw serviceFailure(error, what, region);
  } finally {
    client.destroy();
  }
}
