import { SsoxError } from "../errors.ts";

/** The role that a `credential_process` line of ssox's is for. */
export interface RoleOfLine {
  readonly accountId: string;
  readonly roleName: string;
  readonly session: string;
}

/**
 * The value of `credential_process` that has ssox answer for a role, started by
 * absolute paths: programs that are started from a desktop have no PATH.
 *
 * @param program node and the script
 * @throws SsoxError `ConfigInvalid` for a path or name that not every AWS SDK would read alike
 */
export function credentialProcessLine(
  program: readonly [node: string, script: string],
  { accountId, roleName, session }: RoleOfLine,
): string {
  const role = ["--account", accountId, "--role", roleName];
  return lineOf(program, [...role, "--session", session]);
}

/** The same for a profile. @throws SsoxError as {@link credentialProcessLine} */
export function lineForProfile(
  program: readonly [node: string, script: string],
  profile: string,
): string {
  return lineOf(program, ["--profile", profile]);
}

function lineOf(program: readonly string[], flags: readonly string[]): string {
  return [...program, "credential-process", ...flags].map(word).join(" ");
}

/** The role that such a line is for; undefined for a line that ssox did not write. */
export function roleOfLine(line: string): RoleOfLine | undefined {
  const found = / credential-process --account (\d{12}) --role (\S+) --session (\S+)$/.exec(line);
  const [, accountId, roleName, session] = found ?? [];
  if (!accountId || !roleName || !session) return undefined;
  return { accountId, roleName, session };
}

/** Whether ssox wrote the line as it stands: nothing is in front of node and the script. */
export function isLineOfSsox(line: string): boolean {
  const [program = ""] = line.split(" credential-process ");
  return roleOfLine(line) !== undefined && TWO_WORDS.test(program);
}

const TWO_WORDS = /^(?:"[^"]+"|[^\s"]+) (?:"[^"]+"|[^\s"]+)$/;

/** botocore splits the line by itself; the SDKs for JavaScript, Go and Java hand it to a shell. */
function word(text: string): string {
  if (/^([A-Za-z]:\\)?[\w+=:,./@~\\-]+$/.test(text) && isPlainPath(text)) return text;
  if (/^([A-Za-z]:\\)?[\w+=:,./@~()\\ -]+$/.test(text) && isPlainPath(text)) return `"${text}"`;
  throw new SsoxError(
    "ConfigInvalid",
    `${JSON.stringify(text)} cannot stand in a credential_process line that every AWS SDK reads alike.`,
    { hint: "install node and ssox where the path has only letters, digits and . _ - /" },
  );
}

/** A backslash is a separator in the paths of Windows, and an escape anywhere else. */
function isPlainPath(text: string): boolean {
  return !text.includes("\\") || /^[A-Za-z]:\\/.test(text);
}
