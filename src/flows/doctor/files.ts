import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import type { AwsConfig } from "../../aws/config.ts";
import { type ConfigSection, parseConfigDocument } from "../../aws/config-document.ts";
import { headerText, linesOf } from "../../aws/config-grammar.ts";
import { interpret, settingsOf } from "../../aws/config-model.ts";
import { readAsEach } from "../../aws/readings/readings.ts";
import type { SourceText } from "../../aws/readings/source-text.ts";
import type { Context } from "../../context.ts";
import type { ProfileFiles, ProfileTable } from "../../domain/credential-source.ts";
import type { FileFacts, ProfileFacts, SectionFacts } from "../../domain/findings/facts.ts";
import type { Settings } from "../../domain/prediction/families.ts";
import { predict, type Readings } from "../../domain/prediction/prediction.ts";
import { errnoOf, fileMend, reasonOf } from "../../system/files/errno.ts";
import { isNamedPipe, readNamedPipe } from "../../system/files/named-pipe.ts";
import { absentPrograms, missingPrograms } from "./programs.ts";

/** The two files, however broken they are. */
export interface DoctorFiles {
  readonly config: FileFacts;
  readonly credentials: FileFacts;
  /** Of the config file: what can be made of it, also where AWS clients reject it. */
  readonly model: AwsConfig;
  readonly table: ProfileTable;
  readonly readings: Readings;
  readonly profiles: readonly ProfileFacts[];
}

/**
 * Reads both files as far as they can be read. Never throws for what they hold.
 * @param text what is to stand in the config file, in place of what does
 */
export function readDoctorFiles(
  { paths, env }: Pick<Context, "paths" | "env">,
  text?: string,
): DoctorFiles {
  const config =
    text === undefined
      ? readFile(paths.configFile)
      : ofText(paths.configFile, { text, isUtf8: true });
  const credentials = readFile(paths.credentialsFile);
  const model = interpret(
    paths.configFile,
    parseConfigDocument(withoutMark(config.source?.text ?? "")),
  );
  const readings = readAsEach(
    { config: config.source, credentials: credentials.source },
    { config: env["AWS_CONFIG_FILE"], credentials: env["AWS_SHARED_CREDENTIALS_FILE"] },
  );
  const named = credentialsSections(credentials.facts);
  const table = new Map<string, ProfileFiles>();
  const profiles: ProfileFacts[] = [];
  const absentProgramOf = absentPrograms({ env });
  for (const name of new Set([...model.profiles.keys(), ...named.keys()])) {
    const own = model.profiles.get(name);
    const section = named.get(name);
    const ofConfig = own?.settings ?? NONE;
    const ofCredentials = section === undefined ? NONE : settingsIn(section);
    const settings: Settings = Object.assign(Object.create(null), ofConfig, ofCredentials);
    const prediction = predict(readings, FILES_ALONE, name);
    const both = { settings, config: ofConfig, credentials: ofCredentials };
    table.set(name, both);
    profiles.push({
      name,
      place: own
        ? `${config.facts.path}, line ${own.line}`
        : `${credentials.facts.path}, line ${section?.line ?? 1}`,
      keyPlaces: {
        ...keyPlaces(config.facts, lastNamed(config.facts, name)),
        ...keyPlaces(credentials.facts, section),
      },
      configLines: configLines(lastNamed(config.facts, name), section),
      ...both,
      prediction,
      missingPrograms: missingPrograms(settings["credential_process"] ?? ""),
      absentProgram: absentProgramOf(settings["credential_process"] ?? ""),
    });
  }
  return { config: config.facts, credentials: credentials.facts, model, table, readings, profiles };
}

/** What variables do to a profile is one finding, and not one for each profile. */
const FILES_ALONE = {};

const NONE: Settings = Object.freeze(Object.create(null));

interface ReadFile {
  readonly source: SourceText | undefined;
  readonly facts: FileFacts;
}

function readFile(path: string): ReadFile {
  let bytes: Buffer;
  try {
    bytes = isNamedPipe(path) ? readNamedPipe(path) : readFileSync(path);
  } catch (error) {
    const state = errnoOf(error) === "ENOENT" ? "missing" : "unreadable";
    const [reason, mend] = [reasonOf(error), fileMend(path, error)];
    return { source: undefined, facts: { path, state, reason, mend, sections: [], problems: [] } };
  }
  return ofText(path, { text: bytes.toString("utf8"), isUtf8: isUtf8(bytes) });
}

function ofText(path: string, source: SourceText): ReadFile {
  const { text, sections, problems } = parseConfigDocument(withoutMark(source.text));
  const facts = sections.map((section) => sectionFacts(section, text));
  return { source, facts: { path, state: "read", sections: facts, problems } };
}

/** The file is examined as if the byte order mark were not there, which is told of by itself. */
function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, "");
}

function sectionFacts(section: ConfigSection, text: string): SectionFacts {
  const { kind, name, line, entries, start, bodyEnd } = section;
  const [first] = linesOf(text.slice(start, bodyEnd));
  return { kind, name, header: headerText(first?.text ?? "") ?? name, line, entries };
}

/** There a profile is `[NAME]`, and [profile NAME] is none. */
function credentialsSections({ sections }: FileFacts): ReadonlyMap<string, SectionFacts> {
  const profiles = sections.filter(({ kind, name }) => kind === "other" || name === "default");
  return new Map(profiles.map((section) => [section.header, section]));
}

function settingsIn({ entries }: SectionFacts): Settings {
  return settingsOf({ entries } as ConfigSection);
}

function lastNamed({ sections }: FileFacts, name: string): SectionFacts | undefined {
  return sections.findLast((section) => section.kind === "profile" && section.name === name);
}

function keyPlaces({ path }: FileFacts, section: SectionFacts | undefined): Settings {
  const entries = section?.entries ?? [];
  return Object.fromEntries(entries.map(({ key, line }) => [key, `${path}, line ${line}`]));
}

function configLines(
  section: SectionFacts | undefined,
  beaten: SectionFacts | undefined,
): Readonly<Record<string, number>> {
  const others = new Set(beaten?.entries.map(({ key }) => key));
  const entries = section?.entries.filter(({ key }) => !others.has(key)) ?? [];
  return Object.fromEntries(entries.map(({ key, line }) => [key, line]));
}
