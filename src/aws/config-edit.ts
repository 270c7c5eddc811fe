import { realpathSync } from "node:fs";
import { writeFileAtomically } from "../system/files/atomic-write.ts";
import { type LockOptions, withLock } from "../system/files/lock.ts";
import { amendSections, type Settings } from "./config-amend.ts";
import type { ConfigDocument } from "./config-document.ts";
import { lastOfEach } from "./config-model.ts";
import { readConfigText } from "./config-text.ts";

/** What `upsertSession` writes. */
export interface SessionEdit {
  readonly name: string;
  readonly startUrl: string;
  readonly region: string;
  /** Undefined: those of the section stay, and a new one gets `sso:account:access`. */
  readonly scopes?: readonly string[] | undefined;
}

/**
 * Amends the `[sso-session]` of that name, or makes it.
 *
 * @returns the new text, to be written with `writeConfig`
 * @throws SsoxError `Usage` for a name or value that not every AWS client could
 * read; `ConfigInvalid`
 */
export function upsertSession(document: ConfigDocument, session: SessionEdit): string {
  const { name, startUrl, region } = session;
  const isNew = !lastOfEach(document, "sso-session").some((section) => section.name === name);
  const scopes = session.scopes ?? (isNew ? ["sso:account:access"] : undefined);
  const settings: Settings = [
    ["sso_start_url", startUrl],
    ["sso_region", region],
    ...(scopes ? [["sso_registration_scopes", scopes.join(",")] as const] : []),
  ];
  return amendSections(document, [{ kind: "sso-session", name, settings }]);
}

/**
 * Replaces the config file, if it still holds the text that the new one was
 * made from. Two programs that both read, plan and write lose nothing of each
 * other's; to `changed` the answer is to read and plan again. Where nothing is
 * new the file is not touched.
 *
 * @param read the text as `readConfigText` gave it
 * @throws SsoxError `WriteFailed`, `FileLocked`, `ConfigInvalid`
 */
export async function writeConfig(
  file: string,
  read: string,
  text: string,
  wait: Pick<LockOptions<never>, "onWait" | "signal"> = {},
): Promise<"written" | "unchanged" | "changed"> {
  if (text === read) return "unchanged";
  const target = targetOf(file);
  return await withLock(`${target}.lock`, wait, async (lock) => {
    if (readConfigText(target) !== read || !lock.isOwn()) return "changed";
    writeFileAtomically(target, text);
    return "written";
  });
}

/** One lock for one file, whichever link leads to it. */
function targetOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    // Not there yet, or a link whose target is not there yet.
    return file;
  }
}
