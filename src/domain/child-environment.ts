import { regionForChild } from "./child-region.ts";
import { formatTimestamp } from "./timestamp.ts";

/** Environment variables. An unset one is absent, never empty. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Who the child is, whichever way it gets the credentials. */
export interface ChildIdentity {
  /** The profile that named the role; undefined when account and role were given. */
  readonly profile: string | undefined;
  /** The sign-in behind the credentials; undefined where there is none. */
  readonly session: string | undefined;
  /** Undefined, as the role's name, where nothing tells it. */
  readonly accountId: string | undefined;
  readonly roleName: string | undefined;
  /** The profile's own region or the one asked for; never the region of the sign-in. */
  readonly region: string | undefined;
  /** The end of the first credentials, in milliseconds since the epoch; undefined for those without. */
  readonly expiration: number | undefined;
  /** The user's own config file, behind any overlay. */
  readonly configFile: string;
}

/** `server`: the child asks a container credentials endpoint. */
export interface ServedCredentials {
  readonly mode: "server";
  readonly endpointUrl: string;
  readonly authorizationToken: string;
  /** A config file in which `overlayProfile` has no credentials of its own. */
  readonly overlayFile: string;
  readonly overlayProfile: string;
}

/** `env`: the child has the keys themselves, until they expire. */
export interface ExportedCredentials {
  readonly mode: "env";
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/**
 * `profile`: every SDK finds the keys of the profile by itself, for good
 * (`hasKeysAlone`).
 */
export interface OwnCredentials {
  readonly mode: "profile";
  readonly profile: string;
}

/**
 * The environment of a program that is to act as one role, and as no other,
 * in every AWS SDK. Variables are removed, not blanked: an empty AWS_PROFILE
 * is fatal to botocore. With neither profile region nor `--region`, those of
 * the parent stay: the user's own, even within another `ssox exec`
 * (`withoutOuterRegion`).
 *
 * `server` mode points AWS_PROFILE at a profile without credentials, because a
 * `[default]` profile that has some wins over the endpoint in every SDK
 * (measured with boto3 1.43, AWS CLI 2.9.19 and the SDK for JavaScript 3).
 * `env` mode removes AWS_PROFILE, since the SDK for JavaScript prefers it to keys.
 *
 * @param ignoreCase names are equal whatever their case, as on Windows
 */
export function childEnvironment(
  parent: Environment,
  identity: ChildIdentity,
  credentials: ServedCredentials | ExportedCredentials | OwnCredentials,
  ignoreCase = false,
): Record<string, string> {
  const added = {
    ...describing(identity),
    ...(identity.region !== undefined && regionForChild(identity.region, parent, ignoreCase)),
    ...variablesFor(credentials, parent, identity, ignoreCase),
  };
  const replaced = new Set(Object.keys(added).map((name) => fold(name, ignoreCase)));
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(parent)) {
    const folded = fold(name, ignoreCase);
    if (value !== undefined && !isForeign(folded) && !replaced.has(folded)) child[name] = value;
  }
  return { ...child, ...added };
}

function variablesFor(
  credentials: ServedCredentials | ExportedCredentials | OwnCredentials,
  parent: Environment,
  identity: ChildIdentity,
  ignoreCase: boolean,
): Record<string, string> {
  switch (credentials.mode) {
    case "server":
      return serving(parent, identity, credentials, ignoreCase);
    case "env":
      return exporting(parent, identity, credentials);
    case "profile":
      return { AWS_PROFILE: credentials.profile, ...LOADING, ...outOfOverlay(parent, identity) };
  }
}

/** The SDKs for Go 1 and JavaScript 2 read no config file without it. */
const LOADING = { AWS_SDK_LOAD_CONFIG: "1" };

/** Within another `ssox exec`, AWS_CONFIG_FILE is the overlay of that one. */
function outOfOverlay(parent: Environment, { configFile }: ChildIdentity): Record<string, string> {
  return parent["SSOX_AWS_CONFIG_FILE"] ? { AWS_CONFIG_FILE: configFile } : {};
}

/** Names that would give the child another identity, or an old one of ours. */
export const FOREIGN: ReadonlySet<string> = new Set([
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_ACCESS_KEY",
  "AWS_SECRET_KEY",
  "SECRET_ACCESS_KEY",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_CREDENTIAL_SCOPE",
  "AWS_CREDENTIAL_FILE",
  "AWS_ACCOUNT_ID",
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "_AWS_CLI_PROFILE_CHAIN",
  "SSOX_PROFILE",
  "SSOX_SESSION",
  "SSOX_ACCOUNT_ID",
  "SSOX_ROLE",
  "SSOX_EXPIRATION",
  "SSOX_REGION",
  "SSOX_AWS_REGION",
  "SSOX_AWS_DEFAULT_REGION",
  "SSOX_AWS_CONFIG_FILE",
]);

/** What all other such names begin with. */
export const FOREIGN_PREFIXES = ["AWS_CONTAINER_", "AWS_BEARER_TOKEN_"] as const;

/** By which `exec` and `shell` tell their program, and ssox within it, whom it acts as. */
export function isOfExec(name: string): boolean {
  return name.startsWith("SSOX_") && FOREIGN.has(name);
}

/** `AWS_BEARER_TOKEN_BEDROCK` and its like win over credentials, for that service. */
export function isBearerToken(name: string): boolean {
  return /^AWS_BEARER_TOKEN_\w+$/.test(name);
}

function isForeign(name: string): boolean {
  return FOREIGN.has(name) || FOREIGN_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function fold(name: string, ignoreCase: boolean): string {
  return ignoreCase ? name.toUpperCase() : name;
}

/** For prompts, as far as it is known. */
export function describing(identity: ChildIdentity): Record<string, string> {
  return known({
    SSOX_PROFILE: identity.profile,
    SSOX_SESSION: identity.session,
    SSOX_ACCOUNT_ID: identity.accountId,
    SSOX_ROLE: identity.roleName,
    SSOX_EXPIRATION: identity.expiration && formatTimestamp(identity.expiration),
  });
}

/** What is not known is left out, not empty. */
function known(variables: Record<string, string | 0 | undefined>): Record<string, string> {
  const set: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) if (value) set[name] = value;
  return set;
}

function serving(
  parent: Environment,
  identity: ChildIdentity,
  credentials: ServedCredentials,
  ignoreCase: boolean,
): Record<string, string> {
  return {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: credentials.endpointUrl,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: credentials.authorizationToken,
    AWS_PROFILE: credentials.overlayProfile,
    AWS_CONFIG_FILE: credentials.overlayFile,
    SSOX_AWS_CONFIG_FILE: identity.configFile,
    AWS_EC2_METADATA_DISABLED: "true",
    ...LOADING,
    ...withoutProxy(parent, ignoreCase),
  };
}

function exporting(
  parent: Environment,
  identity: ChildIdentity,
  credentials: ExportedCredentials,
): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...known({
      AWS_SESSION_TOKEN: credentials.sessionToken,
      AWS_CREDENTIAL_EXPIRATION: identity.expiration && formatTimestamp(identity.expiration),
      AWS_ACCOUNT_ID: identity.accountId,
    }),
    ...outOfOverlay(parent, identity),
  };
}

/** Few clients would ask a proxy for 127.0.0.1; these keep the rest from it. */
function withoutProxy(parent: Environment, ignoreCase: boolean): Record<string, string> {
  if (ignoreCase) {
    const set = Object.entries(parent).find(([name]) => name.toUpperCase() === "NO_PROXY");
    return { NO_PROXY: withLoopback(set?.[1]) };
  }
  // One that is missing gets the other's list: clients differ in which they prefer.
  const upper = parent["NO_PROXY"];
  const lower = parent["no_proxy"];
  return { NO_PROXY: withLoopback(upper || lower), no_proxy: withLoopback(lower || upper) };
}

function withLoopback(list: string | undefined): string {
  if (!list?.trim()) return "127.0.0.1";
  // A lone asterisk means every host, and means nothing beside other entries.
  const entries = list.split(/[\s,]+/);
  return list.trim() === "*" || entries.includes("127.0.0.1") ? list : `${list},127.0.0.1`;
}
