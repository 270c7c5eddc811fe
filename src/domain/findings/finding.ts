import { CODES, type FindingCode, type Severity } from "./codes.ts";
import type { Mend } from "./mend.ts";

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly session?: string;
  readonly profile?: string;
  /** What and why, in one line, with the place; never a secret. */
  readonly message: string;
  /** The one command or edit that mends it. */
  readonly fix: string;
  /** What `--fix` does about it; absent where a person has to. */
  readonly mend?: Mend;
}

/** @param about severity: that of the table, unless it is less grave here */
export function finding(
  code: FindingCode,
  about: Omit<Finding, "code" | "severity"> & { readonly severity?: Severity },
): Finding {
  const { severity = CODES[code].severity, session, profile, message, fix, mend } = about;
  return {
    code,
    severity,
    ...(session !== undefined && { session }),
    ...(profile !== undefined && { profile }),
    message,
    fix,
    ...(mend && { mend }),
  };
}

const RANKS: readonly Severity[] = ["error", "warning", "info"];

/** The gravest first; of one kind in the order in which they were found. */
export function gravestFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => RANKS.indexOf(a.severity) - RANKS.indexOf(b.severity));
}

/** `"dev"`, `"dev" and "prod"`, `"a", "b" and 4 more`. */
export function quotedList(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).map((name) => JSON.stringify(name));
  const more = names.length - shown.length;
  const last = more > 0 ? `${more} more` : (shown.pop() ?? "");
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}
