import { RejectedLine } from "./source-text.ts";

/** What a strict parser, Java's or Rust's, tells of the lines that it meets. */
export interface StrictReader {
  /** @param header what stands between the brackets @returns where its keys go; undefined: nowhere */
  section(header: string): Record<string, string> | undefined;
  /** The name under which a key is kept; undefined where it is ignored. */
  key(name: string): string | undefined;
  /** Lines below a section that is ignored are not looked at. */
  readonly skipsIgnored: boolean;
}

/**
 * Reads lines by the grammar that the SDKs for Java and Rust share: comments at
 * the margin only, whatever is indented continues the value above.
 *
 * @throws RejectedLine for a line that makes them reject the whole file
 */
export function readStrictly(lines: readonly string[], reader: StrictReader): void {
  let section: Record<string, string> | undefined;
  let [isIgnored, isOpen] = [false, false];
  /** Undefined where there is none, "" where it is ignored. */
  let last: string | undefined;
  let isBlock = false;
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    if (/^[ \t]*$/.test(line) || /^[#;]/.test(line)) continue;
    if (line.startsWith("[")) {
      const header = trim(line.replace(/[#;].*$/s, ""));
      if (!header.endsWith("]"))
        throw new RejectedLine(number, "a section's header does not end with ]");
      section = reader.section(header.slice(1, -1));
      isOpen = true;
      isIgnored = section === undefined;
      last = undefined;
    } else if (isIgnored && reader.skipsIgnored) {
    } else if (!isOpen) {
      throw new RejectedLine(number, "there is text before the first section");
    } else if (/^[ \t]/.test(line)) {
      if (last === undefined)
        throw new RejectedLine(number, "the first key of a section is indented");
      if (last === "") continue;
      if (isBlock) option(line, number);
      if (section) section[last] += `\n${trim(line)}`;
    } else {
      const { key, value } = option(line.replace(/[ \t][#;].*$/s, ""), number);
      const kept = reader.key(key);
      last = kept ?? "";
      isBlock = value === "";
      if (section && kept !== undefined) section[kept] = value;
    }
  }
}

function option(line: string, number: number): { key: string; value: string } {
  const content = trim(line);
  const at = content.indexOf("=");
  if (at === -1) throw new RejectedLine(number, "the line is no `key = value`");
  const key = trim(content.slice(0, at));
  if (key === "") throw new RejectedLine(number, "there is no key before the =");
  return { key, value: trim(content.slice(at + 1)) };
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
