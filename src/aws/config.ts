import { didYouMean } from "../domain/did-you-mean.ts";
import { shellWord } from "../domain/shell-word.ts";
import { SsoxError } from "../errors.ts";
import { type ConfigSection, parseConfigDocument } from "./config-document.ts";
import type { Rest } from "./config-managed-section.ts";
import {
  type AwsConfig,
  type AwsProfile,
  interpret,
  lastOfEach,
  settingsOf,
} from "./config-model.ts";
import { type SsoSession, sessionFault } from "./config-session.ts";
import { invalid, readConfigText } from "./config-text.ts";

export type { AwsConfig, AwsProfile } from "./config-model.ts";
export type { SsoSession } from "./config-session.ts";

/**
 * Reads the AWS config file; a missing one is empty. The credentials file,
 * whose keys beat these, is not looked at.
 *
 * @throws SsoxError `ConfigInvalid` for a file that cannot be read, and for one
 * that botocore rejects
 */
export function readAwsConfig(file: string): AwsConfig {
  return parseAwsConfig(file, readConfigText(file));
}

/**
 * What {@link readAwsConfig} makes of a file's text.
 * @param file its name, for errors
 */
export function parseAwsConfig(file: string, text: string): AwsConfig {
  const document = parseConfigDocument(text);
  const fatal = document.problems.find((problem) => problem.fatal);
  if (fatal) throw invalid(file, fatal.line, `${fatal.message}, so the AWS CLI rejects the file`);
  return interpret(file, document);
}

/**
 * What {@link parseAwsConfig} makes of a text without some of its sections.
 * @returns undefined where one of those that are left has the name of one that is not there
 */
export function parseRest(file: string, { text, leftOut }: Rest): AwsConfig | undefined {
  const config = parseAwsConfig(file, text);
  const isShadowed = [...config.profiles.keys()].some((name) => leftOut.has(name));
  return isShadowed ? undefined : config;
}

/**
 * The session of that name; an old-form one is named by its start URL.
 * @throws SsoxError `UnknownSession`; `ConfigInvalid` for a section that lacks something
 */
export function findSession(config: AwsConfig, name: string): SsoSession {
  const found = config.sessions.get(name) ?? config.legacySessions.get(name);
  if (found) return found;
  const section = sectionOf(config, name);
  if (section) throw faultySection(config, section);
  const profiles = legacyProfiles(config).filter(
    ({ settings }) => settings["sso_start_url"] === name,
  );
  const [first] = profiles;
  if (first === undefined) throw unknownSession(config, name);
  throw first.sso?.session ? ambiguous(config, profiles) : faultyProfile(config, first);
}

/**
 * The session that a command is about.
 *
 * @param name what `--session` says. Without it: the only `[sso-session]`, whatever
 * profiles of the old form there are; or, with no such section, the one start
 * URL that all old-form profiles share.
 * @throws SsoxError `Usage` where there is a choice; `UnknownSession`; `ConfigInvalid`
 */
export function selectSession(config: AwsConfig, name: string | undefined): SsoSession {
  if (name !== undefined) return findSession(config, name);
  const names = sessionNames(config);
  const [only] = names;
  if (only === undefined) throw noSession(config);
  if (names.length === 1) return findSession(config, only);
  throw new SsoxError("Usage", `Which session? ${config.file} has ${listed(names)}.`, {
    hint: `--session ${shellWord(only)}`,
  });
}

/** What `--session` may be left to choose from: the `[sso-session]` sections, else the start URLs of old-form profiles. */
export function sessionNames(config: AwsConfig): readonly string[] {
  const sections = sectionNames(config);
  return sections.length > 0 ? sections : legacyNames(config);
}

/** The `[sso-session]` sections and the start URLs of old-form profiles, faulty ones too. */
export function allSessionNames(config: AwsConfig): readonly string[] {
  return [...sectionNames(config), ...legacyNames(config)];
}

function sectionNames(config: AwsConfig): readonly string[] {
  return lastOfEach(config.document, "sso-session").map(({ name }) => name);
}

function legacyNames(config: AwsConfig): readonly string[] {
  const startUrls = legacyProfiles(config).map(({ settings }) => settings["sso_start_url"] ?? "");
  return [...new Set(startUrls)];
}

/**
 * The profile of that name.
 * @throws SsoxError `UnknownProfile`
 */
export function findProfile(config: AwsConfig, name: string): AwsProfile {
  const profile = config.profiles.get(name);
  if (profile) return profile;
  const names = [...config.profiles.keys()];
  const { only, question } = didYouMean(name, names);
  const message = `${config.file} has no profile ${JSON.stringify(name)}.`;
  if (only !== undefined) {
    throw new SsoxError("UnknownProfile", message, { hint: `--profile ${shellWord(only)}` });
  }
  if (names.length === 0) {
    throw new SsoxError("UnknownProfile", message, { hint: "ssox sync-profiles" });
  }
  const others = question === "" ? fewNames(names) : question;
  throw new SsoxError("UnknownProfile", message + others, { hint: "ssox pick" });
}

/** Of more the picker shows the names. */
const FEW = 5;

function fewNames(names: readonly string[]): string {
  if (names.length > FEW) return "";
  const quoted = names.map((name) => JSON.stringify(name)).join(", ");
  return names.length === 1 ? ` The only one is ${quoted}.` : ` There are ${quoted}.`;
}

/**
 * The session of a profile.
 * @throws SsoxError `ConfigInvalid` when the profile has none, or one that lacks something
 */
export function sessionOfProfile(config: AwsConfig, profile: AwsProfile): SsoSession {
  const { sso, name, line } = profile;
  if (sso?.session) return sso.session;
  if (sso?.sessionName === undefined) throw faultyProfile(config, profile);
  if (sectionOf(config, sso.sessionName)) return findSession(config, sso.sessionName);
  const what = `names an [sso-session ${sso.sessionName}] that is not in the file`;
  throw invalid(config.file, line, `the profile ${JSON.stringify(name)} ${what}`);
}

function sectionOf(config: AwsConfig, name: string): ConfigSection | undefined {
  return lastOfEach(config.document, "sso-session").find((section) => section.name === name);
}

function legacyProfiles(config: AwsConfig): readonly AwsProfile[] {
  return [...config.profiles.values()].filter(
    ({ settings }) => settings["sso_start_url"] && !settings["sso_session"],
  );
}

function faultySection(config: AwsConfig, section: ConfigSection): SsoxError {
  const fault = sessionFault(settingsOf(section));
  const line = section.entries.find(({ key }) => key === fault?.key)?.line ?? section.line;
  return invalid(config.file, line, `the session ${section.name} ${fault?.what}`);
}

function faultyProfile(config: AwsConfig, { name, line, sso, settings }: AwsProfile): SsoxError {
  const what = sso ? sessionFault(settings)?.what : "has no sso_session";
  return invalid(config.file, line, `the profile ${JSON.stringify(name)} ${what}`);
}

function ambiguous(config: AwsConfig, profiles: readonly AwsProfile[]): SsoxError {
  const [first, ...others] = profiles;
  const other = others.find(({ sso }) => sso?.session?.region !== first?.sso?.session?.region);
  const what = `the profiles ${JSON.stringify(first?.name)} and ${JSON.stringify(other?.name)} have one sso_start_url and two values of sso_region`;
  return invalid(config.file, other?.line ?? first?.line ?? 1, what);
}

function unknownSession(config: AwsConfig, name: string): SsoxError {
  const sections = lastOfEach(config.document, "sso-session");
  const names = [...sections.map((section) => section.name), ...config.legacySessions.keys()];
  if (names.length === 0) return noSession(config);
  const { only: near = names[0] ?? "" } = didYouMean(name, names);
  const message = `There is no session ${JSON.stringify(name)}. ${config.file} has ${listed(names)}.`;
  return new SsoxError("UnknownSession", message, { hint: `--session ${shellWord(near)}` });
}

/** The error for a file that has no session. */
export function noSession(config: AwsConfig): SsoxError {
  const message = `${config.file} has no [sso-session] section.`;
  return new SsoxError("UnknownSession", message, {
    hint: "ssox login --start-url URL --sso-region REGION",
  });
}

function listed(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
