import type { FamilyFiles, Rejection } from "../../domain/prediction/families.ts";
import {
  type MutableSettings,
  merged,
  noSettings,
  notUtf8,
  RejectedLine,
  type SourceText,
  type SourceTexts,
} from "./source-text.ts";
import { readStrictly } from "./strict.ts";

/** What the SDK for Rust makes of the two files; one that is not UTF-8 is empty to it. */
export function readAsRust({ config, credentials }: SourceTexts): FamilyFiles {
  const inConfig = read("config", config);
  const inCredentials = read("credentials", credentials);
  const profiles = new Map<string, MutableSettings>();
  const sessions = new Map<string, MutableSettings>();
  const isPrefixed = inConfig.sections.has("profile default");
  for (const [header, settings] of inConfig.sections) {
    const [, kind, name = ""] = /^([^ \t]+)[ \t]+(.*)$/s.exec(header) ?? [];
    if (kind === undefined && (header !== "default" || isPrefixed)) continue;
    if (kind !== undefined && !IDENTIFIER.test(name)) continue;
    if (kind === "sso-session") add(sessions, name, settings);
    if (kind === "profile" || kind === undefined) add(profiles, name || "default", settings);
  }
  const named = new Map([...inCredentials.sections].filter(([header]) => IDENTIFIER.test(header)));
  const rejected = inConfig.rejected ?? inCredentials.rejected;
  return { profiles: merged(profiles, named), credentials: named, sessions, rejected };
}

const IDENTIFIER = /^[A-Za-z0-9_\-/.%@:+]*$/;

function add(into: Map<string, MutableSettings>, name: string, settings: MutableSettings): void {
  into.set(name, Object.assign(noSettings(), into.get(name), settings));
}

function read(file: Rejection["file"], source: SourceText | undefined) {
  const sections = new Map<string, MutableSettings>();
  const lines = source?.text.split(/\r?\n/) ?? [];
  try {
    if (source?.isUtf8 === false) throw notUtf8(source);
    readStrictly(lines, {
      section(header) {
        const name = header.trim().replace(/[ \t]+/, " ");
        const found = sections.get(name) ?? noSettings();
        sections.set(name, found);
        return found;
      },
      key: (name) => name.toLowerCase(),
      skipsIgnored: false,
    });
    return { sections, rejected: undefined };
  } catch (error) {
    if (!(error instanceof RejectedLine)) throw error;
    const rejected: Rejection = { file, line: error.line, why: error.message };
    return { sections: new Map<string, MutableSettings>(), rejected };
  }
}
