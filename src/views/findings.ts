import { durationWords } from "../domain/duration.ts";
import type { Severity } from "../domain/findings/codes.ts";
import type { Finding } from "../domain/findings/finding.ts";
import { outcomeWords } from "../domain/findings/harm.ts";
import { FAMILIES, familyName } from "../domain/prediction/families.ts";
import type { Prediction } from "../domain/prediction/prediction.ts";
import type { ReservedRole } from "../domain/reserved-role.ts";
import { shellWord } from "../domain/shell-word.ts";
import { printableLine } from "./printable.ts";
import { table } from "./table.ts";
import { widthOf } from "./width.ts";

type Style = (style: "bold" | "cyan" | "red" | "yellow", text: string) => string;

const COLOURS: Readonly<Record<Severity, "red" | "yellow" | "cyan">> = {
  error: "red",
  warning: "yellow",
  info: "cyan",
};

/** Of one code more are counted, not shown: they have one cause. */
const SHOWN_OF_A_CODE = 5;

/**
 * Findings for people: each with what mends it below, which is never broken: it is to be copied.
 * @param columns those of the terminal; undefined: no line is broken
 */
export function findingsText(findings: readonly Finding[], style: Style, columns?: number): string {
  const shown = new Map<string, number>();
  const lines: string[] = [];
  for (const { code, severity, message, fix } of findings) {
    const key = `${severity} ${code}`;
    const count = (shown.get(key) ?? 0) + 1;
    shown.set(key, count);
    if (count > SHOWN_OF_A_CODE) continue;
    lines.push(`${style(COLOURS[severity], severity)} ${style("bold", code)}`);
    lines.push(...broken(printableLine(message), (columns ?? 0) - INDENT.length));
    lines.push(`${INDENT}→ ${printableLine(fix)}`);
  }
  for (const [key, count] of shown) {
    if (count > SHOWN_OF_A_CODE)
      lines.push(`… and ${count - SHOWN_OF_A_CODE} more: ${key} (--json shows all)`);
  }
  return lines.join("\n");
}

const INDENT = "  ";

/** The text in lines of words that fit into the room; as one line where there is none to speak of. */
function broken(text: string, room: number): readonly string[] {
  if (room < 20) return [INDENT + text];
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last === undefined || widthOf(longer) > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line) => INDENT + line);
}

/** `2 errors, 1 warning` */
export function findingsSummary(findings: readonly Finding[]): string {
  const counted = (["error", "warning"] as const).flatMap((severity) => {
    const count = findings.filter((each) => each.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? "" : "s"}`];
  });
  return counted.join(", ");
}

/** What each kind of AWS client takes when AWS_PROFILE names the profile. */
export function predictionTable(prediction: Prediction): string {
  const rows = FAMILIES.map((family) => [familyName(family), outcomeWords(prediction[family])]);
  return table(["CLIENT", "TAKES"], rows);
}

/** What the service told of a role. */
interface RoleShown {
  readonly profile: string;
  readonly session: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly sessionSeconds: number | undefined;
  readonly iamRole: ReservedRole | undefined;
}

/** Of one role all, of several a line each. */
export function rolesTable(roles: readonly RoleShown[], columns?: number): string {
  const lasts = ({ sessionSeconds: seconds }: RoleShown) =>
    seconds === undefined ? "-" : durationWords(seconds * 1000);
  const [only] = roles;
  if (only && roles.length === 1) {
    const rows = [
      ["ROLE", `${only.roleName} in ${only.accountId}`],
      ["Credentials last", lasts(only)],
      ["IAM role, for policies", only.iamRole?.arn ?? "-"],
      ["for aws-auth of EKS", only.iamRole?.arnWithoutPath ?? "-"],
    ];
    return table(rows[0] ?? [], rows.slice(1));
  }
  const rows = roles.map((role) => [role.profile, lasts(role), role.iamRole?.arn ?? "-"]);
  return table(["PROFILE", "LASTS", "IAM ROLE"], rows, columns);
}

/** The same for `--json`. */
export function roleDocument({
  roleName: role,
  sessionSeconds,
  iamRole,
  ...names
}: RoleShown): object {
  return {
    ...names,
    role,
    ...(sessionSeconds !== undefined && { sessionDuration: sessionSeconds }),
    ...(iamRole && { iamRole: iamRole.arn, iamRoleWithoutPath: iamRole.arnWithoutPath }),
  };
}

/** A finding as `--json` has it. */
export function findingDocument({ mend: _, ...finding }: Finding): object {
  return finding;
}

/** What `--fix` does to the modes of files, as the commands that would do it. */
export function modeLines(files: readonly string[]): string {
  return files.map((file) => `chmod 600 ${printableLine(shellWord(file))}`).join("\n");
}
