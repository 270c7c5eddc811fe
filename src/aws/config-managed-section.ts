import type { ConfigEntry, ConfigSection } from "./config-grammar.ts";

/** A profile exactly as ssox writes it, of which every AWS client makes the same. */
export interface ManagedSection extends ConfigSection {
  /** What stands between the brackets. */
  readonly header: string;
  /** How many lines it takes, those behind it that are empty included. */
  readonly lines: number;
}

/**
 * Reads such sections with one regular expression, in a fraction of the time
 * that the whole grammar takes, which counts where there are thousands.
 *
 * @returns what gives the section whose header begins at an offset, in that
 * line; undefined where there is none
 */
export function managedSections(
  text: string,
): (start: number, line: number) => ManagedSection | undefined {
  const pattern = new RegExp(SECTION, "y");
  return (start, line) => {
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    return match ? new Section(match, line) : undefined;
  };
}

/** A text without some of the sections that ssox wrote. */
export interface Rest {
  readonly text: string;
  /** The profiles whose sections are left out. Where the rest has one of that name, too, the whole text counts. */
  readonly leftOut: ReadonlySet<string>;
}

/**
 * The text without such sections, but for the profile of that name: what is left
 * takes as long to read as if there were no others.
 *
 * @returns undefined where a name comes twice, which the whole text must tell of
 */
export function withoutManagedSections(text: string, kept: string): Rest | undefined {
  return withoutSections(text, (name) => name !== kept);
}

/** What such a section says where it names its role by the `sso_` keys. */
export interface ManagedProfile {
  readonly name: string;
  /** `sso_session` */
  readonly session: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly region: string | undefined;
  /** `ssox_managed` */
  readonly managedBy: string;
}

/**
 * Those profiles, and the text without their sections.
 * @returns undefined as {@link withoutManagedSections}
 */
export function managedProfiles(
  text: string,
): { readonly profiles: readonly ManagedProfile[]; readonly rest: Rest } | undefined {
  const profiles: ManagedProfile[] = [];
  const rest = withoutSections(text, (name, body) => {
    const found = BY_KEYS.exec(body);
    if (found === null) return false;
    const [, session = "", accountId = "", roleName = "", region, managedBy = ""] = found;
    profiles.push({ name, session, accountId, roleName, region, managedBy });
    return true;
  });
  return rest === undefined ? undefined : { profiles, rest };
}

const BY_KEYS =
  /^sso_session = (\S+)\s+sso_account_id = (\S+)\s+sso_role_name = (\S+)\s+(?:region = (\S+)\s+)?ssox_managed = (\S+)/;

function withoutSections(
  text: string,
  isLeftOut: (name: string, body: string) => boolean,
): Rest | undefined {
  // JavaScript's ^ stands behind these, too, which end no line of the file.
  if (text.includes("\u2028") || text.includes("\u2029")) return undefined;
  const leftOut = new Set<string>();
  let count = 0;
  const rest = text.replace(
    new RegExp(`^${SECTION}`, "gm"),
    (section, _header, name, _eol, body) => {
      if (!isLeftOut(name, body)) return section;
      leftOut.add(name);
      count += 1;
      return "";
    },
  );
  return leftOut.size < count ? undefined : { text: rest, leftOut };
}

const NAME = String.raw`[\w./%@-]+`;
const WORD = `[!-"$-:<-~]+`;
const EOL = String.raw`\3`;
const HEADER = String.raw`\[(profile (?!__proto__\]|default\])(${NAME}))\](\r?\n)`;
const ROLE = String.raw`sso_session = ${NAME}${EOL}sso_account_id = \d{12}${EOL}sso_role_name = [\w+=,.@-]+${EOL}`;
const PROCESS = `credential_process = ${WORD}(?: ${WORD})*${EOL}`;
const REGION = String.raw`region = [a-z\d-]+${EOL}`;
const BODY = `((?:${ROLE}|${PROCESS})(?:${REGION})?ssox_managed = ${NAME}(?:${EOL}|$(?![^])))`;
// Behind it stands a header, or nothing: any other line could belong to the section.
const SECTION = String.raw`${HEADER}${BODY}((?:${EOL})*)(?=\[[^\r\n]+\]|$(?![^]))`;

class Section implements ManagedSection {
  readonly kind = "profile";
  readonly indent = "";
  readonly header: string;
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  readonly start: number;
  readonly bodyEnd: number;
  readonly end: number;
  readonly #eol: string;
  readonly #body: string;
  #entries: readonly ConfigEntry[] | undefined;

  constructor(match: RegExpExecArray, line: number) {
    const [whole, header = "", name = "", eol = "", body = "", blank = ""] = match;
    this.header = header;
    this.name = name;
    this.line = line;
    this.lines = timesIn(whole, eol);
    this.start = match.index;
    this.end = match.index + whole.length;
    this.bodyEnd = this.end - blank.length;
    this.#eol = eol;
    this.#body = body;
  }

  /** Made when they are first looked at. */
  get entries(): readonly ConfigEntry[] {
    this.#entries ??= this.#readEntries();
    return this.#entries;
  }

  get settings(): Readonly<Record<string, string>> {
    const settings: Record<string, string> = Object.create(null);
    this.#eachLine((key, value) => {
      settings[key] = value;
    });
    return settings;
  }

  #readEntries(): ConfigEntry[] {
    const entries: ConfigEntry[] = [];
    const before = this.bodyEnd - this.#body.length;
    this.#eachLine((key, value, from, to) => {
      const [start, end, line] = [before + from, before + to, this.line + 1 + entries.length];
      entries.push({ key, value, line, start, end, indent: "", multiline: false });
    });
    return entries;
  }

  /** @param read also takes where in the body the line begins, and where the next one does */
  #eachLine(read: (key: string, value: string, from: number, to: number) => void): void {
    const body = this.#body;
    for (let from = 0, to = 0; from < body.length; from = to) {
      const at = body.indexOf(" = ", from);
      const found = body.indexOf(this.#eol, at);
      const end = found === -1 ? body.length : found;
      to = Math.min(end + this.#eol.length, body.length);
      read(body.slice(from, at), body.slice(at + 3, end), from, to);
    }
  }
}

function timesIn(text: string, part: string): number {
  let times = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length))
    times += 1;
  return times;
}
