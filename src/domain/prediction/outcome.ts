import { LONGEST_CHAIN } from "../longest-chain.ts";
import type { FamilyFiles, Settings } from "./families.ts";

/** Where a client takes credentials from when AWS_PROFILE names a profile. */
export type Outcome =
  /** The keys in the environment. */
  | { readonly kind: "environment" }
  | { readonly kind: "web-identity" }
  | { readonly kind: "container" }
  | {
      readonly kind: "sso";
      readonly accountId: string;
      readonly roleName: string;
      /** What the token is filed under: a session's name, or a start URL. */
      readonly token: string;
    }
  | { readonly kind: "keys"; readonly file: "config" | "credentials" }
  | { readonly kind: "process" }
  /** `aws login`, of which ssox knows no more. */
  | { readonly kind: "login" }
  | { readonly kind: "role"; readonly roleArn: string; readonly source: Outcome }
  /** The client finds none, and looks on. */
  | { readonly kind: "none" }
  /** @property why continues "it fails: " */
  | {
      readonly kind: "failure";
      readonly why: string;
      /** Found out when credentials are asked for, not when the files are read. */
      readonly isLate?: boolean;
    };

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Question {
  readonly files: FamilyFiles;
  readonly env: Environment;
  readonly profile: string;
}

export function failure(why: string): Outcome {
  return { kind: "failure", why };
}

export const NONE: Outcome = { kind: "none" };
export const SSO_KEYS = [
  "sso_session",
  "sso_account_id",
  "sso_role_name",
  "sso_start_url",
  "sso_region",
] as const;

export function hasAny(settings: Settings, keys: readonly string[]): boolean {
  return keys.some((key) => settings[key] !== undefined);
}

/** What clients make a host name of; all else they refuse, wherever they would send it. */
export function isHostLabel(region: string): boolean {
  return /^(?!\d+$)(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/.test(region);
}

/**
 * Whether more profiles have led here than every client can follow: what each
 * of them does then is not predicted.
 */
export function isTooLong(trail: readonly string[]): boolean {
  return trail.length > LONGEST_CHAIN;
}

export const TOO_LONG = "its chain of profiles is too long";

/** The outcome in a form that can be compared; why something fails makes no difference. */
export function signature(outcome: Outcome): string {
  switch (outcome.kind) {
    case "sso":
      return `sso ${outcome.accountId} ${outcome.roleName}`;
    case "keys":
      return `keys ${outcome.file}`;
    case "role":
      return `role ${outcome.roleArn} < ${signature(outcome.source)}`;
    case "none":
      return "failure";
    default:
      return outcome.kind;
  }
}

/** Something stands at the end of it. */
export function isUsable(outcome: Outcome): boolean {
  if (outcome.kind === "role") return isUsable(outcome.source);
  return outcome.kind !== "none" && outcome.kind !== "failure";
}

/** Keys in the environment, by the names that every client knows. */
export function hasKeys(env: Environment): boolean {
  return Boolean(env["AWS_ACCESS_KEY_ID"] && env["AWS_SECRET_ACCESS_KEY"]);
}

/** An endpoint of a container, or of `ssox exec`. */
export function hasContainer(env: Environment): boolean {
  return Boolean(
    env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] || env["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
  );
}

/** What a client does that found nothing in the profile: it asks the container. */
export function orContainer(outcome: Outcome, env: Environment): Outcome {
  return outcome.kind === "none" && hasContainer(env) ? { kind: "container" } : outcome;
}

/** `credential_source`: what stands behind its three values. */
export function namedSource(name: string, env: Environment): Outcome {
  if (name === "Environment") {
    return hasKeys(env) ? { kind: "environment" } : failure("the environment has no keys");
  }
  if (name === "EcsContainer") {
    return hasContainer(env) ? { kind: "container" } : failure("there is no container endpoint");
  }
  if (name === "Ec2InstanceMetadata") return { kind: "container" };
  return failure(`credential_source ${JSON.stringify(name)} is none that AWS knows`);
}

/** The file that a profile's keys stand in. */
export function keysOf(files: FamilyFiles, name: string): Outcome {
  const inCredentials = files.credentials.get(name)?.["aws_access_key_id"] !== undefined;
  return { kind: "keys", file: inCredentials ? "credentials" : "config" };
}
