import type { FamilyFiles } from "../../domain/prediction/families.ts";
import {
  type MutableSettings,
  merged,
  type SourceText,
  type SourceTexts,
  sectionIn,
} from "./source-text.ts";

/** What the SDK for Go makes of the two files: it rejects nothing. */
export function readAsGo({ config, credentials }: SourceTexts): FamilyFiles {
  const inConfig = sections(config);
  const inCredentials = sections(credentials);
  const profiles = new Map<string, MutableSettings>();
  const sessions = new Map<string, MutableSettings>();
  // In the order of names, so that [profile default] comes after [default] and takes its place.
  for (const [name, settings] of [...inConfig].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (name.startsWith("profile ")) profiles.set(name.slice("profile ".length), settings);
    else if (name.startsWith("sso-session "))
      sessions.set(name.slice("sso-session ".length), settings);
    else if (name === "default") profiles.set(name, settings);
  }
  const named = new Map(
    [...inCredentials].filter(([name]) => !/^(profile|sso-session) /.test(name)),
  );
  for (const [name, settings] of inCredentials) {
    const session = /^sso-session (.*)/s.exec(name)?.[1];
    if (session !== undefined) sessions.set(session, { ...sessions.get(session), ...settings });
  }
  return { profiles: merged(profiles, named), credentials: named, sessions };
}

function sections(source: SourceText | undefined): Map<string, MutableSettings> {
  const found = new Map<string, MutableSettings>();
  let section: MutableSettings | undefined;
  let last: string | undefined;
  for (const raw of (source?.text ?? "").split("\n")) {
    const line = raw.replace(/\r$/, "");
    if (/^[ \t]*([#;]|$)/.test(line) || line.trim() === "") continue;
    const name = headerOf(line);
    const isIndented = /^[ \t]/.test(line);
    if (name !== undefined) {
      section = sectionIn(found, name);
      last = undefined;
      continue;
    }
    const option = splitProperty(isIndented ? line : withoutComment(line));
    if (section === undefined) continue;
    if (option === undefined) {
      if (isIndented && last !== undefined && section[last])
        section[last] += `\n${line.trimStart()}`;
    } else if (!isIndented || last === undefined || section[last] !== "") {
      // An indented key below one that has a value is a key like any other.
      last = option.key;
      section[last] = isIndented ? withoutComment(option.value).trim() : option.value;
    }
  }
  return found;
}

/** `profile NAME`, `default`: as the SDK joins type and name. */
function headerOf(line: string): string | undefined {
  const content = trimSpace(line.replace(/[#;].*$/s, ""));
  if (!content.startsWith("[") || !content.endsWith("]") || content.length < 2) return undefined;
  const words = content.slice(1, -1).trim();
  const [, kind, name] = /^([^ \t]+)[ \t]+(.*)$/s.exec(words) ?? [];
  return kind === undefined ? words : `${kind} ${name}`;
}

/** Not a byte order mark, which JavaScript takes for white space. */
function trimSpace(text: string): string {
  return text.replace(/^[^\S\ufeff]+|[^\S\ufeff]+$/g, "");
}

function withoutComment(text: string): string {
  return text.replace(/[ \t][#;].*$/s, "").replace(/[ \t]+$/, "");
}

function splitProperty(line: string): { key: string; value: string } | undefined {
  const at = line.search(/[=:]/);
  if (at === -1) return undefined;
  const value = line.slice(at + 1).trim();
  const isQuoted = value.length > 1 && /^(["']).*\1$/s.test(value);
  return {
    key: line.slice(0, at).trim().toLowerCase(),
    value: isQuoted ? value.slice(1, -1) : value,
  };
}
