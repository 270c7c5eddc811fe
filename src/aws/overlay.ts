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
import { parseJsonObject } from "../domain/json.ts";
import { SsoxError } from "../errors.ts";
import { errnoOf, reasonOf, writeFailed } from "../system/files/errno.ts";
import { makeFolder } from "../system/files/make-folder.ts";
import { isGone, type ProcessIdentity, thisProcess } from "../system/files/process-identity.ts";
import { parseConfigDocument } from "./config-document.ts";

/** The user's config file with one more profile, for the time of one child. */
export interface Overlay {
  readonly file: string;
  /** The added profile: the selected one's settings, without credentials. */
  readonly profile: string;
  /** @returns where it lies now, if the child has changed it all the same; undefined when it is gone */
  remove(): string | undefined;
}

export interface OverlayOptions {
  /** `AWS_CONFIG_FILE`; may be missing. */
  readonly configFile: string;
  /** `AWS_SHARED_CREDENTIALS_FILE`; may be missing. Read for names alone. */
  readonly credentialsFile: string;
  /** The profile whose settings the added one gets. */
  readonly profile: string | undefined;
  /** Takes the place of that profile's region. */
  readonly region: string | undefined;
}

/**
 * Writes a copy of the config file, byte for byte, with a profile added at its
 * end. Read-only: a child that would change it gets an error, where the change
 * would be lost otherwise. Its last line says whose it is.
 *
 * @param folder made when missing; 0700, as the config file may hold keys
 * @throws SsoxError `ConfigInvalid` for a file that cannot be read, `WriteFailed`
 */
export function writeOverlay(folder: string, options: OverlayOptions): Overlay {
  const text = readText(options.configFile);
  const profile = unusedName(text + readText(options.credentialsFile));
  const owner = thisProcess();
  const file = path.join(folder, `exec-${owner.pid}-${randomBytes(6).toString("hex")}.config`);
  const content = withProfile(text, profile, options) + ownerLine(owner);
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

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "";
    throw new SsoxError("ConfigInvalid", `Cannot read ${file}: ${reasonOf(error)}.`, {
      hint: `ls -ld ${file}`,
      cause: error,
    });
  }
}

function unusedName(texts: string): string {
  for (;;) {
    const name = `ssox-exec-${randomBytes(4).toString("hex")}`;
    if (!texts.includes(name)) return name;
  }
}

function withProfile(text: string, name: string, options: OverlayOptions): string {
  const { eol, sections } = parseConfigDocument(text);
  const source = sections.findLast(
    (section) => section.kind === "profile" && section.name === options.profile,
  );
  const kept = (source?.entries ?? [])
    .filter(({ key }) => !isCredential(key) && !(key === "region" && options.region !== undefined))
    .map(({ start, end }) => text.slice(start, end));
  // At the end and not indented: before indented lines it would swallow them.
  if (options.region !== undefined) kept.push(`region = ${options.region}`);
  const lines = [`[profile ${name}]`, ...kept].map((line) => ended(line, eol));
  return (text === "" ? "" : ended(text, eol) + eol) + lines.join("");
}

function ended(text: string, eol: string): string {
  return text.endsWith("\n") ? text : text + eol;
}

/** Every key from which an AWS client takes credentials or an account; ssox's own too. */
const CREDENTIAL_KEYS: ReadonlySet<string> = new Set([
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "aws_security_token",
  "aws_account_id",
  "aws_credential_scope",
  "role_arn",
  "role_session_name",
  "source_profile",
  "credential_source",
  "credential_process",
  "web_identity_token_file",
  "external_id",
  "mfa_serial",
  "duration_seconds",
  "login_session",
]);

function isCredential(key: string): boolean {
  return CREDENTIAL_KEYS.has(key) || key.startsWith("sso_") || key.startsWith("ssox_");
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
