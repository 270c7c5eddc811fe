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
      fix: file.mend ?? `ls -ld ${shellWord(file.path)}`,
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
      fix: /UTF|byte order/.test(why)
        ? `save ${file.path} as UTF-8, without a byte order mark`
        : `edit line ${line} of ${file.path}`,
    }),
  );
}

/** A header that looks like that of a profile or session, in whatever spelling: `[Profile dev]`, `[sso_session: acme]`. */
const MEANT = /^\s*(profile|sso[-_ ]?session)s?(?![a-z\d])[\s.:_-]*(["']?)(.*?)\2\s*$/is;

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
        fix: renaming(meant, `line ${line} of ${config.path}`),
      }),
    ];
  });
}

function meaningOf({ kind, name, header }: SectionFacts) {
  if (kind === "profile" || kind === "sso-session") return { kind, name };
  const [, meant, , text = ""] = MEANT.exec(header) ?? [];
  if (meant === undefined || text === "") return undefined;
  return { kind: /^p/i.test(meant) ? "profile" : "sso-session", name: text } as const;
}

/** `every AWS client` and one name take the singular. */
function verb(families: readonly Family[], one: string, many: string): string {
  return families.length === 1 || families.length === FAMILIES.length ? one : many;
}

/** A session that gets another name is to be found by its profiles, too. */
function renaming(
  { kind, name }: NonNullable<ReturnType<typeof meaningOf>>,
  place: string,
): string {
  const written = portable(name);
  const isFollowed = kind === "sso-session" && written !== name;
  return `write [${kind} ${written}] in ${place}${isFollowed ? `, and sso_session = ${written} in its profiles` : ""}`;
}

function portable(name: string): string {
  return name.replace(/[^A-Za-z0-9_./%@-]+/g, "-").replace(/^-+|-+$/g, "") || "NAME";
}

function defaults({ config, credentials, profiles }: Facts): Finding[] {
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
  for (const file of [config, credentials]) found.push(...upperCase(file, profiles));
  found.push(...capital(credentials));
  return found;
}

function upperCase({ path, sections }: FileFacts, profiles: Facts["profiles"]): Finding[] {
  const upper = sections.filter(({ header }) => header === "DEFAULT");
  return upper.map(({ line, entries }) => {
    const isHarmful =
      entries.some(({ key }) => CREDENTIALS.test(key)) &&
      profiles.some(({ prediction }) => isHarmed(prediction));
    return finding("DefaultUpperCase", {
      severity: isHarmful ? "error" : "warning",
      message: `${path}, line ${line}: the AWS CLI and boto3 put the keys of [DEFAULT] into every profile, the others do not.`,
      fix: `write [default] in line ${line} of ${path}, or remove the section`,
    });
  });
}

/** To every AWS client a profile of that name, which nobody asks for. */
function capital({ path, sections }: FileFacts): Finding[] {
  if (sections.some(({ header }) => header === "default")) return [];
  const found = sections.filter(({ header }) => header === "Default");
  return found.map(({ line }) =>
    finding("DefaultUpperCase", {
      severity: "warning",
      profile: "Default",
      message: `${path}, line ${line}: [Default] is not the default profile, which has no capital letter.`,
      fix: `write [default] in line ${line} of ${path}`,
    }),
  );
}

function keysOf({ entries }: SectionFacts): string {
  return JSON.stringify(entries.map(({ key, value }) => [key, value]).sort());
}

/** Sections that look like profiles, and are none where they stand. */
function ignored({ config, credentials, readings, profiles }: Facts): Finding[] {
  const inConfig = config.sections.filter(
    ({ kind, header, entries }) =>
      kind === "other" &&
      !/^\s*(profile|sso-session|services)\b|^(default|DEFAULT)$/.test(header) &&
      !MEANT.test(header) &&
      entries.some(({ key }) => CREDENTIALS.test(key)) &&
      FAMILIES.every((family) => !readings[family].profiles.has(header)),
  );
  const inCredentials = credentials.sections.filter(({ kind, entries }) => {
    return kind !== "other" && entries.length > 0;
  });
  return [
    ...inConfig.map((section) => {
      const { line, header } = section;
      const meant = meaningByKeys(section);
      const isSession = meant.kind === "sso-session";
      const must = meant.name === "default" ? "[default]" : `[${meant.kind} ${meant.name}]`;
      const isNamed =
        isSession && profiles.some(({ settings }) => settings["sso_session"] === meant.name);
      return finding("SectionIgnored", {
        severity: isNamed ? "error" : "warning",
        ...(isNamed && { session: meant.name }),
        message: `${config.path}, line ${line}: [${header}] is no ${isSession ? "session" : "profile"} there: in the config file it must be ${must}.`,
        fix: `write ${must} in line ${line} of ${config.path}`,
      });
    }),
    ...inCredentials
      .filter(({ header }) => header !== "default")
      .map(({ line, header, kind, name }) =>
        finding("SectionIgnored", {
          severity: "warning",
          message: `${credentials.path}, line ${line}: [${header}] means nothing in the credentials file.`,
          fix:
            kind === "profile"
              ? `write [${name}] in line ${line} of ${credentials.path}`
              : `move it into ${config.path}`,
        }),
      ),
  ];
}

/** What a section would have to be, by its keys. */
function meaningByKeys({ header, entries }: SectionFacts) {
  const has = (...keys: string[]) => entries.some(({ key }) => keys.includes(key));
  if (has("sso_start_url") && !has("sso_session", "sso_account_id", "sso_role_name", "role_arn")) {
    const name = portable(header.replace(/^session[\s.:_-]+/i, ""));
    return { kind: "sso-session", name } as const;
  }
  const name = /^default$/i.test(header) ? "default" : portable(header);
  return { kind: "profile", name } as const;
}
