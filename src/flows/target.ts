import { findSession, selectSession } from "../aws/config.ts";
import { isRegion } from "../aws/config-session.ts";
import { type AwsProfiles, readAwsProfiles } from "../aws/profiles.ts";
import type { Context } from "../context.ts";
import { OVERLAY_PROFILE } from "../domain/overlay-profile.ts";
import { shellWord } from "../domain/shell-word.ts";
import { SsoxError } from "../errors.ts";
import { accountCalled } from "./account-called.ts";
import { chosenEntry } from "./chosen-entry.ts";
import {
  sessionOf,
  type Target,
  targetOfEndpoint,
  targetOfProfile,
  targetOfRole,
} from "./configured-target.ts";
import { inventoryForNames } from "./inventory.ts";
import { chosenSession } from "./sessions.ts";
import type { MaySignIn } from "./token.ts";

export { roleOf, sessionOf, type Target, type TargetSource } from "./configured-target.ts";

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
 * @param profiles what the files say, where the caller has read them
 * @throws SsoxError `Usage`, `UnknownProfile`, `UnknownSession`, `UnknownAccount`, `ConfigInvalid`
 */
export async function resolveTarget(
  selection: TargetSelection,
  maySignIn: MaySignIn,
  context: Context,
  profiles?: AwsProfiles,
): Promise<Target> {
  const named = await namedSelection(selection, maySignIn, context);
  return await targetOf(named, maySignIn, context, profiles ?? readAwsProfiles(context.paths));
}

/**
 * The selection; or, where neither it nor AWS_PROFILE names a role, what the
 * user picks. Nothing is read before that but what the picker shows.
 *
 * @throws SsoxError as {@link chosenEntry}
 */
export async function namedSelection(
  selection: TargetSelection,
  maySignIn: MaySignIn,
  context: Context,
): Promise<TargetSelection> {
  const { profile, account, role } = selection;
  const isNamed = profile !== undefined || (account !== undefined && role !== undefined);
  if (isNamed || context.env["AWS_PROFILE"]) return selection;
  const entry = await chosenEntry(maySignIn, unnamed, context);
  if (entry.profile !== undefined) return { profile: entry.profile };
  return { account: entry.accountId, role: entry.role, session: entry.session };
}

function unnamed(flags?: string): SsoxError {
  const message = "Which role? No profile was named, and AWS_PROFILE is not set.";
  return new SsoxError("Usage", message, { hint: flags ?? "ssox sync-profiles" });
}

async function targetOf(
  selection: TargetSelection,
  maySignIn: MaySignIn,
  context: Context,
  profiles: AwsProfiles,
): Promise<Target> {
  const { profile, account, role, session } = selection;
  if (profile !== undefined) return targetOfProfile(profiles, profile);
  if (account !== undefined && role !== undefined) {
    // Who never signs in never asks, either: an SDK waits for the answer.
    const found =
      maySignIn === "never"
        ? selectSession(profiles.config, session)
        : await chosenSession(session, context);
    const accountId = /^\d{12}$/.test(account)
      ? account
      : accountCalled(account, found, (await inventoryForNames(found, maySignIn, context)).accounts)
          .id;
    return targetOfRole({ session: found, accountId, roleName: role });
  }
  return targetOfEnvironment(profiles, context);
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

/** AWS_PROFILE; inside `ssox exec`, where nobody has changed it, the target of that exec. */
function targetOfEnvironment(profiles: AwsProfiles, { env }: Context): Target {
  const { AWS_PROFILE: name = "", SSOX_PROFILE, SSOX_REGION } = env;
  const isAdded = OVERLAY_PROFILE.test(name) && !profiles.config.profiles.has(name);
  const target = isAdded ? targetOfExec(profiles, name, env) : targetOfProfile(profiles, name);
  const isOfExec = isAdded || name === SSOX_PROFILE;
  return isOfExec && SSOX_REGION ? { ...target, region: SSOX_REGION } : target;
}

/** @param name of the overlay's profile */
function targetOfExec(profiles: AwsProfiles, name: string, env: Context["env"]): Target {
  const { SSOX_PROFILE, SSOX_SESSION, SSOX_ACCOUNT_ID: accountId, SSOX_ROLE: roleName } = env;
  if (SSOX_PROFILE) {
    const target = targetOfProfile(profiles, SSOX_PROFILE);
    return isGoneWithin(target) ? targetOfEndpoint(SSOX_PROFILE, target.region) : target;
  }
  if (!SSOX_SESSION || !accountId || !roleName) return targetOfProfile(profiles, name);
  const session = findSession(profiles.config, SSOX_SESSION);
  return targetOfRole({ session, accountId, roleName });
}

/** What the outer exec took from its environment is not there, and nobody is asked for a code again. */
function isGoneWithin({ source, roles }: Target): boolean {
  return source.kind === "named" || roles.some(({ mfaSerial }) => mfaSerial !== undefined);
}
