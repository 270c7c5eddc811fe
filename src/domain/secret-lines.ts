import { isLineOfSsox } from "./credential-process-line.ts";

/**
 * The lines with an ellipsis for every value that is a secret, also where it
 * goes on in lines below, which are indented deeper than the key is.
 */
export function withoutSecretValues(lines: readonly string[]): readonly string[] {
  let depth: number | undefined;
  return lines.map((line) => {
    const text = line.trimEnd();
    const indent = text.length - text.trimStart().length;
    if (text === "") return line;
    if (depth !== undefined && indent > depth) return `${line.slice(0, indent)}…${endOf(line)}`;
    const [, start = "", key = ""] = SETTING.exec(line) ?? [];
    depth = isSecretKey(key) ? indent : undefined;
    return depth === undefined ? line : `${start} …${endOf(line)}`;
  });
}

/** Whether the values of such a key in an AWS file are secrets: AWS's names, and those of other tools. */
function isSecretKey(key: string): boolean {
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

const SETTING = /^(\s*([^\s=:]+)\s*[=:])/;

function endOf(line: string): string {
  return /[\r\n]*$/.exec(line)?.[0] ?? "";
}

const LINE = /^[ \t]*([^\s=:]+)[ \t]*[=:](.*)/gm;
