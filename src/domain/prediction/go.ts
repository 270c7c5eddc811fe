import type { Settings } from "./families.ts";
import {
  failure,
  hasContainer,
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

/** The SDK for Go v2 (`config` 1.33: `shared_config.go`, `resolve_credentials.go`, run). */
export function predictGo(question: Question): Outcome {
  const { files, env, profile } = question;
  if (files.rejected) return failure(files.rejected.why);
  // The files are read, and complained of, whatever the environment holds.
  const loaded = load(question, profile, []);
  if (loaded.kind === "failure" && !loaded.isLate) return loaded;
  if (hasKeys(env) || (env["AWS_ACCESS_KEY"] && env["AWS_SECRET_KEY"]))
    return { kind: "environment" };
  if (env["AWS_WEB_IDENTITY_TOKEN_FILE"])
    return env["AWS_ROLE_ARN"] ? { kind: "web-identity" } : failure("AWS_ROLE_ARN is not set");
  return orContainer(loaded, env);
}

/** @param seen the profiles that led to this one */
function load(question: Question, name: string, seen: readonly string[]): Outcome {
  if (isTooLong(seen)) return failure(TOO_LONG);
  const { files } = question;
  const settings = files.profiles.get(name);
  if (settings === undefined) {
    return seen.length === 0
      ? NONE
      : failure(`its source_profile ${JSON.stringify(name)} is in no file`);
  }
  const keys = hasBoth(settings);
  // Of two sections of one name, that of the credentials file alone is looked at for half a pair.
  const last = files.credentials.get(name) ?? settings;
  if (!hasBoth(last) && (last["aws_access_key_id"] || last["aws_secret_access_key"])) {
    return failure("it has one of aws_access_key_id and aws_secret_access_key");
  }
  const isSelf = seen.includes(name);
  const {
    source_profile: source = "",
    credential_source: named,
    web_identity_token_file: web,
    credential_process: program,
  } = settings;
  if (!isSelf && (source || named || web) && !settings["role_arn"])
    return failure("it has no role_arn");
  if (seen.length > 0 && keys) return keysOf(files, name);
  if ([!isSelf && source, named, web, program].filter(Boolean).length > 1) {
    return failure(
      "it has more than one of source_profile, credential_source, credential_process and web_identity_token_file",
    );
  }
  if (source && !isSelf) {
    const from = load(question, source, [...seen, name]);
    if (from.kind === "failure") return from;
    if (from.kind === "none")
      return failure(`its source_profile ${JSON.stringify(source)} has no credentials`);
    const session = missingSession(settings, files.sessions);
    return session ?? { kind: "role", roleArn: settings["role_arn"] ?? "", source: from };
  }
  return withRole(
    own(question, name, settings),
    isSelf ? undefined : settings["role_arn"],
    question,
  );
}

/** A role_arn counts for whatever credentials the profile has, but for web identity, which is the role. */
function withRole(source: Outcome, roleArn: string | undefined, { env }: Question): Outcome {
  if (!roleArn || source.kind === "web-identity" || source.kind === "failure") return source;
  if (source.kind !== "none") return { kind: "role", roleArn, source };
  return hasContainer(env) ? { kind: "role", roleArn, source: { kind: "container" } } : NONE;
}

function own({ files, env }: Question, name: string, settings: Settings): Outcome {
  const session = settings["sso_session"]?.trim();
  const missing = missingSession(settings, files.sessions);
  if (missing) return missing;
  if (hasBoth(settings)) return keysOf(files, name);
  if (settings["credential_source"]) return namedSource(settings["credential_source"], env);
  if (settings["web_identity_token_file"]) return { kind: "web-identity" };
  if (session) return sso(settings, files.sessions.get(session) ?? {}, session);
  const old = ["sso_region", "sso_start_url", "sso_account_id", "sso_role_name"];
  if (old.some((key) => settings[key])) {
    const lacking = old.find((key) => !settings[key]);
    return lacking
      ? late(`${lacking} is missing`)
      : role(settings, settings["sso_start_url"] ?? "", settings);
  }
  if (settings["login_session"]) return { kind: "login" };
  return settings["credential_process"] ? { kind: "process" } : NONE;
}

/** It is looked for although something else may count. */
function missingSession(
  settings: Settings,
  sessions: ReadonlyMap<string, Settings>,
): Outcome | undefined {
  const name = settings["sso_session"]?.trim();
  return !name || sessions.has(name) ? undefined : failure(`there is no [sso-session ${name}]`);
}

function sso(settings: Settings, session: Settings, name: string): Outcome {
  for (const key of ["sso_region", "sso_start_url"]) {
    if (!session[key]) return late(`${key} is missing`);
    if (settings[key] && settings[key] !== session[key])
      return late(`${key} differs from the session's`);
  }
  return role(settings, name, session);
}

function role(settings: Settings, token: string, { sso_region: region }: Settings): Outcome {
  const { sso_account_id: accountId, sso_role_name: roleName } = settings;
  if (!accountId || !roleName) return late("sso_account_id or sso_role_name is missing");
  if (!isHostLabel(region ?? "")) return late("sso_region is no name of a region");
  return { kind: "sso", accountId, roleName, token };
}

function hasBoth(settings: Settings): boolean {
  return Boolean(settings["aws_access_key_id"] && settings["aws_secret_access_key"]);
}

function late(why: string): Outcome {
  return { kind: "failure", why, isLate: true };
}
