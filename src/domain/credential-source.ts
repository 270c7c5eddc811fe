import { bareName } from "./bare-name.ts";
import { flagValue, isPlainCallOfSsox, profileOfProcess } from "./call-of-ssox.ts";
import { didYouMean } from "./did-you-mean.ts";
import { LONGEST_CHAIN } from "./longest-chain.ts";
import {
  contradiction,
  cycle,
  longChain,
  missingProfile,
  noCredentials,
  processCycle,
  unsupportedLogin,
} from "./profile-faults.ts";
import { shellWord } from "./shell-word.ts";

type Settings = Readonly<Record<string, string>>;

/** One profile, as the config file and the credentials file have it. */
export interface ProfileFiles {
  /** The keys of both; those of the credentials file win. */
  readonly settings: Settings;
  /** Static keys rank by the file that they stand in. */
  readonly config: Settings;
  readonly credentials: Settings;
}

/** Profiles by name. */
export type ProfileTable = ReadonlyMap<string, ProfileFiles>;

/** A role of IAM, and how it is to be assumed. */
export interface AssumedRole {
  /** The profile that says so. */
  readonly profile: string;
  readonly roleArn: string;
  readonly roleSessionName: string | undefined;
  readonly externalId: string | undefined;
  /** `duration_seconds` */
  readonly durationSeconds: number | undefined;
  readonly mfaSerial: string | undefined;
}

/** Where the first credentials of a chain come from. */
export type CredentialSource =
  /** A profile with a role of IAM Identity Center. */
  | { readonly kind: "sso"; readonly profile: string }
  /** A `credential_process` that calls ssox for a role. */
  | {
      readonly kind: "ssox";
      readonly profile: string;
      readonly accountId: string;
      readonly roleName: string;
      readonly session: string | undefined;
    }
  | {
      readonly kind: "keys";
      readonly profile: string;
      readonly file: FileOfKeys;
      /** As they stood there when the file was read. */
      readonly keys: StaticKeys;
    }
  | {
      readonly kind: "process";
      readonly profile: string;
      /** `aws_account_id`, for a process that does not tell it. */
      readonly accountId: string | undefined;
    }
  | { readonly kind: "web-identity"; readonly tokenFile: string; readonly role: AssumedRole }
  | { readonly kind: "named"; readonly profile: string; readonly name: NamedSource };

/** The file that keys stand in: they rank by it. */
export type FileOfKeys = "config" | "credentials";

/** Keys that stand in a file, until somebody changes them there. */
export interface StaticKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly accountId: string | undefined;
}

/** The values of `credential_source` (AWS SDKs and Tools Reference Guide, "Assume role"). */
export type NamedSource = "Environment" | "Ec2InstanceMetadata" | "EcsContainer";

/** Credentials are taken from the source; with them each role is assumed in turn. */
export interface CredentialPlan {
  readonly source: CredentialSource;
  readonly roles: readonly AssumedRole[];
}

/**
 * How a profile's credentials come about. Of several settings in one profile
 * that one counts which counts for botocore and the AWS CLI.
 *
 * @param name must be in the table
 * @throws SsoxError `ConfigInvalid` for settings that contradict each other,
 * lead back to themselves, or on and on; `Usage` for a profile that has no credentials
 */
export function planCredentials(profiles: ProfileTable, name: string): CredentialPlan {
  return planAfter([], name, profiles);
}

/** @param trail the profiles that led to this one */
function planAfter(trail: readonly string[], name: string, profiles: ProfileTable): CredentialPlan {
  const profile = profiles.get(name);
  if (profile === undefined) {
    const parent = trail.at(-1) ?? name;
    const isSource = profiles.get(parent)?.settings["source_profile"] === name;
    throw missingProfile({ parent, name, isSource }, profiles.keys());
  }
  if (trail.length > LONGEST_CHAIN) throw longChain(trail[0] ?? name);
  const { settings } = profile;
  const hasKeys = Boolean(settings["aws_access_key_id"] || settings["aws_secret_access_key"]);
  // A profile may name itself, to assume its role with its own keys.
  if (trail.includes(name) && !(trail.at(-1) === name && hasKeys)) throw cycle([...trail, name]);
  const role = settings["role_arn"];
  const isSourceWithKeys = trail.length > 0 && hasKeys;
  if (!role || settings["web_identity_token_file"] || isSourceWithKeys) {
    return ownPlan(trail, name, profile, profiles);
  }
  const { source, roles } = sourceOfRole(trail, name, settings, profiles);
  return { source, roles: [...roles, assumedRole(name, role, settings)] };
}

function sourceOfRole(
  trail: readonly string[],
  name: string,
  settings: Settings,
  profiles: ProfileTable,
): CredentialPlan {
  const { source_profile: sourceProfile, credential_source: named } = settings;
  if (sourceProfile && named) {
    throw contradiction(
      name,
      "has both source_profile and credential_source",
      "take one of them out of the profile",
    );
  }
  if (sourceProfile) return planAfter([...trail, name], sourceProfile, profiles);
  if (named) {
    return { source: { kind: "named", profile: name, name: namedSource(name, named) }, roles: [] };
  }
  throw contradiction(
    name,
    "has a role_arn, and neither source_profile nor credential_source to assume it with",
    `aws configure set source_profile NAME --profile ${shellWord(name)}`,
  );
}

export const NAMED_SOURCES: readonly NamedSource[] = [
  "Environment",
  "Ec2InstanceMetadata",
  "EcsContainer",
];

function namedSource(profile: string, value: string): NamedSource {
  const found = NAMED_SOURCES.find((name) => name === value);
  if (found) return found;
  const { only = "Environment" } = didYouMean(bareName(value), NAMED_SOURCES);
  throw contradiction(
    profile,
    `has a credential_source that is none: ${JSON.stringify(value)}`,
    `aws configure set credential_source ${only} --profile ${shellWord(profile)}`,
  );
}

/** Credentials that the profile has without a role to assume, in botocore's order of providers. */
function ownPlan(
  trail: readonly string[],
  name: string,
  files: ProfileFiles,
  profiles: ProfileTable,
): CredentialPlan {
  const { settings, config, credentials } = files;
  const alone = (source: CredentialSource): CredentialPlan => ({ source, roles: [] });
  const keysIn = (file: FileOfKeys): CredentialSource => {
    return { kind: "keys", profile: name, file, keys: staticKeys(name, files[file]) };
  };
  if (settings["web_identity_token_file"]) return alone(webIdentity(name, settings));
  if (settings["sso_account_id"] || settings["sso_role_name"]) {
    return alone({ kind: "sso", profile: name });
  }
  if (credentials["aws_access_key_id"]) return alone(keysIn("credentials"));
  if (settings["login_session"]) throw unsupportedLogin(name);
  if (settings["credential_process"]) return processPlan(trail, name, settings, profiles);
  if (config["aws_access_key_id"]) return alone(keysIn("config"));
  throw noCredentials(name, settings, trail.length > 0);
}

function webIdentity(profile: string, settings: Settings): CredentialSource {
  const { role_arn: roleArn, web_identity_token_file: tokenFile = "" } = settings;
  if (roleArn) {
    return { kind: "web-identity", tokenFile, role: assumedRole(profile, roleArn, settings) };
  }
  throw contradiction(
    profile,
    "has a web_identity_token_file and no role_arn",
    `aws configure set role_arn ARN --profile ${shellWord(profile)}`,
  );
}

/**
 * The keys that a profile has in one of the files.
 *
 * @param settings its own of that file
 * @throws SsoxError `ConfigInvalid` where they are not whole
 */
export function staticKeys(profile: string, settings: Settings): StaticKeys {
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = settings;
  if (!accessKeyId || !secretAccessKey) {
    throw contradiction(
      profile,
      accessKeyId
        ? "has an aws_access_key_id and no aws_secret_access_key"
        : "has no aws_access_key_id any more",
      `aws configure --profile ${shellWord(profile)}`,
    );
  }
  const sessionToken = settings["aws_security_token"] || settings["aws_session_token"] || undefined;
  const accountId = settings["aws_account_id"] || undefined;
  return { accessKeyId, secretAccessKey, sessionToken, accountId };
}

/** A call of ssox is answered here and now, with its session and its sign-in. */
function processPlan(
  trail: readonly string[],
  name: string,
  settings: Settings,
  profiles: ProfileTable,
): CredentialPlan {
  const line = settings["credential_process"] ?? "";
  const accountId = settings["aws_account_id"] || undefined;
  const foreign: CredentialPlan = {
    source: { kind: "process", profile: name, accountId },
    roles: [],
  };
  if (!isPlainCallOfSsox(line)) return foreign;
  const other = profileOfProcess(line);
  if (other !== undefined) {
    if ([...trail, name].includes(other)) throw processCycle([...trail, name, other]);
    return planAfter([...trail, name], other, profiles);
  }
  const account = flagValue("account", line);
  const roleName = flagValue("role", line);
  // An account by its name is for the program that is called to find.
  if (!account || !/^\d{12}$/.test(account) || !roleName) return foreign;
  const session = flagValue("session", line);
  return {
    source: { kind: "ssox", profile: name, accountId: account, roleName, session },
    roles: [],
  };
}

function assumedRole(profile: string, roleArn: string, settings: Settings): AssumedRole {
  const seconds = settings["duration_seconds"] ?? "";
  return {
    profile,
    roleArn,
    roleSessionName: settings["role_session_name"] || undefined,
    externalId: settings["external_id"] || undefined,
    durationSeconds: /^\d+$/.test(seconds) ? Number(seconds) : undefined,
    mfaSerial: settings["mfa_serial"] || undefined,
  };
}
