import { FAMILIES, type Family, familyList } from "../prediction/families.ts";
import { shellWord } from "../shell-word.ts";
import type { Facts, FileFacts, SectionFacts } from "./facts.ts";
import { type Finding, finding } from "./finding.ts";
import { isHarmed } from "./harm.ts";
import { CREDENTIALS, lineFindings } from "./lines.ts";

/** What is wrong with the two files as such. */
export function fileFindings(facts: Facts): readonly Finding[] {
  const files = [facts.config, facts.credentials] as const;
  return [
    ...files.flatMap(unreadable),
    ...rejections(facts),
    ...names(facts),
    ...defaults(facts),
    ...ignored(facts),
    ...files.flatMap((file) => lineFindings(file, facts)),
  ];
}

function unreadable(file: FileFacts): Finding[] {
  if (file.state !== "unreadable") return [];
  return [
    finding("FileUnreadable", {
      message: `${file.path} cannot be read: ${file.reason}.`,
      fix: `ls -ld ${shellWord(file.path)}`,
    }),
  ];
}

/** One for each line at which somebody stops. */
function rejections({ readings, config, credentials }: Facts): Finding[] {
  const found = new Map<
    string,
    { families: Family[]; file: FileFacts; line: number; why: string }
  >();
  for (const family of FAMILIES) {
    const { rejected } = readings[family];
    if (rejected === undefined) continue;
    const file = rejected.file === "config" ? config : credentials;
    const key = `${rejected.file} ${rejected.line}`;
    const known = found.get(key) ?? { families: [], file, line: rejected.line, why: rejected.why };
    known.families.push(family);
    found.set(key, known);
  }
  return [...found.values()].map(({ families, file, line, why }) =>
    finding("FileRejected", {
      message: `${file.path}, line ${line}: ${why}, so the whole file is rejected by ${familyList(families)}.`,
      fix: `edit line ${line} of ${file.path}`,
    }),
  );
}

/** A header that looks like that of a profile or session, in whatever spelling. */
const MEANT = /^\s*(profile|sso-session)\b\s*(["']?)(.*?)\2\s*$/s;

function names({ readings, config }: Facts): Finding[] {
  return config.sections.flatMap((section) => {
    const { line, entries } = section;
    const meant = meaningOf(section);
    // What is wrong with a line that somebody stops at is told already.
    const isTold = FAMILIES.some((family) => readings[family].rejected?.line === line);
    if (meant === undefined || entries.length === 0 || isTold) return [];
    const blind = FAMILIES.filter((family) => {
      const { rejected, profiles, sessions, isLost } = readings[family];
      const known = meant.kind === "profile" ? profiles : sessions;
      return rejected === undefined && !isLost && !known.has(meant.name);
    });
    if (blind.length === 0) return [];
    const about = meant.kind === "profile" ? { profile: meant.name } : { session: meant.name };
    return [
      finding("NameUnreadable", {
        ...about,
        message: `${config.path}, line ${line}: ${familyList(blind)} ${verb(blind, "finds", "find")} no ${meant.kind} ${JSON.stringify(meant.name)} under this header.`,
        fix: `write [${meant.kind} ${portable(meant.name)}] in line ${line} of ${config.path}`,
      }),
    ];
  });
}

function meaningOf({ kind, name, header }: SectionFacts) {
  if (kind === "profile" || kind === "sso-session") return { kind, name };
  const [, meant, , text = ""] = MEANT.exec(header) ?? [];
  if (meant !== "profile" && meant !== "sso-session") return undefined;
  return text === "" ? undefined : ({ kind: meant, name: text } as const);
}

/** `every AWS client` and one name take the singular. */
function verb(families: readonly Family[], one: string, many: string): string {
  return families.length === 1 || families.length === FAMILIES.length ? one : many;
}

function portable(name: string): string {
  return name.replace(/[^A-Za-z0-9_./%@-]+/g, "-").replace(/^-+|-+$/g, "") || "NAME";
}

function defaults({ config, profiles }: Facts): Finding[] {
  const found: Finding[] = [];
  const of = (header: string) => config.sections.filter((section) => section.header === header);
  const [bare, prefixed] = [of("default"), of("profile default")];
  const [first, second] = [bare[0], prefixed[0]];
  if (first && second) {
    const isSame = keysOf(first) === keysOf(second);
    found.push(
      finding("DefaultTwice", {
        severity: isSame ? "warning" : "error",
        profile: "default",
        message: `${config.path} has both [default] (line ${first.line}) and [profile default] (line ${second.line}): the AWS CLI and boto3 take the later one, the others take [profile default].`,
        fix: `remove one of them, in line ${first.line} or ${second.line} of ${config.path}`,
      }),
    );
  }
  for (const { line, entries } of of("DEFAULT")) {
    const isHarmful =
      entries.some(({ key }) => CREDENTIALS.test(key)) &&
      profiles.some(({ prediction }) => isHarmed(prediction));
    found.push(
      finding("DefaultUpperCase", {
        severity: isHarmful ? "error" : "warning",
        message: `${config.path}, line ${line}: the AWS CLI and boto3 put the keys of [DEFAULT] into every profile, the others ignore it.`,
        fix: `write [default] in line ${line} of ${config.path}, or remove the section`,
      }),
    );
  }
  return found;
}

function keysOf({ entries }: SectionFacts): string {
  return JSON.stringify(entries.map(({ key, value }) => [key, value]).sort());
}

/** Sections that look like profiles, and are none where they stand. */
function ignored({ config, credentials, readings }: Facts): Finding[] {
  const inConfig = config.sections.filter(
    ({ kind, header, entries }) =>
      kind === "other" &&
      !/^\s*(profile|sso-session|services)\b|^(default|DEFAULT)$/.test(header) &&
      entries.some(({ key }) => CREDENTIALS.test(key)) &&
      FAMILIES.every((family) => !readings[family].profiles.has(header)),
  );
  const inCredentials = credentials.sections.filter(({ kind, entries }) => {
    return kind !== "other" && entries.length > 0;
  });
  return [
    ...inConfig.map(({ line, header }) =>
      finding("SectionIgnored", {
        message: `${config.path}, line ${line}: [${header}] is no profile there: in the config file it must be [profile ${header}].`,
        fix: `write [profile ${header}] in line ${line} of ${config.path}`,
      }),
    ),
    ...inCredentials
      .filter(({ header }) => header !== "default")
      .map(({ line, header, kind, name }) =>
        finding("SectionIgnored", {
          message: `${credentials.path}, line ${line}: [${header}] means nothing in the credentials file.`,
          fix:
            kind === "profile"
              ? `write [${name}] in line ${line} of ${credentials.path}`
              : `move it into ${config.path}`,
        }),
      ),
  ];
}
