import { roleOfLine } from "./credential-process-line.ts";
import { type ExistingProfile, heldRole, isOldForm, roleId } from "./profile-edit.ts";
import { bareStartUrl } from "./start-url.ts";

/** A session, what profiles of the old form name in its place, and which profiles it can have none of. */
export interface AdoptingSession {
  /** Its name. */
  readonly session: string;
  readonly portal: {
    readonly startUrl: string;
    /** `sso_region` */
    readonly region: string;
  };
  /** Names of profiles with more than one section, which some SDKs read as one and others do not. */
  readonly divided: ReadonlySet<string>;
}

/**
 * The role, by `roleId`, of a profile that nobody manages, and that says in one
 * way that every SDK understands which role of this session it is. Undefined
 * for every other profile.
 */
export function adoptableRole(
  profile: ExistingProfile,
  { session, portal, divided }: AdoptingSession,
): string | undefined {
  const { name, settings } = profile;
  if (settings["ssox_managed"] !== undefined || divided.has(name)) return undefined;
  if (OTHER_MECHANISMS.some((key) => settings[key] !== undefined)) return undefined;
  const process = settings["credential_process"];
  if (isOldForm(profile)) {
    const isSame = process === undefined && isPortal(settings, portal);
    return isSame ? roleOfKeys(settings) : undefined;
  }
  if (REPEATED.some((key) => settings[key] !== undefined)) return undefined;
  if (process !== undefined && roleOfLine(process)?.session !== session) return undefined;
  return heldRole(profile, session);
}

/** What SDKs take a profile's credentials from besides: each has its own order. */
const OTHER_MECHANISMS = [
  "aws_access_key_id",
  "credential_source",
  "login_session",
  "role_arn",
  "source_profile",
  "web_identity_token_file",
];

/** Keys of the session's, beside whose name not every SDK takes them. */
const REPEATED = ["sso_start_url", "sso_region"];

function isPortal(
  settings: ExistingProfile["settings"],
  { startUrl, region }: AdoptingSession["portal"],
): boolean {
  const named = settings["sso_start_url"] ?? "";
  return bareStartUrl(named) === bareStartUrl(startUrl) && settings["sso_region"] === region;
}

function roleOfKeys(settings: ExistingProfile["settings"]): string | undefined {
  const { sso_account_id: accountId, sso_role_name: roleName } = settings;
  return accountId && roleName ? roleId({ accountId, roleName }) : undefined;
}
