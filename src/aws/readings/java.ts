import type { FamilyFiles, Rejection } from "../../domain/prediction/families.ts";
import {
  type MutableSettings,
  merged,
  noSettings,
  RejectedLine,
  type SourceText,
  type SourceTexts,
  sectionIn,
} from "./source-text.ts";
import { readStrictly } from "./strict.ts";

/** What the SDK for Java makes of the two files. */
export function readAsJava({ config, credentials }: SourceTexts): FamilyFiles {
  const profiles = new Map<string, MutableSettings>();
  const sessions = new Map<string, MutableSettings>();
  const named = new Map<string, MutableSettings>();
  let isPrefixed = false;
  const rejected =
    read("config", config, (header) => {
      const [, kind, name = ""] = /^(profile|sso-session|services)[ \t]+(.*)$/s.exec(header) ?? [];
      if (kind === undefined && header !== "default") return undefined;
      if (kind !== undefined && !IDENTIFIER.test(name)) return undefined;
      // Read for their lines alone.
      if (kind === "services") return noSettings();
      if (kind === "sso-session") return sectionIn(sessions, name);
      // [profile default] stands in the place of [default], wherever it is.
      if (kind === undefined && isPrefixed) return undefined;
      if (name === "default" && !isPrefixed) profiles.delete("default");
      isPrefixed ||= name === "default";
      return sectionIn(profiles, name || "default");
    }) ??
    read("credentials", credentials, (header) =>
      IDENTIFIER.test(header) ? sectionIn(named, header) : undefined,
    );
  return { profiles: merged(profiles, named), credentials: named, sessions, rejected };
}

const IDENTIFIER = /^[A-Za-z0-9_\-/.%@:+]*$/;

function read(
  file: Rejection["file"],
  source: SourceText | undefined,
  section: (header: string) => MutableSettings | undefined,
): Rejection | undefined {
  try {
    readStrictly((source?.text ?? "").split(/\r\n|\n|\r/), {
      section: (header) => section(header.trim()),
      // The case of keys counts.
      key: (name) => (IDENTIFIER.test(name) ? name : undefined),
      skipsIgnored: true,
    });
    return undefined;
  } catch (error) {
    if (error instanceof RejectedLine) return { file, line: error.line, why: error.message };
    throw error;
  }
}
