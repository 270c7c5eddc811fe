import {
  type ConfigEntry,
  type ConfigSection,
  cutInlineComment,
  headerText,
  indentOf,
  type Line,
  lineReader,
  type NestedEntry,
  parseOption,
  sectionName,
  strip,
  stripEnd,
} from "./config-grammar.ts";
import { type ManagedSection, managedSections } from "./config-managed-section.ts";
import {
  type ConfigProblem,
  headerProblem,
  optionProblems,
  type ProblemCode,
  problem,
} from "./config-problems.ts";

export type { ConfigSection } from "./config-grammar.ts";

/** The AWS config file, every byte of it, and what it means. */
export interface ConfigDocument {
  readonly text: string;
  /** How most lines end. */
  readonly eol: "\n" | "\r\n";
  readonly sections: readonly ConfigSection[];
  /** In the order of lines. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads an AWS config file as botocore does, and notes each place that other
 * AWS clients read in another way. Inline comments, which botocore takes for a
 * part of the value, are cut as all the other clients do.
 */
export function parseConfigDocument(text: string): ConfigDocument {
  const reading: Reading = {
    sections: [],
    problems: [],
    elements: new Set(),
    hasOddHeader: false,
    level: 0,
  };
  if (text.startsWith("\ufeff")) note(reading, 1, "byte-order-mark");
  readLines(reading, text);
  const sections = reading.sections.map((section, index) =>
    "headerEnd" in section
      ? finishSection(reading, section, reading.sections[index + 1]?.start ?? text.length)
      : section,
  );
  if (mayShadow(reading)) noteShadowed(reading, sections);
  const problems = reading.problems.toSorted((a, b) => a.line - b.line);
  return { text, eol: commonLineEnd(text), sections, problems };
}

interface OpenSection extends Omit<ConfigSection, "end" | "bodyEnd" | "entries"> {
  readonly header: string;
  readonly headerEnd: number;
  readonly entries: OpenEntry[];
}

interface OpenEntry extends Omit<ConfigEntry, "end" | "multiline"> {
  /** The value and the lines that continue it, as botocore joins them. */
  readonly parts: string[];
  end: number;
}

interface Reading {
  readonly sections: (OpenSection | ManagedSection)[];
  readonly problems: ConfigProblem[];
  /** Headers, and keys within them, that were there: none may come twice. */
  readonly elements: Set<string>;
  section?: OpenSection;
  entry?: OpenEntry | undefined;
  /** There is a header that names its section in another way than most do: in quotes, say. */
  hasOddHeader: boolean;
  /** Indentation of the last header or key: what is indented further continues its value. */
  level: number;
}

function note(reading: Reading, line: number, code: ProblemCode): void {
  reading.problems.push(problem(line, code));
}

/** Shorter texts are read before the regular expression for managed sections is compiled. */
const SHORT = 4_096;

function readLines(reading: Reading, text: string): void {
  const managedAt = text.length < SHORT ? () => undefined : managedSections(text);
  const lineAt = lineReader(text);
  for (let number = 1, start = 0; start < text.length; ) {
    const managed = text.charAt(start) === "[" ? managedAt(start, number) : undefined;
    // One that stands twice is for the whole grammar to tell of.
    if (managed && !reading.elements.has(managed.header)) {
      reading.elements.add(managed.header);
      reading.sections.push(managed);
      start = managed.end;
      number += managed.lines;
    } else {
      const line = lineAt(start, number);
      readLine(reading, line, text);
      start = line.end;
      number += 1;
    }
  }
}

/** One turn of the loop in `_read` of Python's configparser. */
function readLine(reading: Reading, line: Line, text: string): void {
  const content = strip(line.text);
  const indent = indentOf(line.text);
  if (text.charAt(line.end - 1) === "\r") note(reading, line.number, "lone-carriage-return");
  if (content.startsWith("#") || content.startsWith(";")) {
    if (reading.entry && indent !== "") note(reading, line.number, "indented-comment");
  } else if (content === "") {
    reading.entry?.parts.push("");
  } else if (reading.entry && indent.length > reading.level) {
    reading.entry.parts.push(content);
    reading.entry.end = line.end;
  } else {
    reading.level = indent.length;
    const header = headerText(line.text);
    if (header !== undefined) openSection(reading, line, header);
    else if (reading.section) openEntry(reading, reading.section, line);
    else note(reading, line.number, "no-section");
  }
}

function openSection(reading: Reading, line: Line, header: string): void {
  const { kind, name } = sectionName(header);
  const indent = indentOf(line.text);
  const { number, start, end: headerEnd } = line;
  const section = { header, kind, name, line: number, start, headerEnd, indent, entries: [] };
  reading.section = section;
  reading.entry = undefined;
  reading.sections.push(section);
  // configparser merges any number of [DEFAULT].
  if (reading.elements.has(header) && header !== "DEFAULT")
    note(reading, number, "duplicate-section");
  reading.elements.add(header);
  if (kind !== "other" && header !== "default" && header !== `${kind} ${name}`)
    reading.hasOddHeader = true;
  const code = headerProblem(line.text, header, section);
  if (code) note(reading, number, code);
}

function openEntry(reading: Reading, section: OpenSection, line: Line): void {
  const { number, start, end } = line;
  const option = parseOption(line.text);
  if (option === undefined) {
    note(reading, number, "no-equals-sign");
    return;
  }
  const key = option.key.toLowerCase();
  const element = `${section.header}\n${key}`;
  if (reading.elements.has(element)) note(reading, number, "duplicate-key");
  reading.elements.add(element);
  const cut = parseOption(cutInlineComment(line.text));
  for (const code of optionProblems(line.text, option, cut)) note(reading, number, code);
  const { value } = cut ?? option;
  const indent = indentOf(line.text);
  reading.entry = { key, value, line: number, start, end, indent, parts: [option.value] };
  section.entries.push(reading.entry);
}

// Members are named one by one: rest and spread take a third of the time of a large file.
function finishSection(reading: Reading, open: OpenSection, end: number): ConfigSection {
  const { kind, name, line, start, indent } = open;
  const entries = open.entries.map((entry) => finishEntry(reading, entry));
  const bodyEnd = entries.at(-1)?.end ?? open.headerEnd;
  return { kind, name, line, start, end, bodyEnd, indent, entries };
}

function finishEntry(reading: Reading, open: OpenEntry): ConfigEntry {
  const { key, value, line, start, end, indent, parts } = open;
  const joined = stripEnd(parts.length === 1 ? (parts[0] ?? "") : parts.join("\n"));
  const multiline = joined.includes("\n");
  if (joined.startsWith("\n")) {
    const nested = nestedOf(reading, line, joined);
    return { key, value: "", line, start, end, indent, multiline, nested };
  }
  if (multiline) note(reading, line, "continuation");
  if (joined === "") note(reading, line, "empty-value");
  return { key, value: multiline ? joined : value, line, start, end, indent, multiline };
}

/** `_parse_nested` of botocore. */
function nestedOf(reading: Reading, line: number, joined: string): NestedEntry[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: where Python's splitlines splits
  const lines = joined.split(/[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/).map(strip);
  return lines.flatMap((text) => {
    if (text === "") return [];
    const at = text.indexOf("=");
    if (at === -1) {
      note(reading, line, "nested-no-equals-sign");
      return [];
    }
    const value = strip(text.slice(at + 1));
    if (value === "") note(reading, line, "empty-value");
    if (cutInlineComment(text) !== text) note(reading, line, "inline-comment");
    return [{ key: strip(text.slice(0, at)), value }];
  });
}

/** Two sections of one name have two headers: one twice is an error of its own. */
function mayShadow({ hasOddHeader, elements }: Reading): boolean {
  return hasOddHeader || (elements.has("default") && elements.has("profile default"));
}

function noteShadowed(reading: Reading, sections: readonly ConfigSection[]): void {
  const last = new Map<string, ConfigSection>();
  for (const section of sections) {
    if (section.kind === "other") continue;
    const named = `${section.kind} ${section.name}`;
    const earlier = last.get(named);
    if (earlier) note(reading, earlier.line, "shadowed-section");
    last.set(named, section);
  }
}

function commonLineEnd(text: string): "\n" | "\r\n" {
  if (!text.includes("\r\n")) return "\n";
  const all = text.split("\n").length - 1;
  const withReturn = text.split("\r\n").length - 1;
  return withReturn * 2 > all ? "\r\n" : "\n";
}
