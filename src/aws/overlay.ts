import { randomBytes } from "node:crypto";
import { readFileSync, renameSync } from "node:fs";
import { isCredentialKey } from "../domain/credential-keys.ts";
import type { ConfigDocument, ConfigSection } from "./config-document.ts";
import { parseOption } from "./config-grammar.ts";
import { removeAbandoned, removeFile, writeOwned } from "./owned-file.ts";
import { isOfCredentialsFile } from "./profiles.ts";

/** The user's config file with one more profile, for the time of one child. */
export interface Overlay {
  readonly file: string;
  /** The added profile: the selected one's settings that are no credentials. */
  readonly profile: string;
  /** @returns where it lies now, if the child has changed it all the same; undefined when it is gone */
  remove(): string | undefined;
}

export interface OverlayOptions {
  readonly config: ConfigDocument;
  /** Nothing of it is copied but those settings. */
  readonly credentials: ConfigDocument;
  /** The profile whose settings the added one gets: of both files, as botocore merges them. */
  readonly profile: string | undefined;
  /** Takes the place of that profile's region. */
  readonly region: string | undefined;
  /** The line by which the added profile gets its credentials, where no endpoint can give them. */
  readonly credentialProcess?: (profile: string) => string;
}

/**
 * Writes a copy of the config file, byte for byte but for credentials in
 * `[DEFAULT]`, with a profile added at its end. Read-only: a child that would
 * change it gets an error, where the change would be lost otherwise. Its last
 * line says whose it is.
 *
 * @param folder made when missing; 0700, as the config file may hold keys
 * @throws SsoxError `WriteFailed`
 */
export function writeOverlay(folder: string, options: OverlayOptions): Overlay {
  const profile = unusedName(options.config.text + options.credentials.text);
  const { file, text } = writeOwned(folder, withProfile(profile, options));
  return { file, profile, remove: () => removeUnchanged(file, text) };
}

/**
 * Removes the overlays of processes that were killed, as {@link removeAbandoned} does.
 *
 * @param now milliseconds since the epoch
 * @returns the profiles that they had added
 */
export function removeAbandonedOverlays(folder: string, now: number): string[] {
  return removeAbandoned(folder, now).flatMap((text) => {
    return [...text.matchAll(ADDED)].slice(-1).map(([, profile = ""]) => profile);
  });
}

const ADDED = /^\[profile (ssox-exec-[0-9a-f]{8})\]/gm;

function unusedName(texts: string): string {
  for (;;) {
    const name = `ssox-exec-${randomBytes(4).toString("hex")}`;
    if (!texts.includes(name)) return name;
  }
}

function withProfile(name: string, options: OverlayOptions): string {
  const { config, credentials, region, credentialProcess } = options;
  const { eol } = config;
  const settings = new Map([
    ...settingsIn(config, (section) => isProfile(section, options.profile)),
    ...settingsIn(credentials, (section) => {
      return section.name === options.profile && isOfCredentialsFile(section);
    }),
  ]);
  if (region !== undefined) settings.set("region", `region = ${region}`);
  if (credentialProcess) {
    settings.set("credential_process", `credential_process = ${credentialProcess(name)}`);
  }
  const text = withoutCredentialsOfAll(config);
  const lines = [`[profile ${name}]`, ...settings.values()].map((line) => ended(line, eol));
  return (text === "" ? "" : ended(text, eol) + eol) + lines.join("");
}

function isProfile({ kind, name }: ConfigSection, profile: string | undefined): boolean {
  return kind === "profile" && name === profile;
}

/**
 * The settings of a section that are no credentials, as they are written there,
 * by key. None is indented: it would belong to the one before it.
 */
function settingsIn(
  { text, sections }: ConfigDocument,
  isMeant: (section: ConfigSection) => boolean,
): [key: string, lines: string][] {
  const entries = sections.findLast(isMeant)?.entries ?? [];
  return entries.flatMap(({ key, start, end, indent }): [string, string][] => {
    const lines = text.slice(start + indent.length, end);
    return isCredentialKey(key) || hidesCredentials(lines) ? [] : [[key, lines]];
  });
}

/** What is indented below a key is a part of its value for botocore, and a key for the SDK for JavaScript. */
function hidesCredentials(lines: string): boolean {
  const [, ...below] = lines.split(/[\r\n]+/);
  return below.some((line) => isCredentialKey(parseOption(line)?.key.toLowerCase() ?? ""));
}

/** botocore gives the settings of [DEFAULT] to every profile, the added one too. */
function withoutCredentialsOfAll({ text, sections }: ConfigDocument): string {
  const ofAll = sections.filter(({ kind, name }) => kind === "other" && name === "DEFAULT");
  const entries = ofAll.flatMap((section) => section.entries);
  return entries
    .filter(({ key }) => ENOUGH_FOR_BOTOCORE.has(key))
    .reduceRight((kept, { start, end }) => kept.slice(0, start) + kept.slice(end), text);
}

/** Any of these, by itself, makes botocore look for credentials in a profile. */
const ENOUGH_FOR_BOTOCORE: ReadonlySet<string> = new Set([
  "aws_access_key_id",
  "credential_process",
  "login_session",
  "role_arn",
  "sso_account_id",
  "sso_role_name",
  "web_identity_token_file",
]);

function ended(text: string, eol: string): string {
  return text.endsWith("\n") ? text : text + eol;
}

/** No mode of a file keeps root from writing: what was written must not be lost unseen. */
function removeUnchanged(file: string, content: string): string | undefined {
  try {
    if (readFileSync(file, "utf8") !== content) {
      const kept = `${file}.changed`;
      renameSync(file, kept);
      return kept;
    }
  } catch {
    // It is gone already.
  }
  removeFile(file);
  return undefined;
}
