import type { FamilyFiles } from "../../domain/prediction/families.ts";
import { cutInlineComment, sectionNameInJavaScript } from "../config-grammar.ts";
import {
  type MutableSettings,
  merged,
  RejectedLine,
  type SourceText,
  type SourceTexts,
  sectionIn,
} from "./source-text.ts";

/** What the SDK for JavaScript makes of the two files; one that it rejects is empty to it. */
export function readAsJavaScript({ config, credentials }: SourceTexts): FamilyFiles {
  const inConfig = sections(config, (line) => {
    const found = sectionNameInJavaScript(line);
    if (found?.kind === "other") return undefined;
    return found && `${found.kind} ${found.name === "default" ? bareDefault(line) : found.name}`;
  });
  const inCredentials = sections(credentials, (line) => {
    const found = sectionNameInJavaScript(line);
    return found && (found.kind === "other" || found.name === "default" ? found.name : undefined);
  });
  const profiles = new Map<string, MutableSettings>();
  const sessions = new Map<string, MutableSettings>();
  for (const [header, settings] of inConfig.sections) {
    const [kind, name = ""] = header.split(" ", 2);
    if (kind === "profile") profiles.set(name, settings);
    if (kind === "sso-session") sessions.set(name, settings);
  }
  // [profile default] stands in the place of [default], wherever it is.
  const bare = profiles.get(BARE_DEFAULT);
  profiles.delete(BARE_DEFAULT);
  if (bare && !profiles.has("default")) profiles.set("default", bare);
  const rejected = inConfig.rejected
    ? { file: "config" as const, ...inConfig.rejected }
    : inCredentials.rejected && { file: "credentials" as const, ...inCredentials.rejected };
  const named = inCredentials.sections;
  return { profiles: merged(profiles, named), credentials: named, sessions, rejected };
}

const BARE_DEFAULT = "[default]";

function bareDefault(line: string): string {
  return /^\s*\[default\]/.test(line) ? BARE_DEFAULT : "default";
}

interface Sections {
  readonly sections: Map<string, MutableSettings>;
  readonly rejected: { readonly line: number; readonly why: string } | undefined;
}

/** @param nameOf what a header names; undefined where its keys mean nothing */
function sections(
  source: SourceText | undefined,
  nameOf: (line: string) => string | undefined,
): Sections {
  const found = new Map<string, MutableSettings>();
  try {
    readLines(source?.text ?? "", found, nameOf);
    return { sections: found, rejected: undefined };
  } catch (error) {
    if (!(error instanceof RejectedLine)) throw error;
    const { line, message: why } = error;
    return { sections: new Map(), rejected: { line, why } };
  }
}

function readLines(
  text: string,
  found: Map<string, MutableSettings>,
  nameOf: (line: string) => string | undefined,
): void {
  let section: string | undefined;
  let block: string | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = cutInlineComment(line).trim();
    if (content.startsWith("[") && content.endsWith("]")) {
      if (/^\[(profile )?__proto__\]$/.test(content)) {
        throw new RejectedLine(index + 1, "a section has the name __proto__");
      }
      section = nameOf(line);
      block = undefined;
      continue;
    }
    const at = content.indexOf("=");
    if (section === undefined || at < 1) continue;
    const key = content.slice(0, at).trim();
    const value = content.slice(at + 1).trim();
    if (value === "") {
      block = key;
      continue;
    }
    if (line.trimStart() === line) block = undefined;
    // A section without a key is none.
    sectionIn(found, section)[block === undefined ? key : `${block}.${key}`] = value;
  }
}
