import {
  findProfile,
  findSession,
  type SsoSession,
  selectSession,
  sessionOfProfile,
} from "../aws/config.ts";
import { isRegion } from "../aws/config-session.ts";
import { type AwsProfiles, readAwsProfiles } from "../aws/profiles.ts";
import type { RoleOfSession } from "../aws/role-cache.ts";
import type { Context } from "../context.ts";
import {
  type AssumedRole,
  type CredentialSource,
  planCredentials,
} from "../domain/credential-source.ts";
import { OVERLAY_PROFILE } from "../domain/overlay-profile.ts";
import { roleOfArn } from "../domain/role-arn.ts";
import { shellWord } from "../domain/shell-word.ts";
import { SsoxError } from "../errors.ts";
import { accountCalled } from "./account-called.ts";
import { inventoryForNames } from "./inventory.ts";
import type { MaySignIn } from "./token.ts";

/** Whom a command is to act as, and how the credentials for that come about. */
export interface Target {
  /** The profile that named it; undefined when account and role were given. */
  readonly profile: string | undefined;
  /** The profile's own `region`; never the region of the session. */
  readonly region: string | undefined;
  readonly source: TargetSource;
  /** Assumed one after another, the first one with the credentials of the source. */
  readonly roles: readonly AssumedRole[];
}

/** A role of IAM Identity Center, or what a profile has in its place. */
export type TargetSource =
  | { readonly kind: "sso"; readonly profile: string | undefined; readonly role: RoleOfSession }
  | Exclude<CredentialSource, { kind: "sso" | "ssox" }>;

/** What the command line says: a profile, or an account (an id, or a name) and a role. */
export interface TargetSelection {
  readonly profile?: string;
  readonly account?: string;
  readonly role?: string;
  readonly session?: string;
}

/**
 * Finds the role that is meant: by the selection, else by AWS_PROFILE, else,
 * at a terminal, by asking.
 *
 * @throws SsoxError `Usage`, `UnknownProfile`, `UnknownSession`, `UnknownAccount`, `ConfigInvalid`
 */
export async function resolveTarget(
  selection: TargetSelection,
  maySignIn: MaySignIn,
  context: Context,
): Promise<Target> {
  const profiles = readAwsProfiles(context.paths);
  const { profile, account, role, session } = selection;
  if (profile !== undefined) return targetOfProfile(profiles, profile);
  if (account !== undefined && role !== undefined) {
    const found = selectSession(profiles.config, session);
    const accountId = /^\d{12}$/.test(account)
      ? account
      : accountCalled(account, found, (await inventoryForNames(found, maySignIn, context)).accounts)
          .id;
    return targetOfRole({ session: found, accountId, roleName: role });
  }
  return targetOfEnvironment(profiles, context) ?? (await chosenTarget(profiles, context));
}

function targetOfRole(role: RoleOfSession): Target {
  const source = { kind: "sso", profile: undefined, role } as const;
  return { profile: undefined, region: undefined, source, roles: [] };
}

/** @throws SsoxError `UnknownProfile`, `Usage`, `ConfigInvalid` */
function targetOfProfile(profiles: AwsProfiles, name: string): Target {
  const { settings } = findProfile(profiles.config, name);
  const { source, roles } = planCredentials(profiles.table, name);
  const region = settings["region"];
  return { profile: name, region, source: withSession(source, name, profiles), roles };
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
    hint: "ssox roles lists accounts and roles; name them with --account and --role",
  });
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

/**
 * The profile's own region, for a service of AWS: it becomes part of a host name.
 * A program that is run may have a use for what is none.
 *
 * @throws SsoxError `ConfigInvalid`
 */
function serviceRegionOf({ profile = "", region }: Target): string | undefined {
  if (!region || isRegion(region)) return region || undefined;
  throw new SsoxError(
    "ConfigInvalid",
    `The profile ${JSON.stringify(profile)} has a region that is no name of a region: ${JSON.stringify(region)}.`,
    { hint: `aws configure set region eu-west-1 --profile ${shellWord(profile)}` },
  );
}

/**
 * The region whose STS is asked: one for all hops, as in botocore.
 * @throws SsoxError `ConfigInvalid`
 */
export function stsRegionOf(target: Target, { env }: Context): string {
  const own = serviceRegionOf(target) ?? (env["AWS_REGION"] || env["AWS_DEFAULT_REGION"]);
  // Where nothing names a region, the AWS CLI asks the global endpoint, which is there.
  return own || sessionOf(target)?.region || "us-east-1";
}

/** AWS_PROFILE; inside `ssox exec`, where it names the overlay's profile, the role of that exec. */
function targetOfEnvironment(profiles: AwsProfiles, { env }: Context): Target | undefined {
  const { config } = profiles;
  const name = env["AWS_PROFILE"];
  if (!name) return undefined;
  if (!OVERLAY_PROFILE.test(name) || config.profiles.has(name))
    return targetOfProfile(profiles, name);
  const { SSOX_PROFILE, SSOX_SESSION, SSOX_ACCOUNT_ID: accountId, SSOX_ROLE: roleName } = env;
  if (SSOX_PROFILE) return targetOfProfile(profiles, SSOX_PROFILE);
  if (!SSOX_SESSION || !accountId || !roleName) return targetOfProfile(profiles, name);
  return targetOfRole({ session: findSession(config, SSOX_SESSION), accountId, roleName });
}

async function chosenTarget(profiles: AwsProfiles, { terminal }: Context): Promise<Target> {
  const names = [...profiles.table.keys()].filter((name) => hasCredentials(profiles, name));
  if (!terminal.canAsk || names.length === 0) {
    throw new SsoxError("Usage", "Which role? No profile was named, and AWS_PROFILE is not set.", {
      hint: names[0] === undefined ? "ssox sync-profiles" : `--profile ${shellWord(names[0])}`,
    });
  }
  const choices = names.map((name) => ({ name, value: name }));
  return targetOfProfile(profiles, await terminal.choose("Which profile?", choices));
}

function hasCredentials(profiles: AwsProfiles, name: string): boolean {
  try {
    return targetOfProfile(profiles, name) !== undefined;
  } catch (error) {
    if (error instanceof SsoxError) return false;
    throw error;
  }
}
