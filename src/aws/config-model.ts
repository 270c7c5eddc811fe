import { roleOfLine } from "../domain/credential-process-line.ts";
import type { ConfigDocument, ConfigSection } from "./config-document.ts";
import { buildLegacySession, buildSession, type SsoSession } from "./config-session.ts";

/** What makes a profile one of IAM Identity Center. */
export interface ProfileSso {
  /** Undefined when the session is not defined, or lacks a key: `sessionOfProfile` tells why. */
  readonly session: SsoSession | undefined;
  /** `sso_session`; undefined for the old form. */
  readonly sessionName?: string;
  /** `sso_account_id` */
  readonly accountId?: string;
  /** `sso_role_name` */
  readonly roleName?: string;
}

export interface AwsProfile {
  readonly name: string;
  readonly line: number;
  /** Every key but nested blocks; without a prototype. */
  readonly settings: Readonly<Record<string, string>>;
  /** Undefined for a profile without any of the SSO keys, and without the line that ssox writes in their place. */
  readonly sso: ProfileSso | undefined;
  /** `ssox_managed`: the session for which ssox wrote this profile. */
  readonly managedBy: string | undefined;
}

export interface AwsConfig {
  readonly file: string;
  readonly document: ConfigDocument;
  /** The `[sso-session]` sections that have all that is needed. */
  readonly sessions: ReadonlyMap<string, SsoSession>;
  /** Sessions of old-form profiles, by start URL. Two regions for one start URL make none. */
  readonly legacySessions: ReadonlyMap<string, SsoSession>;
  /** In the order of the file. */
  readonly profiles: ReadonlyMap<string, AwsProfile>;
}

/** What the sections of a document mean. */
export function interpret(file: string, document: ConfigDocument): AwsConfig {
  const sessions = new Map<string, SsoSession>();
  for (const section of lastOfEach(document, "sso-session")) {
    const session = buildSession(section.name, settingsOf(section));
    if (session) sessions.set(section.name, session);
  }
  const profiles = new Map<string, AwsProfile>();
  for (const section of document.sections) {
    if (section.kind !== "profile") continue;
    const { name, line } = section;
    // The last of a name counts, and takes its own place in the order, too.
    profiles.delete(name);
    profiles.set(name, new Profile(name, line, () => settingsOf(section), sessions));
  }
  let legacySessions: ReadonlyMap<string, SsoSession> | undefined;
  return {
    file,
    document,
    sessions,
    get legacySessions() {
      legacySessions ??= legacySessionsOf(profiles);
      return legacySessions;
    },
    profiles,
  };
}

/** The keys of a section but nested blocks; without a prototype, for keys come from elsewhere. */
export function settingsOf(section: ConfigSection): Readonly<Record<string, string>> {
  if (section.settings) return section.settings;
  const settings: Record<string, string> = Object.create(null);
  for (const { key, value, nested } of section.entries) if (!nested) settings[key] = value;
  return settings;
}

/** Of sections with one name the last counts, as it does to botocore. */
export function lastOfEach(
  document: ConfigDocument,
  kind: ConfigSection["kind"],
): readonly ConfigSection[] {
  const last = new Map<string, ConfigSection>();
  for (const section of document.sections) {
    if (section.kind !== kind) continue;
    // The later one takes its own place in the order, too.
    if (last.has(section.name)) last.delete(section.name);
    last.set(section.name, section);
  }
  return [...last.values()];
}

const SSO_KEYS = ["sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region"];

/** What the keys of a profile mean, wherever they stand. */
export function profileOf(
  { name, line, settings }: Pick<AwsProfile, "name" | "line" | "settings">,
  sessions: ReadonlyMap<string, SsoSession>,
): AwsProfile {
  return new Profile(name, line, () => settings, sessions);
}

/** Looked into when it is asked: of thousands few commands want more than one. */
class Profile implements AwsProfile {
  readonly name: string;
  readonly line: number;
  readonly #read: () => AwsProfile["settings"];
  readonly #sessions: ReadonlyMap<string, SsoSession>;
  #settings: AwsProfile["settings"] | undefined;
  #sso: { readonly found: ProfileSso | undefined } | undefined;

  constructor(
    name: string,
    line: number,
    read: () => AwsProfile["settings"],
    sessions: ReadonlyMap<string, SsoSession>,
  ) {
    this.name = name;
    this.line = line;
    this.#read = read;
    this.#sessions = sessions;
  }

  get settings(): AwsProfile["settings"] {
    this.#settings ??= this.#read();
    return this.#settings;
  }

  get sso(): ProfileSso | undefined {
    this.#sso ??= { found: ssoOf(this, this.#sessions) };
    return this.#sso.found;
  }

  get managedBy(): string | undefined {
    return this.settings["ssox_managed"] || undefined;
  }
}

function ssoOf(
  { settings, managedBy }: Pick<AwsProfile, "settings" | "managedBy">,
  sessions: ReadonlyMap<string, SsoSession>,
): ProfileSso | undefined {
  if (!SSO_KEYS.some((key) => settings[key])) {
    return managedBy === undefined ? undefined : ssoOfLine(settings, managedBy, sessions);
  }
  const sessionName = settings["sso_session"];
  const accountId = settings["sso_account_id"];
  const roleName = settings["sso_role_name"];
  return {
    session: sessionName ? sessions.get(sessionName) : buildLegacySession(settings),
    ...(sessionName && { sessionName }),
    ...(accountId && { accountId }),
    ...(roleName && { roleName }),
  };
}

/** A profile that ssox wrote for a session whose secrets lie in the keychain. */
function ssoOfLine(
  settings: AwsProfile["settings"],
  managedBy: string,
  sessions: ReadonlyMap<string, SsoSession>,
): ProfileSso | undefined {
  const role = roleOfLine(settings["credential_process"] ?? "");
  if (role?.session !== managedBy) return undefined;
  const { accountId, roleName } = role;
  return { session: sessions.get(managedBy), sessionName: managedBy, accountId, roleName };
}

function legacySessionsOf(profiles: ReadonlyMap<string, AwsProfile>): Map<string, SsoSession> {
  const sessions = new Map<string, SsoSession>();
  const ambiguous = new Set<string>();
  for (const { sso } of profiles.values()) {
    const session = sso?.session;
    if (session?.kind !== "legacy") continue;
    const other = sessions.get(session.startUrl);
    if (other && other.region !== session.region) ambiguous.add(session.startUrl);
    sessions.set(session.startUrl, session);
  }
  for (const startUrl of ambiguous) sessions.delete(startUrl);
  return sessions;
}
