import { SsoxError } from "../errors.ts";
import { followLinks, reserveFile } from "../system/files/atomic-write.ts";
import { type LockOptions, withLock } from "../system/files/lock.ts";
import { isPipe } from "../system/files/read-pipe.ts";
import { type Amendment, amendSections } from "./config-amend.ts";
import { type ConfigDocument, parseConfigDocument } from "./config-document.ts";
import { lastOfEach, settingsOf } from "./config-model.ts";
import type { Settings } from "./config-section-edit.ts";
import type { SsoSession } from "./config-session.ts";
import { readConfigText } from "./config-text.ts";

/** What `upsertSession` writes. */
export interface SessionEdit {
  readonly name: string;
  readonly startUrl: string;
  readonly region: string;
  /** Undefined: those of the section stay, and a new one gets `sso:account:access`. */
  readonly scopes?: readonly string[] | undefined;
  /** Further keys of the section; an empty value takes the key out. */
  readonly more?: Settings;
}

/**
 * Amends the `[sso-session]` of that name, or makes it; profiles that repeat what
 * it had get its new start URL and region, too (botocore rejects two values).
 *
 * @returns the new text, to be written with `writeConfig`
 * @throws SsoxError `Usage` for a name or value that not every AWS client could
 * read; `ConfigInvalid`
 */
export function upsertSession(document: ConfigDocument, session: SessionEdit): Amendment {
  const { name, startUrl, region, more = [] } = session;
  const present = lastOfEach(document, "sso-session").find((section) => section.name === name);
  const scopes = session.scopes ?? (present ? undefined : ["sso:account:access"]);
  const place: Settings = [
    ["sso_start_url", startUrl],
    ["sso_region", region],
  ];
  const settings: Settings = [
    ...place,
    ...(scopes ? [["sso_registration_scopes", scopes.join(",")] as const] : []),
    ...more.filter(([, value]) => value !== ""),
  ];
  const removed = more.flatMap(([key, value]) => (value === "" ? [key] : []));
  const before = present ? settingsOf(present) : {};
  const repeating = lastOfEach(document, "profile").flatMap((section) => {
    const written = settingsOf(section);
    const repeated = place.filter(([key]) => before[key] && written[key] === before[key]);
    if (written["sso_session"] !== name || repeated.length === 0) return [];
    return { kind: "profile", name: section.name, settings: repeated } as const;
  });
  const edit = { kind: "sso-session", name, settings, removed } as const;
  return amendSections(document, [edit, ...repeating]);
}

/**
 * Gives `sso_region` its value wherever it stands for that session: in its
 * section and in profiles that repeat the key (botocore rejects two values); in
 * every old-form profile of its start URL.
 *
 * @returns the new text; the old one when the session has another start URL by now
 * @throws SsoxError `ConfigInvalid`
 */
export function setSsoRegion(document: ConfigDocument, session: SsoSession): string {
  const { kind, name, startUrl, region } = session;
  const isLegacy = kind === "legacy";
  const sections = lastOfEach(document, "sso-session").filter((section) => {
    return !isLegacy && section.name === name && settingsOf(section)["sso_start_url"] === startUrl;
  });
  if (!isLegacy && sections.length === 0) return document.text;
  const profiles = lastOfEach(document, "profile").filter((section) => {
    const settings = settingsOf(section);
    if (isLegacy) return !settings["sso_session"] && settings["sso_start_url"] === startUrl;
    return settings["sso_session"] === name && settings["sso_region"] !== undefined;
  });
  const settings: Settings = [["sso_region", region]];
  return amendSections(document, [
    ...sections.map((section) => ({ kind: "sso-session", name: section.name, settings }) as const),
    ...profiles.map((section) => ({ kind: "profile", name: section.name, settings }) as const),
  ]).text;
}

/** A new text of the config file, and how it comes about. */
export interface PlannedConfig {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly splices: Amendment["splices"];
}

/**
 * What would become of the config file, once it is seen that it can be written.
 *
 * @throws SsoxError `WriteFailed`, `ConfigInvalid`
 */
export function planConfig(
  file: string,
  amended: (document: ConfigDocument) => Amendment,
): PlannedConfig {
  const before = readConfigText(file);
  const { text: after, splices } = amended(parseConfigDocument(before));
  if (after !== before) {
    requireNoPipe(file);
    reserveFile(file, Buffer.byteLength(after, "utf8"), { isUsers: true }).discard();
  }
  return { file, before, after, splices };
}

/** The file is amended anew this often when other programs change it in between. */
const ATTEMPTS = 20;

export interface WriteOptions extends Pick<LockOptions<never>, "onWait" | "signal"> {
  /**
   * Called under the lock, before the file is replaced.
   * @returns what takes it back; called when the file is not replaced after all
   */
  readonly prepare?: () => () => void;
}

/**
 * Amends the config file. When another program changed it between reading and
 * writing, `amended` is called again with the new text: nobody loses an edit.
 * Where nothing is new the file is not touched.
 *
 * @param amended makes the new text from the old one, and whatever else goes with it
 * @returns what belongs to the text that was written
 * @throws SsoxError `WriteFailed`, `FileLocked`, `ConfigInvalid`
 */
export async function amendConfig<T extends { readonly after: string }>(
  file: string,
  { prepare, ...wait }: Omit<WriteOptions, "prepare"> & { prepare?: (result: T) => () => void },
  amended: (text: string) => T,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const text = readConfigText(file);
    const result = amended(text);
    const options = { ...wait, ...(prepare && { prepare: () => prepare(result) }) };
    if ((await writeConfig(file, text, result.after, options)) !== "changed") return result;
  }
  throw new SsoxError("FileLocked", `${file} changed ${ATTEMPTS} times while it was amended.`, {
    hint: "end the program that writes it, and run the command again",
  });
}

/**
 * Replaces the config file, if it still holds the text that the new one was
 * made from. Two programs that both read, plan and write lose nothing of each
 * other's; to `changed` the answer is to read and plan again. Where nothing is
 * new the file is not touched. One that is read-only, or whose owner could not
 * be kept, is refused.
 *
 * @param read the text as `readConfigText` gave it
 * @throws SsoxError `WriteFailed`, `FileLocked`, `ConfigInvalid`
 */
export async function writeConfig(
  file: string,
  read: string,
  text: string,
  { prepare, ...wait }: WriteOptions = {},
): Promise<"written" | "unchanged" | "changed"> {
  if (text === read) return "unchanged";
  requireNoPipe(file);
  // One lock for one file, whichever link leads to it.
  const target = followLinks(file);
  return await withLock(`${target}.lock`, wait, async (lock) => {
    // All that takes time comes before the last look at the file.
    const place = reserveFile(target, Buffer.byteLength(text, "utf8"), { isUsers: true });
    let takeBack: (() => void) | undefined;
    try {
      takeBack = prepare?.();
      if (readConfigText(target) === read && lock.isOwn()) {
        place.commit(text);
        takeBack = undefined;
        return "written";
      }
      return "changed";
    } finally {
      place.discard();
      takeBack?.();
    }
  });
}

/** The `<(…)` of a shell: nobody could read what would be written. */
function requireNoPipe(file: string): void {
  if (!isPipe(file)) return;
  const message = `Cannot write ${file}: it is a pipe, which can be read once and holds nothing.`;
  throw new SsoxError("WriteFailed", message, { hint: "set AWS_CONFIG_FILE to a file" });
}
