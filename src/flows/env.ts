import type { Context } from "../context.ts";
import { REGION_VARIABLES } from "../domain/child-region.ts";
import type { Credentials } from "../domain/role-credentials.ts";
import { formatTimestamp } from "../domain/timestamp.ts";
import { resolveTarget, type TargetSelection } from "./target.ts";
import { targetCredentials } from "./target-credentials.ts";
import type { MaySignIn } from "./token.ts";

export interface CredentialVariables {
  /** In the order of `aws configure export-credentials`. */
  readonly set: readonly Variable[];
  readonly unset: readonly string[];
}

type Variable = readonly [name: string, value: string];

/** A target's credentials as the variables that every AWS client reads, and those that must go. */
export async function credentialVariables(
  selection: TargetSelection,
  options: { readonly maySignIn: MaySignIn },
  context: Context,
): Promise<CredentialVariables> {
  const target = await resolveTarget(selection, options.maySignIn, context);
  const credentials = await targetCredentials(target, options, context);
  const region = regionVariables(target.region, context.env);
  const set = [...keyVariables(credentials), ...region.filter(isSet)];
  const names = set.map(([name]) => name);
  const all = [...KEY_VARIABLES, ...region.map(([name]) => name)];
  return { set, unset: [...WINNING_OVER_KEYS, ...all.filter((name) => !names.includes(name))] };
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

/** Takes back all that {@link credentialVariables} sets. */
export function clearedVariables(): CredentialVariables {
  return { set: [], unset: [...KEY_VARIABLES, ...REGION_VARIABLES] };
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
