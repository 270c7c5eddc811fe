import {
  type AwsConfig,
  findProfile,
  findSession,
  readAwsConfig,
  type SsoSession,
  selectSession,
  sessionOfProfile,
} from "../aws/config.ts";
import { isRegion } from "../aws/config-session.ts";
import type { Context } from "../context.ts";
import { OVERLAY_PROFILE } from "../domain/overlay-profile.ts";
import { shellWord } from "../domain/shell-word.ts";
import { SsoxError } from "../errors.ts";
import { accountCalled } from "./account-called.ts";
import { inventoryForNames } from "./inventory.ts";
import type { MaySignIn } from "./token.ts";

/** The role that a command is to act as. */
export interface Target {
  readonly session: SsoSession;
  readonly accountId: string;
  /** The permission set's name. */
  readonly roleName: string;
  /** The profile that named it; undefined when account and role were given. */
  readonly profile: string | undefined;
  /** The profile's own `region`; never the region of the session. */
  readonly region: string | undefined;
}

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
  const config = readAwsConfig(context.paths.configFile);
  const { profile, account, role, session } = selection;
  if (profile !== undefined) return targetOfProfile(config, profile);
  if (account !== undefined && role !== undefined) {
    const found = selectSession(config, session);
    const accountId = /^\d{12}$/.test(account)
      ? account
      : accountCalled(account, found, (await inventoryForNames(found, maySignIn, context)).accounts)
          .id;
    return { session: found, accountId, roleName: role, profile: undefined, region: undefined };
  }
  return targetOfEnvironment(config, context) ?? (await chosenTarget(config, context));
}

/** The role of an SSO profile. @throws SsoxError `UnknownProfile`, `Usage`, `ConfigInvalid` */
function targetOfProfile(config: AwsConfig, name: string): Target {
  const profile = findProfile(config, name);
  const { accountId, roleName } = profile.sso ?? {};
  if (profile.sso === undefined || accountId === undefined || roleName === undefined) {
    throw new SsoxError(
      "Usage",
      `The profile ${JSON.stringify(name)} is no SSO profile: it lacks ${missing(profile.settings)}.`,
      { hint: "ssox roles lists accounts and roles; name them with --account and --role" },
    );
  }
  const session = sessionOfProfile(config, profile);
  const { region } = profile.settings;
  return { session, accountId, roleName, profile: name, region };
}

/**
 * The profile's own region, for a service of AWS: it becomes part of a host name.
 * A program that is run may have a use for what is none.
 *
 * @throws SsoxError `ConfigInvalid`
 */
export function serviceRegionOf({ profile = "", region }: Target): string | undefined {
  if (!region || isRegion(region)) return region || undefined;
  throw new SsoxError(
    "ConfigInvalid",
    `The profile ${JSON.stringify(profile)} has a region that is no name of a region: ${JSON.stringify(region)}.`,
    { hint: `aws configure set region eu-west-1 --profile ${shellWord(profile)}` },
  );
}

/** AWS_PROFILE; inside `ssox exec`, where it names the overlay's profile, the role of that exec. */
function targetOfEnvironment(config: AwsConfig, { env }: Context): Target | undefined {
  const name = env["AWS_PROFILE"];
  if (!name) return undefined;
  if (!OVERLAY_PROFILE.test(name) || config.profiles.has(name))
    return targetOfProfile(config, name);
  const { SSOX_PROFILE, SSOX_SESSION, SSOX_ACCOUNT_ID: accountId, SSOX_ROLE: roleName } = env;
  if (SSOX_PROFILE) return targetOfProfile(config, SSOX_PROFILE);
  if (!SSOX_SESSION || !accountId || !roleName) return targetOfProfile(config, name);
  const session = findSession(config, SSOX_SESSION);
  return { session, accountId, roleName, profile: undefined, region: undefined };
}

async function chosenTarget(config: AwsConfig, { terminal }: Context): Promise<Target> {
  const names = [...config.profiles.values()]
    .filter(({ sso }) => sso?.accountId !== undefined && sso.roleName !== undefined)
    .map(({ name }) => name);
  if (!terminal.canAsk || names.length === 0) {
    throw new SsoxError("Usage", "Which role? No profile was named, and AWS_PROFILE is not set.", {
      hint: names[0] === undefined ? "ssox sync-profiles" : `--profile ${shellWord(names[0])}`,
    });
  }
  const choices = names.map((name) => ({ name, value: name }));
  return targetOfProfile(config, await terminal.choose("Which profile?", choices));
}

function missing(settings: Readonly<Record<string, string>>): string {
  const keys = ["sso_account_id", "sso_role_name"].filter((key) => !settings[key]);
  return keys.length > 0 ? keys.join(" and ") : "sso_session";
}
