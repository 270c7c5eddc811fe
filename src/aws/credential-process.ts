import type { RoleCredentials } from "../domain/role-credentials.ts";
import { formatTimestamp } from "../domain/timestamp.ts";

export type CredentialProcessDocument = ReturnType<typeof credentialProcessDocument>;

/** The document that AWS clients expect on stdout of a `credential_process` (AWS SDKs and Tools Reference Guide). */
export function credentialProcessDocument(credentials: RoleCredentials) {
  return {
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: formatTimestamp(credentials.expiration),
    AccountId: credentials.accountId,
  };
}
