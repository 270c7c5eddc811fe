import type { Credentials } from "../domain/role-credentials.ts";
import { formatTimestamp } from "../domain/timestamp.ts";

export type CredentialProcessDocument = ReturnType<typeof credentialProcessDocument>;

/**
 * The document that AWS clients expect on stdout of a `credential_process` (AWS SDKs and
 * Tools Reference Guide). What is not known is left out: some of them reject null.
 */
export function credentialProcessDocument(credentials: Credentials) {
  const { sessionToken, expiration, accountId } = credentials;
  return {
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    ...(sessionToken !== undefined && { SessionToken: sessionToken }),
    ...(expiration !== undefined && { Expiration: formatTimestamp(expiration) }),
    ...(accountId !== undefined && { AccountId: accountId }),
  };
}
