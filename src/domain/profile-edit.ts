import { roleOfLine } from "./credential-process-line.ts";
import type { NamedRole } from "./profile-names.ts";

/** A profile as it stands in the file. */
export interface ExistingProfile {
  readonly name: string;
  /** Keys in lower case. */
  readonly settings: Readonly<Record<string, string>>;
}

/** How a profile names its role: by the three `sso_` keys, or by a `credential_process` of ssox's. */
export type ProfileForm = "sso-keys" | "credential-process";

export interface ProfileRules {
  readonly session: string;
  /** Written as `region`, but where the profile has `ssox_keep = region`; undefined leaves that key alone. */
  readonly region: string | undefined;
  /** Undefined: a profile keeps the form that it has, and a new one gets the `sso_` keys. */
  readonly form: ProfileForm | undefined;
  /** The value of `credential_process` for a role. */
  readonly credentialProcess: (role: { accountId: string; roleName: string }) => string;
}

/** A profile that is to have these settings, in the order of writing; what else it has stays. */
export interface ProfileEdit {
  readonly name: string;
  readonly settings: readonly (readonly [key: string, value: string])[];
  /** Keys that name the role the other way, and go: ssox's, and of an adopted profile those of the old form. */
  readonly removed?: readonly string[];
  /** What it is called from now on. */
  readonly newName?: string;
}

/** What tells one role of a session from all others. */
export function roleId({ accountId, roleName }: Pick<NamedRole, "accountId" | "roleName">): string {
  return `${accountId} ${roleName}`;
}

/** The role that a profile names for this session; undefined when it names none, or not wholly. */
export function heldRole({ settings }: ExistingProfile, session: string): string | undefined {
  const { sso_session, sso_account_id: accountId, sso_role_name: roleName } = settings;
  if (sso_session === session && accountId && roleName) return roleId({ accountId, roleName });
  const role = roleOfLine(settings["credential_process"] ?? "");
  return role?.session === session ? roleId(role) : undefined;
}

/** True for a profile that names start URL and region itself, in place of an `[sso-session]`. */
export function isOldForm({ settings }: Pick<ExistingProfile, "settings">): boolean {
  return settings["sso_session"] === undefined && settings["sso_start_url"] !== undefined;
}

/** What makes that profile, or a new one of that name, the role's; undefined when it is already. */
export function profileEdit(
  name: string,
  settings: ExistingProfile["settings"],
  role: NamedRole,
  rules: ProfileRules,
): ProfileEdit | undefined {
  const form = rules.form ?? formOf(settings);
  if (form === "sso-keys" && isAsWanted(settings, role, rules)) return undefined;
  const wanted = settingsFor(role, form, rules, settings);
  const removed = keysOfOtherForm(settings, form);
  if (removed.length === 0 && wanted.every(([key, value]) => settings[key] === value)) {
    return undefined;
  }
  return { name, settings: wanted, ...(removed.length > 0 && { removed }) };
}

/** The profiles as they are once edits are made. */
export function profilesAfter(
  profiles: Iterable<ExistingProfile>,
  edits: readonly ProfileEdit[],
  gone: readonly string[],
): readonly ExistingProfile[] {
  const after = new Map([...profiles].map((profile) => [profile.name, profile]));
  for (const name of gone) after.delete(name);
  const edited = edits.map(({ name, newName, settings, removed = [] }): ExistingProfile => {
    const kept = Object.entries(after.get(name)?.settings ?? {}).filter(
      ([key]) => !removed.includes(key),
    );
    return { name: newName ?? name, settings: Object.fromEntries([...kept, ...settings]) };
  });
  for (const { name, newName } of edits) if (newName !== undefined) after.delete(name);
  for (const profile of edited) after.set(profile.name, profile);
  return [...after.values()];
}

const SSO_KEYS = ["sso_session", "sso_account_id", "sso_role_name"];
const OLD_KEYS = ["sso_start_url", "sso_region"];
/** With the value `region`: ssox leaves the profile's own region alone. */
const KEEP = "ssox_keep";

function formOf(settings: ExistingProfile["settings"]): ProfileForm {
  const isNamedByKeys = SSO_KEYS.some((key) => settings[key] !== undefined);
  const isOurs = roleOfLine(settings["credential_process"] ?? "") !== undefined;
  return isOurs && !isNamedByKeys ? "credential-process" : "sso-keys";
}

/** With both ways in one profile each SDK would take another, and some reject the old keys beside a session. */
function keysOfOtherForm(settings: ExistingProfile["settings"], form: ProfileForm): string[] {
  const isAdopted = settings["ssox_managed"] === undefined && isOldForm({ settings });
  const old = isAdopted ? OLD_KEYS : [];
  const others =
    form === "credential-process"
      ? [...SSO_KEYS, ...old]
      : roleOfLine(settings["credential_process"] ?? "")
        ? ["credential_process", ...old]
        : old;
  return others.filter((key) => settings[key] !== undefined);
}

/** What most profiles are: by the `sso_` keys the role's, with nothing to add. */
function isAsWanted(
  settings: ExistingProfile["settings"],
  { accountId, roleName }: NamedRole,
  { session, region }: ProfileRules,
): boolean {
  return (
    settings["sso_session"] === session &&
    settings["sso_account_id"] === accountId &&
    settings["sso_role_name"] === roleName &&
    settings["ssox_managed"] === session &&
    settings["credential_process"] === undefined &&
    (region === undefined || settings["region"] === region)
  );
}

function settingsFor(
  role: NamedRole,
  form: ProfileForm,
  { session, region, credentialProcess }: ProfileRules,
  settings: ExistingProfile["settings"],
): ProfileEdit["settings"] {
  // The user's, who had the profile before ssox did: what says so stays for later runs.
  const adoptsRegion = settings["ssox_managed"] === undefined && settings["region"] !== undefined;
  const keepsRegion = adoptsRegion || settings[KEEP] === "region";
  const named: ProfileEdit["settings"] =
    form === "credential-process"
      ? [["credential_process", credentialProcess(role)]]
      : [
          ["sso_session", session],
          ["sso_account_id", role.accountId],
          ["sso_role_name", role.roleName],
        ];
  return [
    ...named,
    ...(region === undefined || keepsRegion ? [] : [["region", region] as const]),
    ...(adoptsRegion ? [[KEEP, "region"] as const] : []),
    ["ssox_managed", session],
  ];
}
