import type { AdoptingSession } from "./adoptable-role.ts";
import { byByteOrder } from "./byte-order.ts";
import { isLineOfSsox } from "./credential-process-line.ts";
import type { Inventory } from "./inventory.ts";
import {
  type ExistingProfile,
  heldRole,
  type ProfileEdit,
  type ProfileRules,
  profileEdit,
  roleId,
} from "./profile-edit.ts";
import { type FateRules, fatesOf } from "./profile-fates.ts";
import { adopt, type Holders, holdersOf } from "./profile-holders.ts";
import { possibleMoves } from "./profile-moves.ts";
import { type NamedRole, profileNames } from "./profile-names.ts";
import { type Reference, referencesIn } from "./profile-references.ts";
import type { ProfileTemplate } from "./profile-template.ts";
import type { RoleFilter } from "./role-filter.ts";
import {
  type Conflict,
  conflictOf,
  defaultConflict,
  isAwsRole,
  neededConflict,
  secretsConflict,
} from "./sync-conflict.ts";
import type { SyncPlan } from "./sync-lists.ts";

export interface SyncRules extends ProfileRules, FateRules, AdoptingSession {
  readonly template: ProfileTemplate;
  readonly filter: RoleFilter;
  /** A profile of the user's that names a role becomes ssox's, under its own name. */
  readonly adopt: boolean;
  /** Profiles get the name that they would get if they were new. */
  readonly rename: boolean;
  /** Names that mean something in the credentials file, whose keys beat these. */
  readonly reserved: ReadonlySet<string>;
}

/** What was listed. */
export interface ListedRoles extends Inventory {
  /** Ids of accounts that are assigned, but whose roles are not known. */
  readonly unlisted?: ReadonlySet<string>;
}

/**
 * What makes the file hold one profile for each role that the filter lets
 * through. ssox touches profiles that bear its mark for this session
 * (`ssox_managed`), and in them its own keys alone. A profile keeps its name
 * while its role stays the same. A role that is assigned but filtered out
 * keeps the profile that it has.
 */
export function planSync(
  inventory: ListedRoles,
  profiles: Iterable<ExistingProfile>,
  rules: SyncRules,
): SyncPlan {
  const assigned = rolesOf(inventory);
  const all = [...profiles];
  const references = [...referencesIn(all), ...rules.references];
  const fates = fatesOf(all, mayBeAssigned(assigned, inventory), { ...rules, references });
  // The names of those that go are free.
  const kept = all.filter(({ name }) => fates.get(name)?.kind !== "pruned");
  const existing = new Map(kept.map((profile) => [profile.name, profile]));
  const managed = kept.filter(({ name }) => fates.has(name));
  const wanted = assigned.filter(rules.filter);
  const holders = holdersOf(managed, rules.session);
  if (rules.adopt) adopt(holders, wanted, existing, rules);
  const needed = new Map(
    references.filter(({ by }) => fates.get(by)?.kind !== "pruned").map((each) => [each.to, each]),
  );
  const scene: Scene = { existing, holders, needed, rules };
  const held = heldOutcomes(scene, wanted);
  const outcomes = [...held, ...newOutcomes(scene, wanted, held)];
  const done = new Set(outcomes.flatMap(({ kind, name }) => (kind === "conflict" ? [] : name)));
  // What goes may make room for a new profile of its name.
  const left = [...fates].filter(([name, { kind }]) => kind === "pruned" || !done.has(name));
  return planOf([...outcomes, ...left.map(([name, fate]): Outcome => ({ ...fate, name }))]);
}

/** A role that is listed, or of an account whose roles are not known. */
function mayBeAssigned(
  assigned: readonly NamedRole[],
  { unlisted = new Set() }: ListedRoles,
): (role: string) => boolean {
  const ids = new Set(assigned.map(roleId));
  return (id) => ids.has(id) || unlisted.has(id.slice(0, id.indexOf(" ")));
}

interface Scene {
  readonly existing: ReadonlyMap<string, ExistingProfile>;
  readonly holders: Holders;
  /** By name what has its credentials from that profile. */
  readonly needed: ReadonlyMap<string, Reference>;
  readonly rules: SyncRules;
}

interface Outcome {
  readonly kind: "created" | "updated" | "unchanged" | "renamed" | "pruned" | "stale" | "conflict";
  /** The profile's, or of a role without one the name that it cannot get. */
  readonly name: string;
  readonly edit?: ProfileEdit | undefined;
  readonly conflict?: Conflict;
}

function rolesOf({ accounts }: Inventory): readonly NamedRole[] {
  return accounts.flatMap(({ id, name, email, roles }) =>
    roles.map((roleName) => ({ accountId: id, accountName: name, email, roleName })),
  );
}

function heldOutcomes(
  { existing, holders, needed, rules }: Scene,
  wanted: readonly NamedRole[],
): readonly Outcome[] {
  const held = wanted.filter((role) => holders.has(roleId(role)));
  const names = rules.rename ? todaysNames(wanted, holders, rules) : new Map<string, string>();
  const isFixed = (name: string) => name === "default" || needed.has(name);
  const moves = (rules.rename ? held : []).flatMap((role) => {
    // Of several profiles for one role one gets today's name, and the others keep theirs.
    const all = (holders.get(roleId(role)) ?? []).map(({ name }) => name);
    const from = all.find((name) => !isFixed(name)) ?? all[0];
    const to = names.get(roleId(role));
    return from === undefined || to === undefined || all.includes(to) ? [] : [{ from, to, role }];
  });
  const possible = possibleMoves(
    existing.keys(),
    moves.filter(({ from, to }) => !isFixed(from) && !rules.reserved.has(to)),
  );
  const newNames = new Map(possible.map(({ from, to }) => [from, to]));
  const amended = held.flatMap((role) =>
    (holders.get(roleId(role)) ?? []).map(({ name, settings }): Outcome => {
      const { edit, ...more } = editOf(name, settings, role, rules);
      const newName = newNames.get(name);
      if (edit === undefined && newName === undefined && more.conflict === undefined)
        return { kind: "unchanged", name };
      if (newName !== undefined) {
        const renaming = { ...(edit ?? { name, settings: [] }), newName };
        return { kind: "renamed", name, edit: renaming, ...more };
      }
      return { kind: edit ? "updated" : "unchanged", name, edit, ...more };
    }),
  );
  const stopped = moves.filter(({ from }) => !newNames.has(from));
  return [
    ...amended,
    ...stopped.map(({ from, to, role }): Outcome => {
      const reference = needed.get(from);
      const profile = { ...role, name: from };
      const conflict = reference
        ? neededConflict(profile, reference)
        : from === "default"
          ? defaultConflict(profile)
          : conflictOf(to, role, existing.get(to), rules);
      return { kind: "conflict", name: conflict.name, conflict };
    }),
  ];
}

/** What makes a profile the role's; none where a line of the user's would be taken out for it. */
function editOf(
  name: string,
  settings: ExistingProfile["settings"],
  role: NamedRole,
  rules: SyncRules,
): Pick<Outcome, "edit" | "conflict"> {
  const edit = profileEdit(name, settings, role, rules);
  const line = settings["credential_process"];
  if (!edit || line === undefined || isLineOfSsox(line)) return { edit };
  const touched = [...edit.settings.map(([key]) => key), ...(edit.removed ?? [])];
  if (!touched.includes("credential_process")) return { edit };
  return { conflict: secretsConflict({ ...role, name }) };
}

/** By role the name that it would get today, next to the profiles that keep theirs. */
function todaysNames(
  roles: readonly NamedRole[],
  holders: Holders,
  { template, session, rename }: SyncRules,
): Map<string, string> {
  const ids = new Set(roles.map(roleId));
  const kept = [...holders].flatMap(([id, profiles]) => (rename && ids.has(id) ? [] : profiles));
  const taken = new Set(kept.map(({ name }) => name));
  const names = profileNames(template, session, roles, taken);
  return new Map(roles.map((role, index) => [roleId(role), names[index] ?? ""]));
}

function newOutcomes(
  { existing, holders, rules }: Scene,
  wanted: readonly NamedRole[],
  held: readonly Outcome[],
): readonly Outcome[] {
  const roles = wanted.filter((role) => !holders.has(roleId(role)));
  if (roles.length === 0) return [];
  const names = todaysNames(rules.rename ? wanted : roles, holders, rules);
  const left = new Set(held.flatMap(({ kind, name }) => (kind === "renamed" ? name : [])));
  const used = new Map<string, number>();
  for (const name of names.values()) used.set(name, (used.get(name) ?? 0) + 1);
  return roles.map((role): Outcome => {
    const name = names.get(roleId(role)) ?? "";
    const profile = left.has(name) ? undefined : existing.get(name);
    // One of ssox's without a role of its own: its keys were taken out, and it gets them back.
    const isOurs = profile?.settings["ssox_managed"] === rules.session;
    const isFree = !profile || (isOurs && heldRole(profile, rules.session) === undefined);
    if (!isAwsRole(role) || used.get(name) !== 1 || !isFree || rules.reserved.has(name)) {
      return { kind: "conflict", name, conflict: conflictOf(name, role, profile, rules) };
    }
    const amended = editOf(name, profile?.settings ?? {}, role, rules);
    if (amended.conflict) return { kind: "conflict", name, ...amended };
    return { kind: profile ? "updated" : "created", name, ...amended };
  });
}

function planOf(outcomes: readonly Outcome[]): SyncPlan {
  const sorted = outcomes.toSorted((a, b) => byByteOrder(a.name, b.name));
  const names = (kind: Outcome["kind"]): readonly string[] =>
    sorted.filter((outcome) => outcome.kind === kind).map(({ name }) => name);
  const edits = sorted.flatMap(({ edit }) => edit ?? []);
  return {
    created: names("created"),
    updated: names("updated"),
    unchanged: names("unchanged"),
    renamed: edits.flatMap(({ name, newName }) =>
      newName === undefined ? [] : [{ from: name, to: newName }],
    ),
    pruned: names("pruned"),
    stale: names("stale"),
    conflicts: sorted.flatMap(({ conflict }) => conflict ?? []),
    edits,
  };
}
