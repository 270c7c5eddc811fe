import type { ProfileFiles, ProfileTable } from "../domain/credential-source.ts";
import { SsoxError } from "../errors.ts";
import { type AwsConfig, parseAwsConfig, parseRest } from "./config.ts";
import { type ConfigDocument, type ConfigSection, parseConfigDocument } from "./config-document.ts";
import {
  type ManagedProfile,
  managedProfiles,
  type Rest,
  withoutManagedSections,
} from "./config-managed-section.ts";
import { profileOf, settingsOf } from "./config-model.ts";
import { invalid, readConfigText } from "./config-text.ts";

/** What the config file and the credentials file say together. */
export interface AwsProfiles {
  /** The config file's, in which each profile has the keys of both files. */
  readonly config: AwsConfig;
  /** The credentials file. */
  readonly credentials: ConfigDocument;
  readonly table: ProfileTable;
  /** Whether nothing in the profile's sections, nor in `[DEFAULT]`, is read in another way by some AWS client. */
  isReadAlike(name: string): boolean;
}

interface ProfileFilesPaths {
  readonly configFile: string;
  readonly credentialsFile: string;
}

/**
 * Reads both files as botocore does: a key in the credentials file wins over
 * the same profile's key in the config file. A file that is missing is empty.
 *
 * @param only the profile that is asked for; of those that ssox wrote the others
 * may be left out
 * @throws SsoxError `ConfigInvalid`
 */
export function readAwsProfiles(
  { configFile, credentialsFile }: ProfileFilesPaths,
  { only }: { readonly only?: string } = {},
): AwsProfiles {
  const text = readConfigText(configFile);
  const less = only === undefined ? undefined : withoutManagedSections(text, only);
  const config = (less && parseRest(configFile, less)) ?? parseAwsConfig(configFile, text);
  return withCredentials(config, credentialsFile);
}

/** Both files, with less made of the profiles that ssox wrote than the whole grammar makes. */
export interface SketchedProfiles {
  /** Those that name their role exactly as ssox writes it. The credentials file may have keys for them. */
  readonly managed: readonly ManagedProfile[];
  /** All the others, and of those what the credentials file says. */
  readonly rest: AwsProfiles;
}

/**
 * What {@link readAwsProfiles} reads, sooner, as there are thousands of profiles.
 * @throws SsoxError `ConfigInvalid`
 */
export function sketchAwsProfiles({
  configFile,
  credentialsFile,
}: ProfileFilesPaths): SketchedProfiles {
  const text = readConfigText(configFile);
  const found = managedProfiles(text);
  const config = found && restOf(configFile, found.rest);
  return {
    managed: config ? found.profiles : [],
    rest: withCredentials(config ?? parseAwsConfig(configFile, text), credentialsFile),
  };
}

/** Undefined, too, where something is wrong: the whole text tells in which line. */
function restOf(file: string, rest: Rest): AwsConfig | undefined {
  try {
    return parseRest(file, rest);
  } catch (error) {
    if (error instanceof SsoxError) return undefined;
    throw error;
  }
}

function withCredentials(config: AwsConfig, credentialsFile: string): AwsProfiles {
  const credentialsDocument = readCredentialsFile(credentialsFile);
  const credentials = profilesOf(credentialsDocument);
  const profiles = new Map(config.profiles);
  for (const [name, { line, settings }] of credentials) {
    const known = config.profiles.get(name);
    const merged = Object.assign(Object.create(null), known?.settings, settings);
    const profile = { name, line: known?.line ?? line, settings: merged };
    profiles.set(name, profileOf(profile, config.sessions));
  }
  const table = new Map<string, ProfileFiles>();
  for (const [name, profile] of profiles) {
    table.set(name, {
      // Looked into when it is asked.
      get settings() {
        return profile.settings;
      },
      get config() {
        return config.profiles.get(name)?.settings ?? NONE;
      },
      credentials: credentials.get(name)?.settings ?? NONE,
    });
  }
  return {
    config: withProfiles(config, profiles),
    credentials: credentialsDocument,
    table,
    isReadAlike: (name) =>
      hasNoProblem(config.document, ({ kind, name: its }) => kind === "profile" && its === name) &&
      hasNoProblem(credentialsDocument, (section) => {
        return section.name === name && isOfCredentialsFile(section);
      }),
  };
}

function hasNoProblem(
  { sections, problems }: ConfigDocument,
  isMeant: (section: ConfigSection) => boolean,
): boolean {
  const at = sections.findLastIndex(isMeant);
  const first = sections[at]?.line ?? Number.POSITIVE_INFINITY;
  const next = sections[at + 1]?.line ?? Number.POSITIVE_INFINITY;
  return !problems.some(({ code, line }) => {
    return code === "default-section" || (line >= first && line < next);
  });
}

/** Not by spreading, which would look for the sessions of old-form profiles. */
function withProfiles(config: AwsConfig, profiles: AwsConfig["profiles"]): AwsConfig {
  const { file, document, sessions } = config;
  return {
    file,
    document,
    sessions,
    get legacySessions() {
      return config.legacySessions;
    },
    profiles,
  };
}

const NONE: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

interface CredentialsSection {
  readonly line: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** A profile of the credentials file is `[NAME]`, and `[profile NAME]` is none. */
export function isOfCredentialsFile({ kind, name }: ConfigSection): boolean {
  return kind === "other" || (kind === "profile" && name === "default");
}

function readCredentialsFile(file: string): ConfigDocument {
  const document = parseConfigDocument(readConfigText(file));
  const fatal = document.problems.find((problem) => problem.fatal);
  if (fatal) throw invalid(file, fatal.line, `${fatal.message}, so the AWS CLI rejects the file`);
  return document;
}

function profilesOf({ sections }: ConfigDocument): ReadonlyMap<string, CredentialsSection> {
  const found = new Map<string, CredentialsSection>();
  for (const section of sections) {
    if (!isOfCredentialsFile(section)) continue;
    found.set(section.name, { line: section.line, settings: settingsOf(section) });
  }
  return found;
}
