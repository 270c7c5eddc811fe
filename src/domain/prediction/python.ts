import type { Settings } from "./families.ts";
import {
  failure,
  hasKeys,
  isHostLabel,
  isTooLong,
  keysOf,
  NONE,
  namedSource,
  type Outcome,
  orContainer,
  type Question,
  TOO_LONG,
} from "./outcome.ts";

/** botocore, and with it boto3 and the AWS CLI (botocore 1.43 `credentials.py`, run). */
export function predictPython(question: Question): Outcome {
  const outcome = chain(question);
  const isAsked = ["sso", "role", "web-identity"].includes(outcome.kind);
  // It takes the empty text for a block of keys, and stumbles whenever a client is made.
  const isEmpty = question.files.profiles.get(question.profile)?.["s3"] === "";
  return isAsked && isEmpty ? failure("s3 is empty") : outcome;
}

function chain(question: Question): Outcome {
  const { files, env, profile } = question;
  if (files.rejected) return failure(files.rejected.why);
  if (!files.profiles.has(profile) && profile !== "default")
    return failure("it has no such profile");
  if (hasKeys(env)) return { kind: "environment" };
  const settings = files.profiles.get(profile) ?? {};
  if (isRole(settings)) return role(question, profile, []);
  const { web_identity_token_file: web, role_arn: roleArn } = settings;
  // Each of the two may stand in the environment, and the other one in the profile.
  if (env["AWS_WEB_IDENTITY_TOKEN_FILE"] || web !== undefined) {
    const isWhole = Boolean(env["AWS_ROLE_ARN"]) || roleArn !== undefined;
    return isWhole ? { kind: "web-identity" } : failure("it has a web identity and no role_arn");
  }
  return orContainer(own(question, profile), env);
}

function isRole(settings: Settings): boolean {
  return settings["role_arn"] !== undefined && settings["web_identity_token_file"] === undefined;
}

function role(question: Question, name: string, trail: readonly string[]): Outcome {
  if (isTooLong(trail)) return failure(TOO_LONG);
  const { files, env } = question;
  const settings = files.profiles.get(name) ?? {};
  const { role_arn: roleArn = "", source_profile: source, credential_source: named } = settings;
  if (named !== undefined && source !== undefined) {
    return failure("it has both source_profile and credential_source");
  }
  if (named !== undefined) return assumed(roleArn, namedSource(named, env));
  if (source === undefined) return failure("it has a role_arn and nothing to assume it with");
  const there = files.profiles.get(source);
  if (there === undefined)
    return failure(`its source_profile ${JSON.stringify(source)} is in no file`);
  const hasStatic = hasStaticKeys(there);
  if ([...trail, name].includes(source) && !(source === name && hasStatic)) {
    return failure("its source_profile leads back to it");
  }
  if (!hasStatic && isRole(there))
    return assumed(roleArn, role(question, source, [...trail, name]));
  const found = own(question, source);
  if (found.kind !== "none") return assumed(roleArn, found);
  return failure(`its source_profile ${JSON.stringify(source)} has no credentials`);
}

function assumed(roleArn: string, source: Outcome): Outcome {
  return source.kind === "failure" ? source : { kind: "role", roleArn, source };
}

function hasStaticKeys(settings: Settings): boolean {
  return (
    settings["aws_access_key_id"] !== undefined || settings["aws_secret_access_key"] !== undefined
  );
}

/** Without a role to assume: the first of these. */
function own({ files }: Question, name: string): Outcome {
  const settings = files.profiles.get(name) ?? {};
  if (settings["web_identity_token_file"] !== undefined) {
    return settings["role_arn"] === undefined
      ? failure("it has a web_identity_token_file and no role_arn")
      : { kind: "web-identity" };
  }
  const { sso_account_id: accountId, sso_role_name: roleName } = settings;
  if (accountId !== undefined || roleName !== undefined) {
    return sso(settings, settings["sso_session"], files.sessions);
  }
  const keys = keysOf(files, name);
  const isLate = keys.kind === "keys" && keys.file === "config";
  // Each file is asked for both keys: halves in two files are no pair.
  if (settings["aws_access_key_id"] !== undefined && !isLate)
    return complete(files.credentials.get(name) ?? {}, keys);
  if (settings["login_session"] !== undefined) return { kind: "login" };
  if (settings["credential_process"] !== undefined) return { kind: "process" };
  return settings["aws_access_key_id"] === undefined ? NONE : complete(settings, keys);
}

function complete(settings: Settings, keys: Outcome): Outcome {
  if (settings["aws_secret_access_key"] !== undefined) return keys;
  return failure("it has an aws_access_key_id and no aws_secret_access_key");
}

function sso(
  settings: Settings,
  name: string | undefined,
  sessions: ReadonlyMap<string, Settings>,
): Outcome {
  const session = name === undefined ? {} : sessions.get(name);
  if (session === undefined) return failure(`there is no [sso-session ${name}]`);
  for (const [key, value] of Object.entries(session)) {
    if ((settings[key] ?? value) !== value) return failure(`${key} differs from the session's`);
  }
  const all = { ...settings, ...session };
  for (const key of ["sso_role_name", "sso_account_id", "sso_start_url", "sso_region"]) {
    if (all[key] === undefined) return failure(`${key} is missing`);
  }
  if (!isHostLabel(all["sso_region"] ?? "")) return failure("sso_region is no name of a region");
  const { sso_account_id: accountId = "", sso_role_name: roleName = "" } = all;
  return { kind: "sso", accountId, roleName, token: name ?? all["sso_start_url"] ?? "" };
}
