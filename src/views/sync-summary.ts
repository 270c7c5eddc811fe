import type { Conflict } from "../domain/sync-conflict.ts";
import type { SyncPlan } from "../domain/sync-lists.ts";
import { printableLine } from "./printable.ts";

/** `147 created, 3 updated, 0 unchanged`, and what else there is. */
export function syncSummary(plan: SyncPlan): string {
  const { created, updated, unchanged, renamed, pruned, stale, conflicts } = plan;
  const some = (items: readonly unknown[], noun: string): readonly string[] =>
    items.length > 0 ? [`${items.length} ${noun}`] : [];
  return [
    `${created.length} created`,
    `${updated.length} updated`,
    `${unchanged.length} unchanged`,
    ...some(renamed, "renamed"),
    ...some(pruned, "pruned"),
    ...some(stale, "stale"),
    ...some(conflicts, conflicts.length === 1 ? "conflict" : "conflicts"),
  ].join(", ");
}

/** Whether the file is other than it should be. Conflicts are the user's own choice. */
export function isDrift({ created, updated, renamed, pruned, stale }: SyncPlan): boolean {
  return [created, updated, renamed, pruned, stale].some(({ length }) => length > 0);
}

/** Profiles whose role is gone and roles that got no profile, each on a line, and what mends them once; empty when there are none. */
export function syncNotices({ stale, conflicts }: SyncPlan): readonly string[] {
  const byHint = new Map<string, Conflict[]>();
  for (const conflict of conflicts) {
    const same = byHint.get(conflict.hint);
    if (same) same.push(conflict);
    else byHint.set(conflict.hint, [conflict]);
  }
  return [
    ...stale.map((name) => {
      return `stale: ${printableLine(name)} stays, but its role is no longer assigned to you`;
    }),
    ...[...byHint].map(([hint, some]) => {
      const lines = some.map(conflictLine).join("\n");
      return `${lines}\n  → ${printableLine(hint)}`;
    }),
  ];
}

function conflictLine({ name, accountId, roleName, reason }: Conflict): string {
  const role = accountId && roleName ? ` (${accountId} ${roleName})` : "";
  return printableLine(`conflict: ${name}${role}: ${reason}`);
}

/** The lines of the file that AWS clients read in different ways. */
export function problemNotices({
  file,
  problems,
}: {
  readonly file: string;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}): readonly string[] {
  return problems.map(({ line, message }) => printableLine(`${file}, line ${line}: ${message}`));
}
