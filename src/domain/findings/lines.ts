import type { Facts, FileFacts, ProblemFacts, ProfileFacts, SectionFacts } from "./facts.ts";
import { type Finding, finding } from "./finding.ts";
import { isHarmed } from "./harm.ts";
import type { Mend } from "./mend.ts";

/** Keys that decide where credentials come from. */
export const CREDENTIALS =
  /^(sso_\w+|role_arn|source_profile|credential_source|credential_process|web_identity_token_file|aws_(access_key_id|secret_access_key|session_token))$/i;

/** Lines that clients read in different ways. */
export function lineFindings(
  file: FileFacts,
  { config, profiles, sessions }: Facts,
): readonly Finding[] {
  const byName = new Map(profiles.map((profile) => [profile.name, profile]));
  const known = new Set(sessions.map(({ name }) => name));
  const sectionAt = sectionFinder(file.sections);
  return file.problems.flatMap((problem) => {
    const code = LINE_CODES[problem.code];
    if (code === undefined || problem.fatal) return [];
    const section = sectionAt(problem.line);
    if (code === "NameTwice" && section?.name === "default") return [];
    const { line } = problem;
    // `cli_pager =` is how the AWS CLI, and nobody else, is told to use none.
    const key = section?.entries.find((entry) => entry.line === line)?.key ?? "";
    if (problem.code === "empty-value" && key.startsWith("cli_")) return [];
    const mend = file === config ? mendOf(problem, section) : undefined;
    return [
      finding(code, {
        severity: isHarmful(problem, section, byName) ? "error" : "warning",
        ...(section && aboutOf(section, byName, known)),
        message: `${file.path}, line ${line}: ${problem.message}.`,
        fix: mend ? "ssox doctor --fix" : fixOf(code, file.path, line),
        ...(mend && { mend }),
      }),
    ];
  });
}

const LINE_CODES: Readonly<
  Record<string, "KeyCase" | "InlineComment" | "ReadDifferently" | "NameTwice">
> = {
  "key-case": "KeyCase",
  "inline-comment": "InlineComment",
  "shadowed-section": "NameTwice",
  colon: "ReadDifferently",
  "empty-value": "ReadDifferently",
  continuation: "ReadDifferently",
  "indented-comment": "ReadDifferently",
  "odd-space": "ReadDifferently",
  "lone-carriage-return": "ReadDifferently",
};

function fixOf(code: string, file: string, line: number): string {
  return code === "NameTwice"
    ? `put the keys of the section in line ${line} of ${file} into the later one`
    : `edit line ${line} of ${file}`;
}

function mendOf({ code, line }: ProblemFacts, section: SectionFacts | undefined): Mend | undefined {
  const kind = code === "key-case" ? "lower-case" : "comment-above";
  const key = section?.entries.find((entry) => entry.line === line)?.key;
  // What botocore makes a part of a command line may be meant.
  if (!(code === "key-case" || code === "inline-comment") || key === "credential_process")
    return undefined;
  return { kind: "lines", lines: [{ kind, line }] };
}

type Profiles = ReadonlyMap<string, ProfileFacts>;

/** Gives the section that a line is in; lines come in order. */
function sectionFinder(
  sections: readonly SectionFacts[],
): (line: number) => SectionFacts | undefined {
  let index = -1;
  return (line) => {
    for (let next = sections[index + 1]; next && next.line <= line; next = sections[index + 1]) {
      index += 1;
    }
    return sections[index];
  };
}

function aboutOf(section: SectionFacts, profiles: Profiles, sessions: ReadonlySet<string>) {
  const { kind, name } = section;
  if (kind === "sso-session" && sessions.has(name)) return { session: name };
  const profile = profileName(section);
  return profiles.has(profile) ? { profile } : {};
}

/** In the credentials file a profile has no prefix. */
function profileName({ kind, name, header }: SectionFacts): string {
  return kind === "other" ? header : name;
}

/** What these do to other keys than that of their line, the clients' ends tell. */
const WHOLE: ReadonlySet<string> = new Set([
  "shadowed-section",
  "continuation",
  "indented-comment",
  "empty-value",
]);

/** Credentials depend on the line, and clients come to different ends. */
function isHarmful(
  { line, code }: ProblemFacts,
  section: SectionFacts | undefined,
  profiles: Profiles,
): boolean {
  if (section === undefined) return false;
  const entry = section.entries.findLast((each) => each.line <= line);
  // botocore makes no client for such a region, and the AWS CLI no sign-in at such a URL.
  if (code === "inline-comment" && /^(region|sso_start_url)$/.test(entry?.key ?? "")) return true;
  if (!WHOLE.has(code) && !(entry && CREDENTIALS.test(entry.key))) return false;
  if (section.kind !== "sso-session") {
    const profile = profiles.get(profileName(section));
    return profile !== undefined && isHarmed(profile.prediction);
  }
  return [...profiles.values()].some(({ settings, prediction }) => {
    return settings["sso_session"] === section.name && isHarmed(prediction);
  });
}
