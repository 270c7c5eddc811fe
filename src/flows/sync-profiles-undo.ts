import { parseAwsConfig } from "../aws/config.ts";
import { amendConfig } from "../aws/config-edit.ts";
import { harmedSection } from "../aws/config-foreign.ts";
import { spliced } from "../aws/config-splice.ts";
import { readConfigText } from "../aws/config-text.ts";
import type { Context } from "../context.ts";
import { type Align, takingBack, textHash } from "../domain/reverse-patch.ts";
import { shellWord } from "../domain/shell-word.ts";
import { joinPlans } from "../domain/sync-lists.ts";
import { SsoxError } from "../errors.ts";
import { type KeptPatch, type UndoPatch, UndoPatches } from "../state/undo-patches.ts";
import { followLinks } from "../system/files/atomic-write.ts";
import type { ConfigChange, SyncResult } from "./sync-profiles-write.ts";

export interface UndoResult extends Omit<SyncResult, "managed" | "problems"> {
  /** When the sync took place that is taken back; milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Takes back what the last sync wrote into the AWS config file. What others
 * edited since stays.
 *
 * @throws SsoxError `Usage` when there is nothing to take back; `ConfigInvalid`,
 * naming the profile, when something was edited that would have to go;
 * `CacheInvalid`, naming the file, when what the sync kept cannot be read;
 * `WriteFailed`, `FileLocked`
 */
export async function undoSync(
  { dryRun }: { readonly dryRun: boolean },
  { paths, signal, terminal }: Context,
): Promise<UndoResult> {
  const file = paths.configFile;
  const { patch, drop } = lastWritten(paths.state, file);
  const align = await alignment();
  const planned = (text: string): UndoResult => {
    const { at, created, updated, renamed, pruned } = patch;
    const back = renamed.map(({ from, to }) => ({ from: to, to: from }));
    const plan = { ...joinPlans([]), created: pruned, updated, renamed: back, pruned: created };
    return { ...takenBack(file, text, patch, align), plan, at };
  };
  if (dryRun) return planned(readConfigText(file));
  const onWait = (): void => terminal.note(`Waiting for another program to write ${file}.`);
  const result = await amendConfig(file, { onWait, signal }, planned);
  drop();
  return result;
}

/**
 * The patch of the last sync that wrote. One that cannot be read is not passed
 * over: another sync would be taken back than the last one.
 *
 * @returns `drop` takes it out, with those behind it, which take nothing back
 * @throws SsoxError `Usage` when there is none; `CacheInvalid`
 */
function lastWritten(stateFolder: string, configFile: string) {
  const now = textHash(readConfigText(configFile));
  const passed: KeptPatch[] = [];
  for (const kept of new UndoPatches(stateFolder, followLinks(configFile)).newestFirst()) {
    const { file, patch } = kept;
    if (patch === undefined) throw damaged(file);
    passed.push(kept);
    // Equal: kept by a sync that was ended before it wrote, or taken back by an undo that was.
    if (patch.before === now) continue;
    const drop = (): void => {
      for (const each of passed) each.drop();
    };
    return { patch, drop };
  }
  throw new SsoxError("Usage", `There is no sync of ${configFile} to take back.`, {
    hint: "ssox sync-profiles --dry-run",
  });
}

function damaged(file: string): SsoxError {
  const message = `${file} says what the last sync wrote, and is damaged or cannot be read, so that nothing is taken back.`;
  return new SsoxError("CacheInvalid", message, {
    hint: `\`rm ${shellWord(file)}\`; then --undo takes back the sync before that one`,
  });
}

function takenBack(file: string, before: string, patch: UndoPatch, align: Align): ConfigChange {
  const { document } = parseAwsConfig(file, before);
  const found = takingBack(patch, before, align);
  if ("changed" in found) throw changedSince(file, found.changed);
  const { splices } = found;
  const harmed = harmedSection(document, splices);
  if (harmed) throw changedSince(file, harmed.name);
  return { file, before, after: spliced(before, splices), splices };
}

function changedSince(file: string, section: string): SsoxError {
  const message = `${JSON.stringify(section)} was edited in ${file} since the last sync, so that cannot be taken back.`;
  return new SsoxError("ConfigInvalid", message, {
    hint: "take that edit back by hand, then `ssox sync-profiles --undo`",
  });
}

/** Aligns the lines of two texts by their hashes. */
export async function alignment(): Promise<Align> {
  const { diffArrays } = await import("diff");
  return (old, now) => {
    const runs: { old: number; now: number; count: number }[] = [];
    let [atOld, atNow] = [0, 0];
    for (const { added, removed, count } of diffArrays([...old], [...now])) {
      if (!added && !removed) runs.push({ old: atOld, now: atNow, count });
      if (!added) atOld += count;
      if (!removed) atNow += count;
    }
    return runs;
  };
}
