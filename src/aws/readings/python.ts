import type { FamilyFiles, Rejection } from "../../domain/prediction/families.ts";
import {
  type ConfigDocument,
  type ConfigSection,
  parseConfigDocument,
} from "../config-document.ts";
import { headerText, linesOf, parseOption } from "../config-grammar.ts";
import {
  type MutableSettings,
  merged,
  noSettings,
  notUtf8,
  type SourceText,
  type SourceTexts,
} from "./source-text.ts";

/** What botocore makes of the two files: one that it rejects takes all else with it. */
export function readAsPython({ config, credentials }: SourceTexts): FamilyFiles {
  const rejected = rejection("config", config) ?? rejection("credentials", credentials);
  const ofConfig = document(config);
  const profiles = sectionsOf(ofConfig, ({ kind, name }) =>
    kind === "profile" ? name : undefined,
  );
  const sessions = sectionsOf(ofConfig, ({ kind, name }) =>
    kind === "sso-session" ? name : undefined,
  );
  const named = sectionsOf(document(credentials), headerOf);
  return { profiles: merged(profiles, named), credentials: named, sessions, rejected };
}

function document(source: SourceText | undefined): ConfigDocument {
  return parseConfigDocument(source?.text ?? "");
}

function rejection(file: Rejection["file"], source: SourceText | undefined): Rejection | undefined {
  if (source?.isUtf8 === false) {
    const { line, message: why } = notUtf8(source);
    return { file, line, why };
  }
  const fatal = document(source).problems.find((problem) => problem.fatal);
  return fatal && { file, line: fatal.line, why: fatal.message };
}

function headerOf(section: ConfigSection, { text }: ConfigDocument): string | undefined {
  const [line] = linesOf(text.slice(section.start, section.bodyEnd));
  return headerText(line?.text ?? "");
}

/** Of sections with one name the last stands; [DEFAULT] is in each of them. */
function sectionsOf(
  of: ConfigDocument,
  nameOf: (section: ConfigSection, of: ConfigDocument) => string | undefined,
): Map<string, MutableSettings> {
  const everywhere = of.sections
    .filter((section) => section.kind === "other" && section.name === "DEFAULT")
    .map((section) => settingsOf(section, of));
  const found = new Map<string, MutableSettings>();
  for (const section of of.sections) {
    const name = nameOf(section, of);
    if (name === undefined || (section.kind === "other" && section.name === "DEFAULT")) continue;
    const settings = Object.assign(noSettings(), ...everywhere, settingsOf(section, of));
    found.set(name, settings);
  }
  return found;
}

/** With the inline comments, which botocore takes for a part of the value. */
function settingsOf({ entries }: ConfigSection, { text }: ConfigDocument): MutableSettings {
  const settings = noSettings();
  for (const { key, value, nested, multiline, start, end } of entries) {
    if (nested) continue;
    const [line] = multiline ? [] : linesOf(text.slice(start, end));
    settings[key] = line === undefined ? value : (parseOption(line.text)?.value ?? value);
  }
  return settings;
}
