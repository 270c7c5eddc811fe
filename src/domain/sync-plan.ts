import { byByteOrder } from "./byte-order.ts";
import { roleOfLine } from "./credential-process-line.ts";
import type { Inventory } from "./inventory.ts";
import { type NamedRole, profileNames } from "./profile-names.ts";
import type { ProfileTemplate } from "./profile-template.ts";
import type { RoleFilter } from "./role-filter.ts";

/** A profile as it stands in the file. */
export interface ExistingProfile {
  readonly name: string;
  /** Keys in lower case. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface SyncRules {
  readonly session: string;
  readonly template: ProfileTemplate;
  /** Written as `region`; undefined leaves that key alone. */
  readonly region: string | undefined;
  readonly filter: RoleFilter;
  /** The `credential_process` of a role's profile; undefined: the three `sso_` keys in its place. */
  readonly credentialProcess?: (role: { accountId: string; roleName: string }) => string;
}

/** A role that gets no profile, and why. */
export interface Conflict {
  /** The profile's name. */
  readonly name: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly reason: string;
  readonly hint: string;
}

/** A profile that is to have these settings, in the order of writing; what else it has stays. */
export interface ProfileEdit {
  readonly name: string;
  readonly settings: readonly (readonly [key: string, value: string])[];
  /** Keys of ssox's that name the role the other way, and go. */
  readonly removed?: readonly string[];
}

/** Every list is sorted by name in byte order. */
export interface SyncPlan {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly unchanged: readonly string[];
  /** Profiles of ssox whose role is no longer assigned. */
  readonly stale: readonly string[];
  readonly conflicts: readonly Conflict[];
  /** For the created and the updated ones. */
  readonly edits: readonly ProfileEdit[];
}

/**
 * What makes the file hold one profile for each role that the filter lets
 * through. ssox touches profiles that bear its mark for this session
 * (`ssox_managed`), and in them its own keys alone. A profile keeps its name
 * while its role stays the same. A role that is assigned but filtered out
 * keeps the profile that it has.
 */
export function planSync(
  inventory: Inventory,
  profiles: Iterable<ExistingProfile>,
  rules: SyncRules,
): SyncPlan {
  const existing = new Map([...profiles].map((profile) => [profile.name, profile]));
  const managed = [...existing.values()].filter(
    ({ settings }) => settings["ssox_managed"] === rules.session,
  );
  const holders = holdersOf(managed, rules.session);
  const assigned = rolesOf(inventory);
  const wanted = assigned.filter(rules.filter);
  const outcomes = [
    ...wanted.flatMap((role) =>
      (holders.get(idOf(role)) ?? []).map((profile) => amended(profile, role, rules)),
    ),
    ...newProfiles(
      wanted.filter((role) => !holders.has(idOf(role))),
      holders,
      existing,
      rules,
    ),
  ];
  const done = new Set(outcomes.map(({ name }) => name));
  const assignedIds = new Set(assigned.map(idOf));
  const left = managed.filter(({ name }) => !done.has(name));
  return planOf([
    ...outcomes,
    ...left.map((profile): Outcome => {
      const id = heldRole(profile, rules.session);
      return { kind: id && assignedIds.has(id) ? "unchanged" : "stale", name: profile.name };
    }),
  ]);
}

interface Outcome {
  readonly kind: "created" | "updated" | "unchanged" | "stale" | "conflict";
  readonly name: string;
  readonly edit?: ProfileEdit;
  readonly conflict?: Conflict;
}

function rolesOf({ accounts }: Inventory): readonly NamedRole[] {
  return accounts.flatMap(({ id, name, email, roles }) =>
    roles.map((roleName) => ({ accountId: id, accountName: name, email, roleName })),
  );
}

function idOf({ accountId, roleName }: Pick<NamedRole, "accountId" | "roleName">): string {
  return `${accountId} ${roleName}`;
}

/** The role that a profile of ssox is for; undefined when its own keys were taken out or changed. */
function heldRole({ settings }: ExistingProfile, session: string): string | undefined {
  const { sso_session, sso_account_id: accountId, sso_role_name: roleName } = settings;
  if (sso_session === session && accountId && roleName) return idOf({ accountId, roleName });
  const role = roleOfLine(settings["credential_process"] ?? "");
  return role?.session === session ? idOf(role) : undefined;
}

type Holders = ReadonlyMap<string, readonly ExistingProfile[]>;

function holdersOf(managed: readonly ExistingProfile[], session: string): Holders {
  const holders = new Map<string, ExistingProfile[]>();
  for (const profile of managed) {
    const id = heldRole(profile, session);
    if (id !== undefined) holders.set(id, [...(holders.get(id) ?? []), profile]);
  }
  return holders;
}

function amended({ name, settings }: ExistingProfile, role: NamedRole, rules: SyncRules): Outcome {
  const removed = keysToRemove(settings, rules);
  const edit = { name, settings: settingsFor(role, rules), ...(removed.length > 0 && { removed }) };
  const isSame = edit.settings.every(([key, value]) => settings[key] === value);
  return isSame && removed.length === 0
    ? { kind: "unchanged", name }
    : { kind: "updated", name, edit };
}

const SSO_KEYS = ["sso_session", "sso_account_id", "sso_role_name"];

/** With both ways in one profile an SDK would take the `sso_` keys, and find no token. */
function keysToRemove(
  settings: ExistingProfile["settings"],
  { credentialProcess }: SyncRules,
): readonly string[] {
  if (credentialProcess) return SSO_KEYS.filter((key) => settings[key] !== undefined);
  return roleOfLine(settings["credential_process"] ?? "") ? ["credential_process"] : [];
}

function settingsFor(role: NamedRole, rules: SyncRules): ProfileEdit["settings"] {
  const { session, region, credentialProcess } = rules;
  const named: ProfileEdit["settings"] = credentialProcess
    ? [["credential_process", credentialProcess(role)]]
    : [
        ["sso_session", session],
        ["sso_account_id", role.accountId],
        ["sso_role_name", role.roleName],
      ];
  return [
    ...named,
    ...(region === undefined ? [] : [["region", region] as const]),
    ["ssox_managed", session],
  ];
}

function newProfiles(
  roles: readonly NamedRole[],
  holders: Holders,
  existing: ReadonlyMap<string, ExistingProfile>,
  rules: SyncRules,
): readonly Outcome[] {
  const taken = new Set([...holders.values()].flat().map(({ name }) => name));
  const names = profileNames(rules.template, rules.session, roles, taken);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return roles.map((role, index): Outcome => {
    const name = names[index] ?? "";
    const isAlone = !repeated.has(name) && !taken.has(name);
    const conflict = conflictOf(name, role, isAlone, existing.get(name), rules);
    if (conflict) return { kind: "conflict", name, conflict };
    const profile = existing.get(name);
    if (profile) return amended(profile, role, rules);
    return { kind: "created", name, edit: { name, settings: settingsFor(role, rules) } };
  });
}

/** @param existing the profile that has this name already */
function conflictOf(
  name: string,
  role: NamedRole,
  isAlone: boolean,
  existing: ExistingProfile | undefined,
  { session }: SyncRules,
): Conflict | undefined {
  const { accountId, roleName } = role;
  const because = (reason: string, hint: string): Conflict => {
    return { name, accountId, roleName, reason, hint };
  };
  const otherTemplate = "ssox sync-profiles --template '{account_name}.{role_name}.{session}'";
  // From the API reference of IAM; anything else is no answer of AWS.
  if (!/^\d{12}$/.test(accountId) || !/^[\w+=,.@-]{1,64}$/.test(roleName)) {
    return because(
      "the account's id or the role's name is not of the form that AWS gives",
      "ssox roles",
    );
  }
  if (!isAlone) return because("another role gets the same name", otherTemplate);
  const owner = existing?.settings["ssox_managed"];
  if (!existing || owner === session) return undefined;
  return owner
    ? because(`a profile of that name belongs to the session ${owner}`, otherTemplate)
    : because("a profile of that name is there, and ssox did not write it", otherTemplate);
}

function planOf(outcomes: readonly Outcome[]): SyncPlan {
  const sorted = outcomes.toSorted((a, b) => byByteOrder(a.name, b.name));
  const names = (kind: Outcome["kind"]): readonly string[] =>
    sorted.filter((outcome) => outcome.kind === kind).map(({ name }) => name);
  return {
    created: names("created"),
    updated: names("updated"),
    unchanged: names("unchanged"),
    stale: names("stale"),
    conflicts: sorted.flatMap(({ conflict }) => conflict ?? []),
    edits: sorted.flatMap(({ edit }) => edit ?? []),
  };
}
