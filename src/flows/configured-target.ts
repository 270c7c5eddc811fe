import { findProfile, type SsoSession, selectSession, sessionOfProfile } from "../aws/config.ts";
import type { AwsProfiles } from "../aws/profiles.ts";
import type { RoleOfSession } from "../aws/role-cache.ts";
import { profileOfProcess } from "../domain/call-of-ssox.ts";
import { hasKeysAlone } from "../domain/credential-keys.ts";
import {
  type AssumedRole,
  type CredentialSource,
  planCredentials,
} from "../domain/credential-source.ts";
import { processCycle } from "../domain/profile-faults.ts";
import { roleOfArn } from "../domain/role-arn.ts";
import { SsoxError } from "../errors.ts";

/** Whom a command is to act as, and how the credentials for that come about. */
export interface Target {
  /** The profile that named it; undefined when account and role were given. */
  readonly profile: string | undefined;
  /** The profile's own `region`; never the region of the session. */
  readonly region: string | undefined;
  /** A user's long-term keys, which every AWS client finds by the profile's name, and nothing else. */
  readonly hasPlainKeys: boolean;
  readonly source: TargetSource;
  /** Assumed one after another, the first one with the credentials of the source. */
  readonly roles: readonly AssumedRole[];
}

/** A role of IAM Identity Center, or what a profile has in its place. */
export type TargetSource =
  | { readonly kind: "sso"; readonly profile: string | undefined; readonly role: RoleOfSession }
  | Exclude<CredentialSource, { kind: "sso" | "ssox" }>;

/** A role that is named by account and role. */
export function targetOfRole(role: RoleOfSession): Target {
  const source = { kind: "sso", profile: undefined, role } as const;
  return { profile: undefined, region: undefined, hasPlainKeys: false, source, roles: [] };
}

/**
 * Within `ssox exec`, whoever the program is that it has started: its endpoint
 * tells, which the environment names.
 *
 * @param profile the name that the program knows
 * @param region that profile's own
 */
export function targetOfEndpoint(profile: string, region?: string): Target {
  const source = { kind: "named", profile, name: "EcsContainer" } as const;
  return { profile, region, hasPlainKeys: false, source, roles: [] };
}

/** Whom a profile is. @throws SsoxError `UnknownProfile`, `Usage`, `ConfigInvalid` */
export function targetOfProfile(profiles: AwsProfiles, name: string): Target {
  const { settings } = findProfile(profiles.config, name);
  const { source, roles } = planCredentials(profiles.table, name);
  const isPlain = hasKeysAlone(name, settings) && profiles.isReadAlike(name);
  return {
    profile: name,
    region: settings["region"] || undefined,
    hasPlainKeys: source.kind === "keys" && isPlain,
    source: withSession(source, name, profiles),
    roles,
  };
}

/**
 * Whom a profile is to a program that asks ssox for it by `credential_process`.
 *
 * @throws SsoxError as {@link targetOfProfile}; `ConfigInvalid` for one that would call this
 * again, whichever of its settings counts for ssox: the SDK that asks goes by that line
 */
export function targetOfAskedProfile(profiles: AwsProfiles, name: string): Target {
  const line = profiles.table.get(name)?.settings["credential_process"] ?? "";
  if (profileOfProcess(line) === name) throw processCycle([name, name]);
  return targetOfProfile(profiles, name);
}

/** The sign-in that the target's credentials depend on; undefined where they depend on none. */
export function sessionOf({ source }: Target): SsoSession | undefined {
  return source.kind === "sso" ? source.role.session : undefined;
}

/** Account and name of the role at the end of the chain, as far as they are known beforehand. */
export function roleOf(target: Target): { accountId?: string; roleName?: string } {
  const { source, roles } = target;
  const last = roles.at(-1) ?? (source.kind === "web-identity" ? source.role : undefined);
  if (last !== undefined) return roleOfArn(last.roleArn) ?? {};
  return source.kind === "sso" ? source.role : {};
}

/** @param name the profile of the target: what it says of endpoints counts for all hops */
function withSession(
  source: CredentialSource,
  name: string,
  { config }: AwsProfiles,
): TargetSource {
  if (source.kind === "sso") {
    const profile = findProfile(config, source.profile);
    const { accountId, roleName } = profile.sso ?? {};
    if (!accountId || !roleName) throw lacking(source.profile, { accountId, roleName });
    const session = { ...sessionOfProfile(config, profile), profile: name };
    const role = { session, accountId, roleName };
    return { kind: "sso", profile: source.profile, role };
  }
  if (source.kind !== "ssox") return source;
  const { profile, accountId, roleName } = source;
  const session = { ...selectSession(config, source.session), profile: name };
  const role = { session, accountId, roleName };
  return { kind: "sso", profile, role };
}

function lacking(
  name: string,
  sso: { accountId: string | undefined; roleName: string | undefined },
) {
  const key = sso.accountId ? "sso_role_name" : "sso_account_id";
  return new SsoxError("Usage", `The SSO profile ${JSON.stringify(name)} lacks ${key}.`, {
    hint: "name a role with --account and --role; `ssox roles` lists them",
  });
}
