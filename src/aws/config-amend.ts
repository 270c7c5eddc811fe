import { SsoxError } from "../errors.ts";
import { type ConfigDocument, type ConfigSection, parseConfigDocument } from "./config-document.ts";
import { cutInlineComment, linesOf, strip } from "./config-grammar.ts";
import { lastOfEach } from "./config-model.ts";

/** Keys, in lower case, and the values that they are to have, in the order of writing. */
export type Settings = readonly (readonly [key: string, value: string])[];

/** A section that is to have these settings; what else it has stays. */
export interface SectionEdit {
  readonly kind: "profile" | "sso-session";
  readonly name: string;
  readonly settings: Settings;
  /** Keys, in lower case, that it is not to have. */
  readonly removed?: readonly string[];
}

/**
 * Gives sections their settings: in a section that is there a changed value
 * replaces its line, a key to be removed loses it, and a new key goes behind the last one; new sections go to
 * the end of the file, in the order given. Every other byte stays.
 *
 * @param edits no two for the same section
 * @returns the new text; the old one when all is as it should be
 * @throws SsoxError `Usage` for a name or value that not every AWS client could
 * read; `ConfigInvalid` when botocore rejects the file, and when a section is written in a way that cannot be
 * amended without changing what else stands there
 */
export function amendSections(document: ConfigDocument, edits: readonly SectionEdit[]): string {
  requireAccepted(document);
  const sections = byName(document);
  const splices: Splice[] = [];
  let added = "";
  for (const edit of edits) {
    const section = sections.get(nameOf(edit));
    requireWritable(edit, section);
    if (section) splices.push(...amend(document, section, edit));
    else added += newSection(document, edit);
  }
  const text = append(applied(document.text, splices), added, document.eol);
  if (text !== document.text) requireAmended(document, edits, text);
  return text;
}

/** True for a section name that every AWS client reads alike. */
export function isWritableName(name: string): boolean {
  return /^[A-Za-z0-9_./%@-]{1,128}$/.test(name) && name !== "__proto__";
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function nameOf({ kind, name }: Pick<ConfigSection, "kind" | "name">): string {
  return `${kind} ${name}`;
}

function byName(document: ConfigDocument): Map<string, ConfigSection> {
  const sections = [...lastOfEach(document, "profile"), ...lastOfEach(document, "sso-session")];
  return new Map(sections.map((section) => [nameOf(section), section]));
}

function requireAccepted({ problems }: ConfigDocument): void {
  const fatal = problems.find((problem) => problem.fatal);
  if (!fatal) return;
  const { line, message } = fatal;
  throw new SsoxError(
    "ConfigInvalid",
    `Line ${line} of the AWS config file: ${message}, so the AWS CLI rejects the file.`,
    { hint: `edit line ${line} of the AWS config file` },
  );
}

function requireWritable(
  { kind, name, settings }: SectionEdit,
  section: ConfigSection | undefined,
): void {
  // A section that is there keeps its header, whoever reads it.
  if (!section && !isWritableName(name)) {
    const message = `${JSON.stringify(name)} cannot be the name of a section: not every AWS client could read it.`;
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

function isWritableValue(value: string): boolean {
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

function amend(
  document: ConfigDocument,
  section: ConfigSection,
  { settings, removed = [] }: SectionEdit,
): Splice[] {
  const splices = section.entries
    .filter(({ key }) => removed.includes(key))
    .map((entry): Splice => {
      if (entry.multiline || entry.nested) throw cannotAmend(entry.line);
      return { start: entry.start, end: entry.end, text: "" };
    });
  const missing: Settings[number][] = [];
  for (const [key, value] of settings) {
    const entry = section.entries.find((each) => each.key === key);
    if (!entry) missing.push([key, value]);
    else if (entry.value === value && !entry.multiline) continue;
    else if (entry.multiline) throw cannotAmend(entry.line);
    else splices.push({ ...entry, text: replacement(document, entry, value) });
  }
  if (missing.length === 0) return splices;
  const { at, indent } = placeForKeys(document, section);
  const eol = lineEndBefore(document, at);
  const before = endsLine(document.text.slice(0, at)) ? "" : eol;
  const lines = missing.map(([key, value]) => `${indent}${key} = ${value}${eol}`);
  return [...splices, { start: at, end: at, text: before + lines.join("") }];
}

/** The line with its new value. An inline comment, which botocore would take for a part of it, goes above. */
function replacement(
  { text, eol }: ConfigDocument,
  { key, indent, start, end }: ConfigSection["entries"][number],
  value: string,
): string {
  const [line] = linesOf(text.slice(start, end));
  const written = line?.text ?? "";
  const ending = text.slice(start + written.length, end);
  const comment = strip(written.slice(cutInlineComment(written).length));
  const above = comment === "" ? "" : `${indent}${comment}${ending || eol}`;
  return `${above}${indent}${key} = ${value}${ending}`;
}

/**
 * Where new keys go, and how they are indented so that neither they nor what
 * follows become a continuation of the value above: indented like the section's
 * own keys; above a nested block when those are indented, since the SDK for
 * JavaScript takes every indented key below for a part of that block.
 */
function placeForKeys(
  { sections }: ConfigDocument,
  section: ConfigSection,
): { at: number; indent: string } {
  const last = section.entries.at(-1);
  if (last === undefined) {
    const next = sections[sections.indexOf(section) + 1];
    return { at: section.bodyEnd, indent: next?.indent ?? "" };
  }
  const block = section.entries.find(({ nested, value }) => nested || value === "");
  if (last.indent === "" || block === undefined)
    return { at: section.bodyEnd, indent: last.indent };
  return { at: block.start, indent: block.indent };
}

function newSection({ eol }: ConfigDocument, { kind, name, settings }: SectionEdit): string {
  const header = kind === "profile" && name === "default" ? "[default]" : `[${kind} ${name}]`;
  const lines = [header, ...settings.map(([key, value]) => `${key} = ${value}`)];
  return eol + lines.map((line) => line + eol).join("");
}

function applied(text: string, splices: readonly Splice[]): string {
  let result = "";
  let done = 0;
  for (const splice of splices.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(done, splice.start) + splice.text;
    done = splice.end;
  }
  return result + text.slice(done);
}

/** @param added begins with an empty line, which the end of the file may have already */
function append(text: string, added: string, eol: string): string {
  if (added === "") return text;
  if (text === "") return added.slice(eol.length);
  if (!endsLine(text)) return text + eol + added;
  return /(^|\n|\r(?!\n))[ \t]*(\r\n|\n|\r)$/.test(text)
    ? text + added.slice(eol.length)
    : text + added;
}

function endsLine(text: string): boolean {
  return /[\r\n]$/.test(text);
}

function lineEndBefore({ text, eol }: ConfigDocument, at: number): string {
  if (text.charAt(at - 1) !== "\n") return eol;
  return text.charAt(at - 2) === "\r" ? "\r\n" : "\n";
}

/** Reads the new text and compares: what was asked for is there, and all else is as it was. */
function requireAmended(before: ConfigDocument, edits: readonly SectionEdit[], text: string): void {
  const after = parseConfigDocument(text);
  const sections = byName(before);
  const byEdit = new Map(edits.map((edit) => [sections.get(nameOf(edit)), edit]));
  const wanted = before.sections.map((section) => meaning(section, byEdit.get(section)));
  for (const edit of edits) {
    if (!sections.has(nameOf(edit))) wanted.push(meaning({ ...edit, entries: [] }, edit));
  }
  const got = after.sections.map((section) => meaning(section));
  const odd = wanted.findIndex((section, index) => section !== got[index]);
  const fatal = after.problems.find((problem) => problem.fatal);
  if (odd === -1 && got.length === wanted.length && !fatal) return;
  throw cannotAmend(before.sections[odd]?.line ?? 1);
}

function meaning(
  { kind, name, entries }: Pick<ConfigSection, "kind" | "name" | "entries">,
  edit?: SectionEdit,
): string {
  const values = new Map<string, unknown>();
  for (const { key, value, nested } of entries) values.set(key, nested ?? value);
  for (const key of edit?.removed ?? []) values.delete(key);
  for (const [key, value] of edit?.settings ?? []) values.set(key, value);
  return JSON.stringify([kind, name, [...values].toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function cannotAmend(line: number): SsoxError {
  const message = `The AWS config file cannot be amended at line ${line} without changing what else stands there.`;
  return new SsoxError("ConfigInvalid", message, {
    hint: `write the keys around line ${line} without indentation, each on a line of its own`,
  });
}
