import type { Settings } from "./families.ts";
import {
  failure,
  hasAny,
  hasKeys,
  isHostLabel,
  isTooLong,
  keysOf,
  NONE,
  namedSource,
  type Outcome,
  orContainer,
  type Question,
  SSO_KEYS,
  TOO_LONG,
} from "./outcome.ts";

/** The SDK for Rust (`aws-config` 1.13: `profile/credentials/repr.rs`, run). */
export function predictRust(question: Question): Outcome {
  const { files, env, profile } = question;
  if (hasKeys(env)) return { kind: "environment" };
  if (files.rejected) return failure(files.rejected.why);
  const found = chain(question, profile, []);
  if (found.kind !== "none") return found;
  if (env["AWS_WEB_IDENTITY_TOKEN_FILE"] && env["AWS_ROLE_ARN"]) return { kind: "web-identity" };
  return orContainer(found, env);
}

function chain(question: Question, name: string, visited: readonly string[]): Outcome {
  if (isTooLong(visited)) return failure(TOO_LONG);
  const { files } = question;
  const settings = files.profiles.get(name);
  if (settings === undefined) {
    return visited.length === 0
      ? NONE
      : failure(`its source_profile ${JSON.stringify(name)} is in no file`);
  }
  if (visited.includes(name)) return failure("its source_profile leads back to it");
  if (visited.length > 0 && hasBoth(settings)) return keysOf(files, name);
  const { role_arn: roleArn, source_profile: source, credential_source: named } = settings;
  if (roleArn === undefined || settings["web_identity_token_file"] !== undefined) {
    const base = own(question, name, settings);
    if (base.kind !== "none" || visited.length === 0) return base;
    return failure(`its source_profile ${JSON.stringify(name)} has no credentials`);
  }
  if (source !== undefined && named !== undefined) {
    return failure("it has both source_profile and credential_source");
  }
  if (source === undefined && named === undefined) {
    return failure("it has a role_arn and nothing to assume it with");
  }
  const isSelf = source === undefined || source === name;
  const from = isSelf ? own(question, name, settings) : chain(question, source, [...visited, name]);
  if (from.kind === "failure") return from;
  return from.kind === "none"
    ? failure("it has no credentials to assume its role with")
    : { kind: "role", roleArn, source: from };
}

function own(question: Question, name: string, settings: Settings): Outcome {
  const { files, env } = question;
  if (settings["credential_source"] !== undefined)
    return namedSource(settings["credential_source"], env);
  if (settings["web_identity_token_file"] !== undefined) {
    return settings["role_arn"] === undefined
      ? failure("it has a web_identity_token_file and no role_arn")
      : { kind: "web-identity" };
  }
  if (hasAny(settings, SSO_KEYS)) return sso(settings, question);
  if (settings["login_session"] !== undefined) return { kind: "login" };
  if (settings["credential_process"] !== undefined) return { kind: "process" };
  if (!hasAny(settings, ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"]))
    return NONE;
  return hasBoth(settings)
    ? keysOf(files, name)
    : failure("it lacks one of aws_access_key_id and aws_secret_access_key");
}

function sso(settings: Settings, { files }: Question): Outcome {
  const name = settings["sso_session"];
  const repeated = ["sso_start_url", "sso_region"].find((key) => settings[key] !== undefined);
  if (name !== undefined && repeated) return failure(`${repeated} stands beside sso_session`);
  const session = name === undefined ? settings : files.sessions.get(name);
  if (session === undefined) return failure(`there is no [sso-session ${name}]`);
  const { sso_account_id: accountId, sso_role_name: roleName } = settings;
  if ((accountId === undefined) !== (roleName === undefined)) {
    return failure("it has one of sso_account_id and sso_role_name");
  }
  const missing = ["sso_region", "sso_start_url"].find((key) => session[key] === undefined);
  if (missing) return failure(`${missing} is missing`);
  if (accountId === undefined || roleName === undefined) return NONE;
  if (!isHostLabel(session["sso_region"] ?? ""))
    return failure("sso_region is no name of a region");
  return { kind: "sso", accountId, roleName, token: name ?? session["sso_start_url"] ?? "" };
}

function hasBoth(settings: Settings): boolean {
  return (
    settings["aws_access_key_id"] !== undefined && settings["aws_secret_access_key"] !== undefined
  );
}
