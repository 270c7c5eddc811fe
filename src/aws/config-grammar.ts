/**
 * The words of the grammar that the AWS config file is read by: Python's
 * configparser with what botocore makes of section names, and beside it what
 * the AWS SDK for JavaScript sees in the same line.
 */

export type SectionKind = "profile" | "sso-session" | "services" | "other";

export interface ConfigEntry {
  /** In lower case. */
  readonly key: string;
  /** Without inline comment; several lines are joined by line feeds; empty for a nested block. */
  readonly value: string;
  readonly line: number;
  /** Offset of the line, its indentation included. */
  readonly start: number;
  /** Offset behind the entry's last line, its line end included. */
  readonly end: number;
  readonly indent: string;
  /** The value goes on in the lines below. */
  readonly multiline: boolean;
  /** The lines below `s3 =` and the like; their keys keep their case. */
  readonly nested?: readonly NestedEntry[];
}

export interface NestedEntry {
  readonly key: string;
  readonly value: string;
}

export interface ConfigSection {
  readonly kind: SectionKind;
  /** As botocore reads it; of kind `other` all that stands between the brackets. */
  readonly name: string;
  readonly line: number;
  /** Offset of the header line. */
  readonly start: number;
  /** Offset of the next header line, or the end of the text. */
  readonly end: number;
  /** Offset behind the last entry, or behind the header of a section without entries. */
  readonly bodyEnd: number;
  readonly indent: string;
  readonly entries: readonly ConfigEntry[];
  /** The entries' values by their keys, where these come without the entries being made. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Offset of the first character. */
  readonly start: number;
  /** Offset behind the line end. */
  readonly end: number;
  /** Without the line end. */
  readonly text: string;
}

/**
 * The lines of a text, as Python counts them: a lone CR ends a line, too.
 * @returns what gives the line that begins at an offset
 */
export function lineReader(text: string): (start: number, number: number) => Line {
  if (!text.includes("\r")) return (start, number) => lineOf(text, start, number);
  const ending = /\r\n|\n|\r/g;
  return (start, number) => {
    ending.lastIndex = start;
    const found = ending.exec(text);
    const end = found ? ending.lastIndex : text.length;
    return { number, start, end, text: text.slice(start, found?.index ?? text.length) };
  };
}

function lineOf(text: string, start: number, number: number): Line {
  const at = text.indexOf("\n", start);
  const [stop, end] = at === -1 ? [text.length, text.length] : [at, at + 1];
  return { number, start, end, text: text.slice(start, stop) };
}

/** All of them. */
export function* linesOf(text: string): Generator<Line> {
  const lineAt = lineReader(text);
  for (let number = 1, start = 0; start < text.length; number += 1) {
    const line = lineAt(start, number);
    yield line;
    start = line.end;
  }
}

// Python's white space: unlike JavaScript's it holds \x1c-\x1f and \x85, and not U+FEFF.
const SPACE =
  "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const LEADING = new RegExp(`^${SPACE}+`);
const TRAILING = new RegExp(`${SPACE}+$`);

/** Python's `str.strip`. */
export function strip(text: string): string {
  const content = stripEnd(text);
  return isPlain(content, 0) ? content : content.replace(LEADING, "");
}

/** Python's `str.rstrip`. */
export function stripEnd(text: string): string {
  return isPlain(text, text.length - 1) ? text : text.replace(TRAILING, "");
}

/** The white space before the first other character. */
export function indentOf(text: string): string {
  return isPlain(text, 0) ? "" : (LEADING.exec(text)?.[0] ?? "");
}

/** The character there is a printable one of ASCII: spares most lines the regular expressions. */
function isPlain(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code > 0x20 && code < 0x7f;
}

/** What stands before an inline comment, which every client but botocore sees. */
export function cutInlineComment(text: string): string {
  if (!text.includes("#") && !text.includes(";")) return text;
  const found = /(^|\s)[;#]/.exec(text);
  return found ? text.slice(0, found.index) : text;
}

export interface Option {
  /** As written; botocore looks at it in lower case. */
  readonly key: string;
  readonly delimiter: "=" | ":";
  readonly value: string;
}

/** `key = value` or `key: value`; undefined for a line with neither sign, or with nothing before it. */
export function parseOption(line: string): Option | undefined {
  const content = strip(line);
  const equals = content.indexOf("=");
  const colon = content.indexOf(":");
  const delimiter = colon === -1 || (equals !== -1 && equals < colon) ? "=" : ":";
  const at = delimiter === "=" ? equals : colon;
  const key = stripEnd(content.slice(0, Math.max(at, 0)));
  if (key === "") return undefined;
  return { key, delimiter, value: strip(content.slice(at + 1)) };
}

/** What stands between the brackets of a header line; undefined for any other line. */
export function headerText(line: string): string | undefined {
  const content = strip(line);
  const end = content.lastIndexOf("]");
  return content.startsWith("[") && end > 1 ? content.slice(1, end) : undefined;
}

export interface SectionName {
  readonly kind: SectionKind;
  readonly name: string;
}

const KINDS = ["profile", "sso-session", "services"] as const;

/**
 * What botocore takes a header for. It looks at how the header begins
 * (`[profile-x y]` is profile y), and splits it as a shell would.
 */
export function sectionName(header: string): SectionName {
  if (header === "default") return { kind: "profile", name: "default" };
  const kind = KINDS.find((prefix) => header.startsWith(prefix));
  const words = kind && splitWords(header);
  const name = words?.[1];
  if (kind === undefined || name === undefined || words?.length !== 2) {
    return { kind: "other", name: header };
  }
  return { kind, name };
}

/** What the SDK for JavaScript takes a line for; undefined when it is no section to it. */
export function sectionNameInJavaScript(line: string): SectionName | undefined {
  const content = cutInlineComment(line).trim();
  if (!content.startsWith("[") || !content.endsWith("]")) return undefined;
  const header = content.slice(1, -1);
  const match = /^([\w-]+)\s(["'])?([\w\-@+.%:/]+)\2$/.exec(header);
  const [prefix, name] = match ? [match[1], match[3]] : splitOnce(header, ".");
  const kind = KINDS.find((known) => known === prefix);
  if (kind !== undefined && name !== undefined) return { kind, name };
  return header === "default" ? { kind: "profile", name: header } : { kind: "other", name: header };
}

/** Python's `shlex.split`; undefined where it fails. */
function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (quote !== "" && char === quote) {
      quote = "";
    } else if (char === "\\" && quote !== "'") {
      i += 1;
      if (i === text.length) return undefined;
      const next = text.charAt(i);
      word = (word ?? "") + (quote === '"' && next !== '"' && next !== "\\" ? `\\${next}` : next);
    } else if (quote !== "") {
      word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= "";
    } else if (" \t\r\n".includes(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote !== "") return undefined;
  return word === undefined ? words : [...words, word];
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
