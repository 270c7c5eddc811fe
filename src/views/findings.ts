import { durationWords } from "../domain/duration.ts";
import type { Severity } from "../domain/findings/codes.ts";
import type { Finding } from "../domain/findings/finding.ts";
import { outcomeWords } from "../domain/findings/harm.ts";
import { FAMILIES, familyName } from "../domain/prediction/families.ts";
import type { Prediction } from "../domain/prediction/prediction.ts";
import type { ReservedRole } from "../domain/reserved-role.ts";
import { shellWord } from "../domain/shell-word.ts";
import { hintLines } from "./hint.ts";
import { LOOK, type Styling } from "./look.ts";
import { printableLine } from "./printable.ts";
import { facts, isCut, type Screen, shownTable } from "./table.ts";
import { wrapped } from "./wrapped.ts";

/** `info` has none: it is nothing to look at first. */
const LOOKS: Readonly<Partial<Record<Severity, "red" | "magenta">>> = {
  error: LOOK.error,
  warning: LOOK.warning,
};

/** Of one code more are counted, not shown: they have one cause. */
const SHOWN_OF_A_CODE = 5;

/**
 * Findings for people: each with what mends it below.
 * @param columns those of the terminal; undefined: no line is broken
 */
export function findingsText(
  findings: readonly Finding[],
  style: Styling,
  columns?: number,
): string {
  const shown = new Map<string, number>();
  const lines: string[] = [];
  for (const { code, severity, message, fix } of findings) {
    const key = `${severity} ${code}`;
    const count = (shown.get(key) ?? 0) + 1;
    shown.set(key, count);
    if (count > SHOWN_OF_A_CODE) continue;
    const look = LOOKS[severity];
    lines.push(`${look ? style(look, severity) : severity} ${style(LOOK.heading, code)}`);
    const room = columns === undefined ? undefined : columns - INDENT.length;
    lines.push(...wrapped(printableLine(message), room).map((line) => INDENT + line));
    lines.push(...hintLines(fix, style, columns));
  }
  for (const [key, count] of shown) {
    if (count > SHOWN_OF_A_CODE)
      lines.push(`… and ${count - SHOWN_OF_A_CODE} more: ${key} (--json shows all)`);
  }
  return lines.join("\n");
}

const INDENT = "  ";

/** `2 errors, 1 warning` */
export function findingsSummary(findings: readonly Finding[]): string {
  const counted = (["error", "warning"] as const).flatMap((severity) => {
    const count = findings.filter((each) => each.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? "" : "s"}`];
  });
  return counted.join(", ");
}

/** What each kind of AWS client takes when AWS_PROFILE names the profile. */
export function predictionTable(prediction: Prediction, screen: Screen): string {
  const rows = FAMILIES.map((family) => [familyName(family), outcomeWords(prediction[family])]);
  return shownTable(["CLIENT", "TAKES"], rows, screen);
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
export function rolesTable(roles: readonly RoleShown[], screen: Screen): string {
  const lasts = ({ sessionSeconds: seconds }: RoleShown) =>
    seconds === undefined ? "-" : durationWords(seconds * 1000);
  const [only] = roles;
  if (only && roles.length === 1) {
    return facts([
      ["Role", `${only.roleName} in ${only.accountId}`],
      ["Credentials last", lasts(only)],
      ["IAM role, for policies", only.iamRole?.arn ?? "-"],
      ["for aws-auth of EKS", only.iamRole?.arnWithoutPath ?? "-"],
    ]);
  }
  const heading = ["PROFILE", "LASTS", "IAM ROLE"];
  const rowsWith = (shown: (arn: string) => string) =>
    roles.map((role) => [role.profile, lasts(role), shown(role.iamRole?.arn ?? "-")]);
  const whole = rowsWith((arn) => arn);
  // The beginning, which is alike in all, would take the room of the name.
  const rows = isCut(heading, whole, screen.columns)
    ? rowsWith((arn) => arn.replace(/^.*\//, ""))
    : whole;
  return shownTable(heading, rows, screen);
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
