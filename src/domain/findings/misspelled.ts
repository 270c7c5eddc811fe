import { nearNames } from "../near-names.ts";
import type { Facts, FileFacts, SectionFacts } from "./facts.ts";
import { type Finding, finding } from "./finding.ts";

/** Keys that no AWS client knows, where one is missing that they look like. */
export function misspelledFindings({ config, credentials }: Facts): readonly Finding[] {
  return [config, credentials].flatMap((file) => {
    return file.sections.flatMap((section) => ofSection(section, file, file === config));
  });
}

function ofSection(section: SectionFacts, file: FileFacts, isConfig: boolean): Finding[] {
  const { kind, name, header, entries } = section;
  const isProfile = isConfig ? kind === "profile" : kind === "other" || name === "default";
  if (!isProfile && !(isConfig && kind === "sso-session")) return [];
  const there = new Set(entries.map(({ key }) => key));
  const missing = wantedKeys(isProfile, there).filter((key) => !there.has(key));
  return entries.flatMap(({ key, line }) => {
    const meant = KNOWN.has(key) ? undefined : meantBy(key, missing, isProfile);
    if (meant === undefined) return [];
    return [
      finding("KeyMisspelled", {
        ...(isProfile ? { profile: isConfig ? name : header } : { session: name }),
        message: `${file.path}, line ${line}: no AWS client looks for ${JSON.stringify(key)} in a ${isProfile ? "profile" : "session"}; ${meant} is missing.`,
        fix: `write ${meant} in line ${line} of ${file.path}`,
      }),
    ];
  });
}

const OF_SESSION = ["sso_start_url", "sso_region"];
const OF_ROLE = ["sso_account_id", "sso_role_name"];
const OTHERS = [
  ...["role_arn", "source_profile", "credential_source", "credential_process"],
  ...["aws_access_key_id", "aws_secret_access_key", "aws_session_token"],
];

const KNOWN: ReadonlySet<string> = new Set([
  ...["sso_session", "sso_registration_scopes", ...OF_SESSION, ...OF_ROLE, ...OTHERS],
]);

/** A profile of the old form has no session; one of a process, say, may have any `sso_` key of another tool. */
function wantedKeys(isProfile: boolean, there: ReadonlySet<string>): readonly string[] {
  if (!isProfile) return [...OF_SESSION, "sso_registration_scopes"];
  const isSso = ["sso_session", ...OF_SESSION, ...OF_ROLE].some((key) => there.has(key));
  if (!isSso && OTHERS.some((key) => there.has(key))) return OTHERS;
  const isOld = OF_SESSION.some((key) => there.has(key));
  const portal = isOld ? OF_SESSION : there.has("sso_session") ? [] : ["sso_session"];
  return [...portal, ...OF_ROLE, ...OTHERS];
}

function meantBy(key: string, missing: readonly string[], isProfile: boolean): string | undefined {
  const written = key.replace(/[-.\s]+/g, "_");
  if (written !== key && missing.includes(written)) return written;
  const alias = ALIASES[key] ?? (isProfile ? undefined : OF_SESSIONS[key]);
  if (alias !== undefined) return missing.includes(alias) ? alias : undefined;
  if (!written.startsWith("sso_")) return undefined;
  const near = nearNames(written, missing);
  return near.length === 1 ? near[0] : undefined;
}

const ALIASES: Readonly<Record<string, string>> = {
  start_url: "sso_start_url",
  sso_url: "sso_start_url",
  sso_role: "sso_role_name",
  sso_account: "sso_account_id",
  sso_account_number: "sso_account_id",
  aws_access_key: "aws_access_key_id",
  aws_secret_key: "aws_secret_access_key",
  aws_secret_access_key_id: "aws_secret_access_key",
  aws_token: "aws_session_token",
};

const OF_SESSIONS: Readonly<Record<string, string>> = { region: "sso_region" };
