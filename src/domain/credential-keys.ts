/** Settings each of which makes some AWS client take credentials from elsewhere than from keys. */
const SOURCES: ReadonlySet<string> = new Set([
  "role_arn",
  "source_profile",
  "credential_source",
  "credential_process",
  "web_identity_token_file",
  "login_session",
]);

const SESSION_TOKENS: ReadonlySet<string> = new Set(["aws_session_token", "aws_security_token"]);

const OTHERS: ReadonlySet<string> = new Set([
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_account_id",
  "aws_credential_scope",
  "role_session_name",
  "external_id",
  "mfa_serial",
  "duration_seconds",
]);

/**
 * Whether an AWS client takes credentials, or an account, from a setting of that
 * name; ssox's own settings count as well.
 *
 * @param key in lower case
 */
export function isCredentialKey(key: string): boolean {
  return (
    isOtherSource(key) || SESSION_TOKENS.has(key) || OTHERS.has(key) || key.startsWith("ssox_")
  );
}

/**
 * Whether keys are all that any AWS client could find in a profile of that name
 * to make credentials of. The clients differ in which of several settings counts
 * (those for Java and Rust prefer a process to keys), in whether a session token
 * of one file belongs to the keys of the other, and in the names that they read
 * (measured with Go 1.47, Java 2.56, JavaScript 3.1162 and Rust 1.13).
 *
 * @param settings those of both files, in which ssox has found keys without session token
 */
export function hasKeysAlone(name: string, settings: Readonly<Record<string, string>>): boolean {
  const isOther = (key: string) => isOtherSource(key) || SESSION_TOKENS.has(key);
  return /^[\w./%@-]+$/.test(name) && !Object.keys(settings).some(isOther);
}

function isOtherSource(key: string): boolean {
  return SOURCES.has(key) || key.startsWith("sso_");
}
