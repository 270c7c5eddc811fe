import { SsoxError } from "../errors.ts";

/** What a pattern is held against. */
export interface FilteredRole {
  readonly accountId: string;
  readonly accountName: string | undefined;
  readonly roleName: string;
}

export type RoleFilter = (role: FilteredRole) => boolean;

/**
 * Which roles are meant: those that one of the `include` patterns matches (all,
 * when there is none) and none of `exclude`. A pattern is `account:role`, both
 * globs with `*` and `?`; the account is a name in any case, or an id; the role
 * is in exact case. Several stand behind each other with commas; a backslash
 * takes the meaning from the character behind it.
 *
 * @throws SsoxError `Usage`
 */
export function roleFilter(include: readonly string[], exclude: readonly string[]): RoleFilter {
  const included = include.flatMap(parsePatterns);
  const excluded = exclude.flatMap(parsePatterns);
  return (role) =>
    (included.length === 0 || included.some((pattern) => pattern(role))) &&
    !excluded.some((pattern) => pattern(role));
}

function parsePatterns(text: string): readonly RoleFilter[] {
  return splitAt(text, ",")
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "")
    .map(parsePattern);
}

function parsePattern(pattern: string): RoleFilter {
  const [account, role, ...more] = splitAt(pattern, ":");
  if (!account || !role || more.length > 0) {
    throw new SsoxError("Usage", `${JSON.stringify(pattern)} is no pattern ACCOUNT:ROLE.`, {
      hint: "write it like 'sandbox-*:*' or '*:ReadOnly*'; \\: and \\, stand for the signs themselves",
    });
  }
  const matchesAccount = glob(account, "iu");
  const matchesRole = glob(role, "u");
  return ({ accountId, accountName, roleName }) =>
    matchesRole.test(roleName) &&
    (matchesAccount.test(accountId) ||
      (accountName !== undefined && matchesAccount.test(accountName)));
}

/** Cuts at each such sign that no backslash stands before; backslashes stay. */
function splitAt(text: string, sign: string): string[] {
  const parts = [""];
  for (const piece of signsOf(text)) {
    if (piece === sign) parts.push("");
    else parts.push(`${parts.pop()}${piece}`);
  }
  return parts;
}

/** A glob as an expression over the whole text. */
function glob(pattern: string, flags: string): RegExp {
  const pieces = signsOf(pattern).filter((piece, i, all) => piece !== "*" || all[i - 1] !== "*");
  const source = pieces.map((piece) => {
    if (piece === "*") return ".*";
    if (piece === "?") return ".";
    return piece.replace(/^\\(?=.)/s, "").replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, `${flags}s`);
}

/** Its characters, each with the backslash before it. */
function signsOf(text: string): readonly string[] {
  return text.match(/\\?./gsu) ?? [];
}
