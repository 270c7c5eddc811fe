import { randomBytes } from "node:crypto";
import {
  chmodSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { isCredentialKey } from "../domain/credential-keys.ts";
import { parseJsonObject } from "../domain/json.ts";
import { writeFailed } from "../system/files/errno.ts";
import { makeFolder } from "../system/files/make-folder.ts";
import { isGone, type ProcessIdentity, thisProcess } from "../system/files/process-identity.ts";
import { type ConfigSection, parseConfigDocument } from "./config-document.ts";
import { parseOption } from "./config-grammar.ts";
import { readConfigText } from "./config-text.ts";
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
  /** `AWS_CONFIG_FILE`; may be missing. */
  readonly configFile: string;
  /** `AWS_SHARED_CREDENTIALS_FILE`; may be missing. Nothing of it is copied but those settings. */
  readonly credentialsFile: string;
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
 * @throws SsoxError `ConfigInvalid` for a file that cannot be read, `WriteFailed`
 */
export function writeOverlay(folder: string, options: OverlayOptions): Overlay {
  const config = readConfigText(options.configFile);
  const credentials = readConfigText(options.credentialsFile);
  const profile = unusedName(config + credentials);
  const owner = thisProcess();
  const file = path.join(folder, `exec-${owner.pid}-${randomBytes(6).toString("hex")}.config`);
  const content = withProfile(config, credentials, profile, options) + ownerLine(owner);
  try {
    makeFolder(folder);
    if (process.platform !== "win32") chmodSync(folder, 0o700);
    writeFileSync(file, content, { flag: "wx", mode: 0o400 });
  } catch (error) {
    removeFile(file);
    throw writeFailed(file, error);
  }
  return { file, profile, remove: () => removeUnchanged(file, content) };
}

/**
 * Removes the overlays of processes that were killed. Those of another machine
 * or boot, where nobody can tell, stay for 30 days. Never fails.
 *
 * @param now milliseconds since the epoch
 */
export function removeAbandonedOverlays(folder: string, now: number): void {
  for (const name of namesIn(folder)) {
    if (!/^exec-\d+-[0-9a-f]+\.config$/.test(name)) continue;
    const file = path.join(folder, name);
    if (isAbandoned(file, now)) removeFile(file);
  }
}

function unusedName(texts: string): string {
  for (;;) {
    const name = `ssox-exec-${randomBytes(4).toString("hex")}`;
    if (!texts.includes(name)) return name;
  }
}

function withProfile(
  config: string,
  credentials: string,
  name: string,
  options: OverlayOptions,
): string {
  const { region, credentialProcess } = options;
  const { eol, sections } = parseConfigDocument(config);
  const settings = new Map([
    ...settingsIn(config, sections, (section) => isProfile(section, options.profile)),
    ...settingsIn(credentials, parseConfigDocument(credentials).sections, (section) => {
      return section.name === options.profile && isOfCredentialsFile(section);
    }),
  ]);
  if (region !== undefined) settings.set("region", `region = ${region}`);
  if (credentialProcess) {
    settings.set("credential_process", `credential_process = ${credentialProcess(name)}`);
  }
  const text = withoutCredentialsOfAll(config, sections);
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
  text: string,
  sections: readonly ConfigSection[],
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
function withoutCredentialsOfAll(text: string, sections: readonly ConfigSection[]): string {
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

const OWNER_LINE = "# The settings of one `ssox exec`; it removes them. Owner: ";

function ownerLine(owner: ProcessIdentity): string {
  return `${OWNER_LINE}${JSON.stringify(owner)}\n`;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isAbandoned(file: string, now: number): boolean {
  try {
    const owner = ownerOf(readFileSync(file, "utf8"));
    const here = thisProcess();
    if (owner?.bootId === here.bootId && owner.namespace === here.namespace) return isGone(owner);
    return now - statSync(file).mtimeMs > 30 * 24 * 3_600_000;
  } catch {
    // Removed by its owner meanwhile, or another user's.
    return false;
  }
}

function ownerOf(text: string): ProcessIdentity | undefined {
  const at = text.lastIndexOf(OWNER_LINE);
  const json = at === -1 ? undefined : parseJsonObject(text.slice(at + OWNER_LINE.length));
  if (json === undefined) return undefined;
  const { pid, startTime, bootId, namespace } = json;
  const isIdentity =
    typeof pid === "number" &&
    typeof startTime === "string" &&
    typeof bootId === "string" &&
    typeof namespace === "string";
  return isIdentity ? { pid, startTime, bootId, namespace } : undefined;
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

function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It is gone, or the next exec removes it.
  }
}
