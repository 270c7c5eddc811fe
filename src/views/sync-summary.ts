import type { SyncPlan } from "../domain/sync-plan.ts";
import { printableLine } from "./printable.ts";

/** `147 created, 3 updated, 0 unchanged`, and what else there is. */
export function syncSummary({ created, updated, unchanged, stale, conflicts }: SyncPlan): string {
  return [
    `${created.length} created`,
    `${updated.length} updated`,
    `${unchanged.length} unchanged`,
    ...(stale.length > 0 ? [`${stale.length} stale`] : []),
    ...(conflicts.length > 0 ? [count(conflicts.length, "conflict")] : []),
  ].join(", ");
}

/** Profiles whose role is gone and roles that got no profile, each on a line; empty when there are none. */
export function syncNotices({ stale, conflicts }: SyncPlan): readonly string[] {
  return [
    ...stale.map((name) => {
      return `stale: ${printableLine(name)} stays, but its role is no longer assigned to you`;
    }),
    ...conflicts.map(({ name, accountId, roleName, reason, hint }) => {
      const role = printableLine(`${accountId} ${roleName}`);
      return `conflict: ${printableLine(name)} (${role}): ${printableLine(reason)}\n  → ${printableLine(hint)}`;
    }),
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
