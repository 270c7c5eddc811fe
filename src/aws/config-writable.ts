import { SsoxError } from "../errors.ts";
import type { ConfigDocument, ConfigSection } from "./config-document.ts";
import { strip } from "./config-grammar.ts";
import type { SectionEdit } from "./config-section-edit.ts";

/** True for a section name that every AWS client reads alike. */
export function isWritableName(name: string): boolean {
  return /^[A-Za-z0-9_./%@-]{1,128}$/.test(name) && name !== "__proto__";
}

/** @throws SsoxError `ConfigInvalid`, naming the line, for a file that botocore rejects as a whole */
export function requireAccepted({ problems }: ConfigDocument): void {
  const fatal = problems.find((problem) => problem.fatal);
  if (!fatal) return;
  const { line, message } = fatal;
  throw new SsoxError(
    "ConfigInvalid",
    `Line ${line} of the AWS config file: ${message}, so the AWS CLI rejects the file.`,
    { hint: `edit line ${line} of the AWS config file` },
  );
}

/**
 * @param section the one that is there: it keeps its header, whoever reads it
 * @throws SsoxError `Usage` for a name or value that not every AWS client could read
 */
export function requireWritable(
  { kind, name, newName, settings }: SectionEdit,
  section: ConfigSection | undefined,
): void {
  const written = newName ?? (section ? undefined : name);
  if (written !== undefined && !isWritableName(written)) {
    const message = `${JSON.stringify(written)} cannot be the name of a section: not every AWS client could read it.`;
    throw new SsoxError("Usage", message, {
      hint: `choose a name for the ${kind} of letters, digits and . _ - / @`,
    });
  }
  for (const [key, value] of settings) {
    if (isWritableValue(value)) continue;
    const message = `Not every AWS client could read ${JSON.stringify(value)} as ${key}.`;
    throw new SsoxError("Usage", message, { hint: `choose another value for ${key}` });
  }
}

/** True for a value that every AWS client reads alike. */
export function isWritableValue(value: string): boolean {
  return (
    value !== "" &&
    value === value.trim() &&
    value === strip(value) &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may come into the file
    !/[\x00-\x1f\x7f-\x9f\u2028\u2029]|\s[#;]|^[#;]|\\[n"']/.test(value) &&
    // Go takes wrapping quotes off.
    !/^(["']).*\1$/.test(value)
  );
}

/** The error for a place where an edit would change what ssox did not write. */
export function cannotAmend(line: number): SsoxError {
  const message = `The AWS config file cannot be amended at line ${line} without changing what else stands there.`;
  return new SsoxError("ConfigInvalid", message, {
    hint: `write the keys around line ${line} without indentation, each on a line of its own`,
  });
}
