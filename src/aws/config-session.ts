import { isRegion } from "../domain/region.ts";
import { regionOfStartUrl } from "../domain/start-url.ts";

export { isRegion } from "../domain/region.ts";

/** One `[sso-session]`, or a start URL that old-form profiles name by themselves. */
export interface SsoSession {
  /** The session's name; of an old-form one its start URL, exactly as written. */
  readonly name: string;
  /** `session`: an `[sso-session]` section. `legacy`: profiles with `sso_start_url` and no `sso_session`. */
  readonly kind: "session" | "legacy";
  /** As configured: what token and registration are filed under. */
  readonly startUrl: string;
  /** The one that the start URL names, else `sso_region`. */
  readonly region: string;
  /** `sso_registration_scopes`; undefined when the session names none. */
  readonly scopes: readonly string[] | undefined;
  /** Every key of the section, `ssox_` keys too; empty for an old-form session. */
  readonly settings: Readonly<Record<string, string>>;
  /** The profile that led here: what it says of endpoints and certificates counts. Absent: AWS_PROFILE's. */
  readonly profile?: string;
}

type Settings = Readonly<Record<string, string>>;

/** Why a section is no session: the key that is at fault, and what is wrong with it. */
export interface SessionFault {
  readonly key: "sso_start_url" | "sso_region";
  /** Continues "the session …". */
  readonly what: string;
}

/** What keeps a section, or an old-form profile, from being a session. */
export function sessionFault(settings: Settings): SessionFault | undefined {
  const region = settings["sso_region"];
  if (!settings["sso_start_url"]) return { key: "sso_start_url", what: "has no sso_start_url" };
  if (!region) return { key: "sso_region", what: "has no sso_region" };
  if (isRegion(region)) return undefined;
  return { key: "sso_region", what: "has an sso_region that is no name of a region" };
}

/** The session of an `[sso-session]`; undefined when there is a fault. */
export function buildSession(name: string, settings: Settings): SsoSession | undefined {
  if (sessionFault(settings)) return undefined;
  const scopes = (settings["sso_registration_scopes"] ?? "")
    .split(",")
    .map((scope) => scope.trim())
    .filter((scope) => scope !== "");
  const { sso_start_url: startUrl = "", sso_region: region = "" } = settings;
  return {
    name,
    kind: "session",
    startUrl,
    region: regionOfStartUrl(startUrl) ?? region,
    scopes: scopes.length > 0 ? scopes : undefined,
    settings,
  };
}

/** The session that an old-form profile stands for; undefined when there is a fault. */
export function buildLegacySession(settings: Settings): SsoSession | undefined {
  const session = buildSession(settings["sso_start_url"] ?? "", settings);
  const none: Settings = Object.create(null);
  return session && { ...session, kind: "legacy", scopes: undefined, settings: none };
}
