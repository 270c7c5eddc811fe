import type { ConfigDocument, ConfigSection } from "./config-document.ts";
import { cutInlineComment, headerText, indentOf, linesOf, strip } from "./config-grammar.ts";
import type { SectionEdit, Settings } from "./config-section-edit.ts";
import type { Splice } from "./config-splice.ts";
import { cannotAmend } from "./config-writable.ts";

/** What gives a section that is there its new name and settings, and takes keys out of it. */
export function amendment(
  document: ConfigDocument,
  section: ConfigSection,
  { kind, newName, settings, removed = [] }: SectionEdit,
): Splice[] {
  const splices = newName === undefined ? [] : [renaming(document, section, header(kind, newName))];
  for (const entry of section.entries.filter(({ key }) => removed.includes(key))) {
    if (entry.multiline || entry.nested) throw cannotAmend(entry.line);
    splices.push({ start: entry.start, end: entry.end, text: commentOf(document, entry) });
  }
  const missing: Settings[number][] = [];
  for (const [key, value] of settings) {
    const entry = section.entries.find((each) => each.key === key);
    if (!entry) missing.push([key, value]);
    else if (entry.value === value && !entry.multiline) continue;
    else if (entry.multiline) throw cannotAmend(entry.line);
    else {
      const { start, end } = entry;
      splices.push({ start, end, text: replacement(document, entry, value) });
    }
  }
  if (missing.length === 0) return splices;
  const { at, indent } = placeForKeys(document, section);
  const eol = lineEndBefore(document, at);
  const before = endsLine(document.text.slice(0, at)) ? "" : eol;
  const lines = missing.map(([key, value]) => `${indent}${key} = ${value}${eol}`);
  return [...splices, { start: at, end: at, text: before + lines.join("") }];
}

/**
 * What takes a section out: its header and its keys, and the empty line that
 * parted it from what stands before. Comments stay.
 */
export function removal({ text }: ConfigDocument, section: ConfigSection): Splice[] {
  const body = text.slice(section.start, section.bodyEnd);
  const splices: { start: number; end: number; text: "" }[] = [];
  for (const { start, end, text: line } of linesOf(body)) {
    if (/^([#;]|$)/.test(strip(line))) continue;
    const last = splices.at(-1);
    if (last?.end === section.start + start) last.end = section.start + end;
    else splices.push({ start: section.start + start, end: section.start + end, text: "" });
  }
  const [first] = splices;
  const blank =
    /(?:^|\n|\r(?!\n))([ \t]*(?:\r\n|\n|\r))$/.exec(text.slice(0, section.start))?.[1] ?? "";
  const isWhole = splices.length === 1 && /^($|[ \t]*[\r\n[])/.test(text.slice(section.bodyEnd));
  if (first && isWhole) first.start -= blank.length;
  return splices;
}

/** A section of its own, without the empty line before it. */
export function newSection(
  { eol }: Pick<ConfigDocument, "eol">,
  { kind, name, settings }: SectionEdit,
): string {
  const lines = [header(kind, name), ...settings.map(([key, value]) => `${key} = ${value}`)];
  return lines.map((line) => line + eol).join("");
}

export function endsLine(text: string): boolean {
  return /[\r\n]$/.test(text);
}

function header(kind: SectionEdit["kind"], name: string): string {
  return kind === "profile" && name === "default" ? "[default]" : `[${kind} ${name}]`;
}

/** The brackets are replaced; indentation and comment stay. */
function renaming({ text }: ConfigDocument, section: ConfigSection, brackets: string): Splice {
  const [line] = linesOf(text.slice(section.start, section.end));
  const start = section.start + indentOf(line?.text ?? "").length;
  const length = (headerText(line?.text ?? "") ?? "").length + "[]".length;
  return { start, end: start + length, text: brackets };
}

/** The line with its new value. An inline comment, which botocore would take for a part of it, goes above. */
function replacement(
  document: ConfigDocument,
  entry: ConfigSection["entries"][number],
  value: string,
): string {
  const { key, indent, start, end } = entry;
  const ending = /[\r\n]*$/.exec(document.text.slice(start, end))?.[0] ?? "";
  return `${commentOf(document, entry)}${indent}${key} = ${value}${ending}`;
}

/** A key's inline comment as a line of its own; empty when there is none. */
export function commentOf(
  { text, eol }: ConfigDocument,
  { indent, start, end }: ConfigSection["entries"][number],
): string {
  const [line] = linesOf(text.slice(start, end));
  const written = line?.text ?? "";
  const comment = strip(written.slice(cutInlineComment(written).length));
  const ending = text.slice(start + written.length, end) || eol;
  return comment === "" ? "" : `${indent}${comment}${ending}`;
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

function lineEndBefore({ text, eol }: ConfigDocument, at: number): string {
  if (text.charAt(at - 1) !== "\n") return eol;
  return text.charAt(at - 2) === "\r" ? "\r\n" : "\n";
}
