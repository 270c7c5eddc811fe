import { heldRole, roleId } from "./profile-edit.ts";
import type { NamedRole } from "./profile-names.ts";
import type { SyncPlan } from "./sync-lists.ts";

/** A role of the session that a plan is for. */
export type PlannedRole = Pick<NamedRole, "accountId" | "roleName">;

/** The part of a plan that is about one role: its new profile under the name that it gets among all, or why it gets none. */
export function planOfRole(plan: SyncPlan, session: string, role: PlannedRole): SyncPlan {
  const edits = plan.edits.filter(({ name, settings }) => {
    return heldRole({ name, settings: Object.fromEntries(settings) }, session) === roleId(role);
  });
  const names = new Set(edits.map(({ name }) => name));
  return {
    created: plan.created.filter((name) => names.has(name)),
    updated: plan.updated.filter((name) => names.has(name)),
    unchanged: [],
    renamed: [],
    pruned: [],
    stale: [],
    conflicts: plan.conflicts.filter(({ accountId, roleName }) => {
      return accountId === role.accountId && roleName === role.roleName;
    }),
    edits,
  };
}
