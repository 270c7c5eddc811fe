import type { SsoSession } from "../aws/config.ts";
import { checkedStartUrl } from "../aws/start-url-resolution.ts";
import type { Context } from "../context.ts";
import {
  type ConsolePlace,
  consoleDestination,
  consoleRegion,
  type WantedPage,
} from "../domain/console-destination.ts";
import { type FederatedPage, portalUrl, shortcutLink } from "../domain/console-link.ts";
import { partitionOf } from "../domain/partitions.ts";
import { shellWord } from "../domain/shell-word.ts";
import { SsoxError } from "../errors.ts";
import { keptInventory } from "../state/inventory-cache.ts";
import { oddSetting } from "./odd-setting.ts";
import { serviceAccess } from "./service-access.ts";
import { roleOf, sessionOf, stsRegionOf, type Target } from "./target.ts";

/** What the user wants of each console. */
export interface ConsoleWish extends WantedPage {
  readonly region: string | undefined;
  /** Signs the browser in with the role's credentials, by AWS's federation endpoint. */
  readonly federation: boolean;
  /** Undefined: the session's `ssox_console_in`, else a tab. */
  readonly in: ConsoleIn | undefined;
}

/** Where in the browser a console is opened: beside others with cookies of its own, but for `tab`. */
export const CONSOLE_IN = [
  "tab",
  "firefox-container",
  "chrome-profile",
  "chromium-profile",
] as const;

export type ConsoleIn = (typeof CONSOLE_IN)[number];

/** Whose console it is, as far as that is known. */
export interface ConsoleRole {
  readonly profile: string | undefined;
  readonly accountId: string | undefined;
  readonly roleName: string | undefined;
  /** In words: `sandbox as DeveloperAccess`. */
  readonly shown: string;
  /** What a place of its own in the browser may be called. */
  readonly names: readonly string[];
}

/** What is to be opened, once it is known to make sense. */
export interface ConsolePlan {
  readonly target: Target;
  readonly role: ConsoleRole;
  /** `ssox_browser` of its session. */
  readonly browser: string | undefined;
  readonly in: ConsoleIn;
  readonly way: ConsoleWay;
}

export type ConsoleWay =
  /** The access portal's link. */
  | { readonly kind: "shortcut"; readonly url: string }
  /** With the role's credentials, at AWS's sign-in of that region. */
  | ({ readonly kind: "federation"; readonly region: string } & FederatedPage);

/**
 * @throws SsoxError `Usage` for a page that is none of that console, and for a target
 * without a link of the access portal; `ConfigInvalid` for a start URL that is none
 */
export function planConsole(target: Target, wish: ConsoleWish, context: Context): ConsolePlan {
  if (hasLongTermKeys(target)) throw longTermKeys(target);
  const place = placeOf(target, wish, context);
  const session = sessionOf(target);
  return {
    target,
    role: shownRole(target, context),
    browser: session?.settings["ssox_browser"],
    in: wish.in ?? (session ? consoleInOf(session) : "tab"),
    way: wish.federation
      ? federation(target, wish, place, context)
      : shortcut(target, wish, place, context),
  };
}

function federation(
  target: Target,
  wish: ConsoleWish,
  place: ConsolePlace,
  context: Context,
): ConsoleWay {
  const session = sessionOf(target);
  const issuer = session && portalUrl(startUrlOf(session, context));
  const [region, destination] = [consoleRegion(place), consoleDestination(wish, place)];
  return { kind: "federation", region, destination, issuer };
}

function shortcut(
  { source, roles, profile }: Target,
  wish: ConsoleWish,
  place: ConsolePlace,
  context: Context,
): ConsoleWay {
  if (source.kind !== "sso" || roles.length > 0) throw noLink(profile);
  const { session, accountId, roleName } = source.role;
  // A vanity URL redirects the browser, which keeps what stands behind the #.
  const startUrl = startUrlOf(session, context);
  // A destination beats what the administrator has set for the permission set.
  const isFree = [wish.service, wish.destination, wish.region].every((one) => one === undefined);
  const destination = isFree ? undefined : consoleDestination(wish, place);
  return { kind: "shortcut", url: shortcutLink({ startUrl, accountId, roleName, destination }) };
}

function startUrlOf(session: SsoSession, context: Context): URL {
  const { name, startUrl } = session;
  const url = checkedStartUrl(startUrl, serviceAccess(context, session));
  if (url !== undefined) return url;
  const message = `The start URL of ${name} is no https URL: ${JSON.stringify(startUrl)}.`;
  throw new SsoxError("ConfigInvalid", message, {
    hint: "set sso_start_url to the AWS access portal URL, such as https://d-1234567890.awsapps.com/start",
  });
}

/** The value of the session's `ssox_console_in`. @throws SsoxError `ConfigInvalid` for any other */
export function consoleInOf(session: Pick<SsoSession, "name" | "settings">): ConsoleIn {
  const value = session.settings["ssox_console_in"] || "tab";
  const known = CONSOLE_IN.find((one) => one === value);
  if (known !== undefined) return known;
  throw oddSetting(
    session,
    "ssox_console_in",
    "tab, firefox-container, chrome-profile or chromium-profile",
  );
}

function hasLongTermKeys({ source, roles }: Target): boolean {
  return source.kind === "keys" && roles.length === 0 && source.keys.sessionToken === undefined;
}

/** AWS's federation endpoint takes temporary credentials alone. */
export function longTermKeys({ profile = "" }: Target): SsoxError {
  const message = `The profile ${JSON.stringify(profile)} has the long-term keys of a user: AWS signs nobody in to the console with these.`;
  return new SsoxError("Usage", message, {
    hint: "use a profile whose role_arn is assumed with these keys (source_profile)",
  });
}

/** The partition is the session's, and of the regions the one counts that is named nearest. */
function placeOf(target: Target, { region }: ConsoleWish, context: Context): ConsolePlace {
  const near = stsRegionOf(target, context);
  const session = sessionOf(target);
  return {
    partition: partitionOf(session?.region ?? near),
    region: region ?? near,
    of: session ? `the session ${session.name}` : `the profile ${JSON.stringify(target.profile)}`,
  };
}

function noLink(profile = ""): SsoxError {
  const message = `The access portal has no link to the console for the profile ${JSON.stringify(profile)}: it is no role of IAM Identity Center by itself.`;
  return new SsoxError("Usage", message, {
    hint: `ssox console --federation --profile ${shellWord(profile)}`,
  });
}

/** The account by the name that it was last listed under: nothing is asked for it. */
function shownRole(target: Target, { paths }: Context): ConsoleRole {
  const { profile } = target;
  const { accountId, roleName } = roleOf(target);
  const session = sessionOf(target);
  const accounts = session && keptInventory(paths.cache, session)?.inventory.accounts;
  const name = accounts?.find(({ id }) => id === accountId)?.name;
  const account = name ?? accountId ?? profile ?? "";
  const shown = roleName === undefined ? account : `${account} as ${roleName}`;
  const names = [...new Set([profile ?? shown, account])];
  return { profile, accountId, roleName, shown, names };
}
