import type { Context } from "../context.ts";
import { describing, isBearerToken } from "../domain/child-environment.ts";
import { REGION_VARIABLES } from "../domain/child-region.ts";
import { isServed, variablesOfExec } from "../domain/exec-variables.ts";
import type { Credentials } from "../domain/role-credentials.ts";
import { formatTimestamp } from "../domain/timestamp.ts";
import { childIdentity } from "./child-identity.ts";
import { withReadableConfig } from "./piped-config.ts";
import { resolveTarget, type TargetSelection } from "./target.ts";
import { targetCredentials } from "./target-credentials.ts";
import type { MaySignIn } from "./token.ts";

export interface CredentialVariables {
  /** In the order of `aws configure export-credentials`. */
  readonly set: readonly Variable[];
  readonly unset: readonly string[];
}

type Variable = readonly [name: string, value: string];

/**
 * A target's credentials as the variables that every AWS client reads, and those
 * that must go. Within a program of `exec` or `shell` those that described its role
 * describe this one.
 *
 * @param canUnset whoever takes them can take others away, and so be led out of the
 * overlay of `exec`: its added profile is found nowhere else
 */
export async function credentialVariables(
  selection: TargetSelection,
  { maySignIn, canUnset }: { readonly maySignIn: MaySignIn; readonly canUnset: boolean },
  context: Context,
): Promise<CredentialVariables> {
  const [target, credentials] = await withReadableConfig(context, async (within) => {
    const found = await resolveTarget(selection, maySignIn, within);
    return [found, await targetCredentials(found, { maySignIn }, within)] as const;
  });
  const ofExec = variablesOfExec(context.env);
  const identity = childIdentity(target, credentials, undefined, context);
  const region = regionVariables(target.region, context.env);
  const set = [
    ...keyVariables(credentials),
    ...region.filter(isSet),
    ...(ofExec.length > 0 ? Object.entries(describing(identity)) : []),
    ...(canUnset ? ownConfigFile(context) : []),
  ];
  const names = new Set(set.map(([name]) => name));
  const own = [...KEY_VARIABLES, ...region.map(([name]) => name)];
  const bearers = Object.keys(context.env).filter(isBearerToken);
  const unset = new Set([...WINNING_OVER_KEYS, ...bearers, ...own, ...ofExec]);
  return { set, unset: [...unset].filter((name) => !names.has(name)) };
}

function keyVariables(credentials: Credentials): Variable[] {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  return [
    ["AWS_ACCESS_KEY_ID", accessKeyId],
    ["AWS_SECRET_ACCESS_KEY", secretAccessKey],
    ...(sessionToken === undefined ? [] : [["AWS_SESSION_TOKEN", sessionToken] as const]),
    ...(expiration === undefined
      ? []
      : [["AWS_CREDENTIAL_EXPIRATION", formatTimestamp(expiration)] as const]),
  ];
}

/** Without a region of its own the user's is left alone; within `ssox exec` it is in place of that one's. */
function regionVariables(
  region: string | undefined,
  env: Context["env"],
): [name: string, value: string | undefined][] {
  if (region === undefined && !env["SSOX_REGION"]) return [];
  return REGION_VARIABLES.map((name) => [name, region ?? env[name]]);
}

function isSet(variable: [string, string | undefined]): variable is [string, string] {
  return variable[1] !== undefined;
}

/** Within another `ssox exec`, AWS_CONFIG_FILE is the overlay of that one. */
function ownConfigFile({ env, paths }: Context): Variable[] {
  return isServed(env) ? [["AWS_CONFIG_FILE", paths.configFile]] : [];
}

/**
 * Takes back all that {@link credentialVariables} sets. Within a program of `exec`
 * or `shell` the role of that goes as well: the first variables have taken the
 * place of what had made it one, and are gone.
 */
export function clearedVariables(context: Context): CredentialVariables {
  const unset = [...KEY_VARIABLES, ...REGION_VARIABLES, ...variablesOfExec(context.env)];
  return { set: ownConfigFile(context), unset };
}

const KEY_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
] as const;

/**
 * The SDK for JavaScript prefers a profile to the keys, botocore
 * AWS_SECURITY_TOKEN to AWS_SESSION_TOKEN; the last two would belong to
 * somebody else's keys.
 */
const WINNING_OVER_KEYS = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SECURITY_TOKEN",
  "AWS_ACCOUNT_ID",
  "AWS_CREDENTIAL_SCOPE",
];
