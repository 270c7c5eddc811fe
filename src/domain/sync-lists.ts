import { byByteOrder } from "./byte-order.ts";
import type { ProfileEdit } from "./profile-edit.ts";
import type { Conflict } from "./sync-conflict.ts";

/** Every list is sorted by name in byte order. */
export interface SyncPlan {
  readonly created: readonly string[];
  /** Adopted ones, too. */
  readonly updated: readonly string[];
  readonly unchanged: readonly string[];
  /** Their other changes, if any, come with the new name. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly pruned: readonly string[];
  /** Profiles of ssox whose role is no longer assigned, and that stay. */
  readonly stale: readonly string[];
  readonly conflicts: readonly Conflict[];
  /** For the created, the updated and the renamed ones, under the name that they had. */
  readonly edits: readonly ProfileEdit[];
}

/** The plans of several sessions as one, which may be that of none. */
export function joinPlans(plans: readonly SyncPlan[]): SyncPlan {
  const all = <T>(list: (plan: SyncPlan) => readonly T[], name: (item: T) => string) =>
    plans.flatMap(list).sort((a, b) => byByteOrder(name(a), name(b)));
  const names = (list: (plan: SyncPlan) => readonly string[]) => all(list, (name) => name);
  return {
    created: names(({ created }) => created),
    updated: names(({ updated }) => updated),
    unchanged: names(({ unchanged }) => unchanged),
    renamed: all(
      ({ renamed }) => renamed,
      ({ from }) => from,
    ),
    pruned: names(({ pruned }) => pruned),
    stale: names(({ stale }) => stale),
    conflicts: all(
      ({ conflicts }) => conflicts,
      ({ name }) => name,
    ),
    edits: all(
      ({ edits }) => edits,
      ({ name }) => name,
    ),
  };
}
