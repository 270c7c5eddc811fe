import { isLineOfSsox } from "./credential-process-line.ts";

/** Whether the values of such a key in an AWS file are secrets: AWS's names, and those of other tools. */
export function isSecretKey(key: string): boolean {
  return /secret|passw|passphrase|token$/i.test(key);
}

/**
 * Whether one of the lines may hold what only the user has: a key of AWS's, a
 * secret, or the command line of another program, which may have a token in it.
 */
export function holdsSecrets(lines: string): boolean {
  return [...lines.matchAll(LINE)].some(([, key = "", value = ""]) => {
    if (key.toLowerCase() === "credential_process") return !isLineOfSsox(value.trim());
    return isSecretKey(key) || key.toLowerCase() === "aws_access_key_id";
  });
}

const LINE = /^[ \t]*([^\s=:]+)[ \t]*[=:](.*)/gm;
