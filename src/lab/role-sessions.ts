import { createHash } from "node:crypto";
import { randomAccessKeyId, randomBase64 } from "./random.ts";
import { keepSecret } from "./secrets.ts";
import { type IssuedCredentials, inSeconds, type LabState, remember } from "./state.ts";

export interface RoleSession {
  readonly accountId: string;
  /** The IAM role's name, without its path. */
  readonly iamRole: string;
  readonly sessionName: string;
  readonly seconds: number;
  readonly isAssumedByUser?: boolean;
}

/** Issues temporary credentials that end on a whole second, as all of AWS's do. */
export function issueCredentials(state: LabState, session: RoleSession): IssuedCredentials {
  const { accountId, iamRole, sessionName, isAssumedByUser = false } = session;
  const credentials: IssuedCredentials = {
    accessKeyId: randomAccessKeyId("ASIA"),
    secretAccessKey: randomBase64(30),
    sessionToken: `IQoJb3JpZ2luX2Vj${randomBase64(400)}`,
    expiresAt: Math.floor(inSeconds(state, session.seconds) / 1000) * 1000,
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${iamRole}/${sessionName}`,
    userId: `${roleId(accountId, iamRole)}:${sessionName}`,
    isAssumedByUser,
  };
  remember(state.credentials, credentials.accessKeyId, credentials);
  keepSecret(state, "secretAccessKey", credentials.secretAccessKey);
  keepSecret(state, "sessionToken", credentials.sessionToken);
  return credentials;
}

/**
 * The IAM role that a permission set makes in an account:
 * `AWSReservedSSO_NAME_` and sixteen hex digits, here always the same ones.
 */
export function reservedRole(accountId: string, permissionSet: string): string {
  return `AWSReservedSSO_${permissionSet}_${digest(accountId, permissionSet).slice(0, 16)}`;
}

function roleId(accountId: string, iamRole: string): string {
  return `AROA${digest("role id", accountId, iamRole).slice(0, 17).toUpperCase()}`;
}

function digest(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
