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
  for (const section of lastOfEach(document, "profile")) {
    const { name, line } = section;
    profiles.set(name, profileOf({ name, line, settings: settingsOf(section) }, sessions));
  }
  return { file, document, sessions, legacySessions: legacySessionsOf(profiles), profiles };
}

/** The keys of a section but nested blocks; without a prototype, for keys come from elsewhere. */
export function settingsOf(section: ConfigSection): Readonly<Record<string, string>> {
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
  for (const section of document.sections.filter((each) => each.kind === kind)) {
    last.set(section.name, section);
  }
  return [...last.values()].toSorted((a, b) => a.start - b.start);
}

const SSO_KEYS = ["sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region"];

/** What the keys of a profile mean, wherever they stand. */
export function profileOf(
  { name, line, settings }: Pick<AwsProfile, "name" | "line" | "settings">,
  sessions: ReadonlyMap<string, SsoSession>,
): AwsProfile {
  const managedBy = settings["ssox_managed"] || undefined;
  if (!SSO_KEYS.some((key) => settings[key])) {
    const sso = managedBy === undefined ? undefined : ssoOfLine(settings, managedBy, sessions);
    return { name, line, settings, sso, managedBy };
  }
  const sessionName = settings["sso_session"];
  const accountId = settings["sso_account_id"];
  const roleName = settings["sso_role_name"];
  const sso: ProfileSso = {
    session: sessionName ? sessions.get(sessionName) : buildLegacySession(settings),
    ...(sessionName && { sessionName }),
    ...(accountId && { accountId }),
    ...(roleName && { roleName }),
  };
  return { name, line, settings, sso, managedBy };
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
