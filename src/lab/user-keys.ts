import { createHash } from "node:crypto";
import { randomAccessKeyId, randomBase64 } from "./random.ts";
import { keepSecret } from "./secrets.ts";
import { type LabState, remember } from "./state.ts";

/** A user of IAM, who is none of the Identity Center. */
export interface IamUser {
  readonly accountId: string;
  readonly name: string;
}

/** As `aws_access_key_id` and `aws_secret_access_key` stand in a profile: without token, for good. */
export interface UserKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Makes a further pair of keys of that user. */
export function issueUserKeys(state: LabState, { accountId, name }: IamUser): UserKeys {
  const accessKeyId = randomAccessKeyId("AKIA");
  const secretAccessKey = randomBase64(30);
  const digest = createHash("sha256").update(`${accountId}\n${name}`).digest("hex");
  remember(state.credentials, accessKeyId, {
    accessKeyId,
    secretAccessKey,
    sessionToken: undefined,
    expiresAt: Number.POSITIVE_INFINITY,
    accountId,
    arn: `arn:aws:iam::${accountId}:user/${name}`,
    userId: `AIDA${digest.slice(0, 17).toUpperCase()}`,
  });
  keepSecret(state, "secretAccessKey", secretAccessKey);
  return { accessKeyId, secretAccessKey };
}
