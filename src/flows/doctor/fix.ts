import { chmodSync } from "node:fs";
import { parseConfigDocument } from "../../aws/config-document.ts";
import { mendLines } from "../../aws/config-mend.ts";
import { spliced } from "../../aws/config-splice.ts";
import type { Context } from "../../context.ts";
import { byByteOrder } from "../../domain/byte-order.ts";
import { credentialProcessLine } from "../../domain/credential-process-line.ts";
import type { Finding } from "../../domain/findings/finding.ts";
import type { LineMend, Mend } from "../../domain/findings/mend.ts";
import { joinPlans, type SyncPlan } from "../../domain/sync-lists.ts";
import { SsoxError } from "../../errors.ts";
import { type ConfigChange, writeChange } from "../sync-profiles-write.ts";

/** What `--fix` would do. */
export interface PlannedMends {
  readonly change: ConfigChange & { readonly plan: SyncPlan };
  /** Files that are to be the user's alone. */
  readonly modes: readonly string[];
  readonly isNothing: boolean;
}

/** What can safely be mended of what was found. @param text of the config file */
export function plannedMends(
  findings: readonly Finding[],
  text: string,
  context: Pick<Context, "paths" | "processes">,
): PlannedMends {
  const mends = findings.flatMap(({ mend }) => mend ?? []);
  const file = context.paths.configFile;
  const document = parseConfigDocument(text);
  const splices = mendLines(
    document,
    mends.flatMap((mend) => linesOf(mend, context)),
  );
  const touched = new Set(splices.map(({ section }) => section));
  const profiles = document.sections.filter(
    ({ kind, name }) => kind === "profile" && touched.has(name),
  );
  const updated = [...new Set(profiles.map(({ name }) => name))].sort(byByteOrder);
  const after = spliced(text, splices);
  const modes = mends.flatMap((mend) => (mend.kind === "mode" ? [mend.file] : []));
  const plan = { ...joinPlans([]), updated };
  const change = { file, before: text, after, splices, plan };
  return { change, modes, isNothing: splices.length === 0 && modes.length === 0 };
}

/**
 * Writes them: the config file as `sync-profiles` does, whose `--undo` takes it back.
 *
 * @param found what is found wrong with a text of the config file: another
 * program may have changed it since
 * @throws SsoxError `WriteFailed`, `FileLocked`, `ConfigInvalid`
 */
export async function applyMends(
  { change, modes }: PlannedMends,
  found: (text: string) => readonly Finding[],
  context: Context,
): Promise<void> {
  for (const file of modes) restrict(file);
  if (change.splices.length === 0) return;
  await writeChange((text) => plannedMends(found(text), text, context).change, context);
}

function linesOf(mend: Mend, { processes }: Pick<Context, "processes">): readonly LineMend[] {
  if (mend.kind === "lines") return mend.lines;
  if (mend.kind === "mode") return [];
  try {
    const value = credentialProcessLine(processes.program, mend.role);
    return [{ kind: "value", line: mend.line, value }];
  } catch (error) {
    // It lies where no such line can name it: the finding stays.
    if (error instanceof SsoxError) return [];
    throw error;
  }
}

/** One that is not the user's stays as it is, and is found again. */
function restrict(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch {
    // Told by the finding that stays.
  }
}
