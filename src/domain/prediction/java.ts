import type { Settings } from "./families.ts";
import {
  failure,
  hasAny,
  hasContainer,
  hasKeys,
  isTooLong,
  keysOf,
  NONE,
  namedSource,
  type Outcome,
  type Question,
  SSO_KEYS,
  TOO_LONG,
} from "./outcome.ts";

/** The SDK for Java v2 (`ProfileCredentialsUtils` 2.56, run). Whatever fails, the chain goes on to the container. */
export function predictJava(question: Question): Outcome {
  const { files, env, profile } = question;
  if (hasKeys(env)) return { kind: "environment" };
  if (env["AWS_WEB_IDENTITY_TOKEN_FILE"] && env["AWS_ROLE_ARN"]) return { kind: "web-identity" };
  const found = files.rejected ? failure(files.rejected.why) : own(question, profile, []);
  const isFound = found.kind !== "none" && found.kind !== "failure";
  return !isFound && hasContainer(env) ? { kind: "container" } : found;
}

function own(question: Question, name: string, trail: readonly string[]): Outcome {
  if (isTooLong(trail)) return failure(TOO_LONG);
  const { files, env } = question;
  const settings = files.profiles.get(name);
  if (settings === undefined) return NONE;
  const { role_arn: roleArn, source_profile: source, credential_source: named } = settings;
  if (roleArn !== undefined && settings["web_identity_token_file"] !== undefined)
    return { kind: "web-identity" };
  if (hasAny(settings, SSO_KEYS)) return sso(settings, question);
  if (roleArn !== undefined && source !== undefined && named !== undefined) {
    return failure("it has both source_profile and credential_source");
  }
  if (roleArn !== undefined && source !== undefined) {
    if (trail.includes(name)) return failure("its source_profile leads back to it");
    const from = own(question, source, [...trail, name]);
    if (from.kind === "none")
      return failure(`its source_profile ${JSON.stringify(source)} has no credentials`);
    return from.kind === "failure" ? from : { kind: "role", roleArn, source: from };
  }
  if (roleArn !== undefined && named !== undefined) {
    const from = namedSource(named, env);
    return from.kind === "failure" ? from : { kind: "role", roleArn, source: from };
  }
  if (settings["login_session"] !== undefined) return { kind: "login" };
  if (settings["credential_process"] !== undefined) return { kind: "process" };
  return keys(question, name, settings);
}

function keys({ files }: Question, name: string, settings: Settings): Outcome {
  if (!hasAny(settings, ["aws_session_token", "aws_access_key_id"])) return NONE;
  const missing = ["aws_access_key_id", "aws_secret_access_key"].find((key) => !settings[key]);
  return missing ? failure(`${missing} is missing`) : keysOf(files, name);
}

function sso(settings: Settings, { files }: Question): Outcome {
  const name = settings["sso_session"];
  const session = name === undefined ? settings : files.sessions.get(name);
  if (session === undefined) return failure(`there is no [sso-session ${name}]`);
  for (const key of ["sso_account_id", "sso_role_name"]) {
    if (settings[key] === undefined) return failure(`${key} is missing`);
  }
  for (const key of ["sso_region", "sso_start_url"]) {
    const value = session[key];
    if (value === undefined) return failure(`${key} is missing`);
    if ((settings[key] ?? value).toLowerCase() !== value.toLowerCase()) {
      return failure(`${key} differs from the session's`);
    }
  }
  const { sso_account_id: accountId = "", sso_role_name: roleName = "" } = settings;
  return { kind: "sso", accountId, roleName, token: name ?? session["sso_start_url"] ?? "" };
}
