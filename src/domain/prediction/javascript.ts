import type { Settings } from "./families.ts";
import {
  failure,
  hasAny,
  hasContainer,
  isHostLabel,
  isTooLong,
  keysOf,
  NONE,
  namedSource,
  type Outcome,
  type Question,
  SSO_KEYS,
  TOO_LONG,
} from "./outcome.ts";

/** The SDK for JavaScript v3 (`credential-provider-node`, `credential-provider-ini` 3.97x, run). */
export function predictJavaScript(question: Question): Outcome {
  const { files, env, profile } = question;
  // Keys in the environment do not count beside AWS_PROFILE.
  const found = fromProfile(question, profile, []);
  if (found.kind !== "none" && !isPassed(found)) return found;
  if (files.profiles.get(profile)?.["credential_process"]) return { kind: "process" };
  if (env["AWS_WEB_IDENTITY_TOKEN_FILE"] && env["AWS_ROLE_ARN"]) return { kind: "web-identity" };
  return hasContainer(env) ? { kind: "container" } : found;
}

/** A credential_source that gives nothing lets the chain go on. */
function isPassed(outcome: Outcome): boolean {
  return outcome.kind === "failure" && outcome.isLate === true;
}

/** `none` for what lets the chain go on. */
function fromProfile(question: Question, name: string, visited: readonly string[]): Outcome {
  if (isTooLong(visited)) return failure(TOO_LONG);
  const { files } = question;
  const settings = files.profiles.get(name);
  if (settings === undefined) return NONE;
  const hasKeys = Boolean(settings["aws_access_key_id"] && settings["aws_secret_access_key"]);
  if (visited.length > 0 && hasKeys) return keysOf(files, name);
  const { role_arn: roleArn, source_profile: source, credential_source: named } = settings;
  const isRole = Boolean(roleArn) && Boolean(source) !== Boolean(named);
  // A source profile may say where its credentials come from without a role of its own.
  if (isRole || (visited.length > 0 && named && !roleArn)) {
    return role(question, settings, visited);
  }
  if (hasKeys) return keysOf(files, name);
  if (roleArn && settings["web_identity_token_file"]) return { kind: "web-identity" };
  if (settings["credential_process"]) return { kind: "process" };
  if (hasAny(settings, SSO_KEYS)) return sso(settings, question);
  return settings["login_session"] ? { kind: "login" } : NONE;
}

function role(question: Question, settings: Settings, visited: readonly string[]): Outcome {
  const { role_arn: roleArn, source_profile: source, credential_source: named = "" } = settings;
  if (source && visited.includes(source)) return NONE;
  const from = source
    ? fromProfile(question, source, [...visited, source])
    : late(namedSource(named, question.env));
  if (from.kind === "none" || from.kind === "failure" || roleArn === undefined) return from;
  return { kind: "role", roleArn, source: from };
}

function late(outcome: Outcome): Outcome {
  return outcome.kind === "failure" ? { ...outcome, isLate: true } : outcome;
}

function sso(settings: Settings, { files }: Question): Outcome {
  const name = settings["sso_session"];
  const session = name === undefined ? settings : files.sessions.get(name);
  if (session === undefined) return failure(`there is no [sso-session ${name}]`);
  const { sso_start_url: startUrl, sso_region: region } = session;
  const { sso_account_id: accountId, sso_role_name: roleName } = settings;
  const all = {
    sso_start_url: startUrl,
    sso_region: region,
    ...{ sso_account_id: accountId, sso_role_name: roleName },
  };
  const missing = Object.entries(all).find(([, value]) => !value);
  if (missing) return failure(`${missing[0]} is missing`);
  if (!isHostLabel(region ?? "")) return failure("sso_region is no name of a region");
  return {
    kind: "sso",
    accountId: accountId ?? "",
    roleName: roleName ?? "",
    token: name ?? startUrl ?? "",
  };
}
