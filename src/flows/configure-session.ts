import { findSession, parseAwsConfig, type SsoSession } from "../aws/config.ts";
import { type ConfigDocument, parseConfigDocument } from "../aws/config-document.ts";
import {
  amendConfig,
  type PlannedConfig,
  planConfig,
  setSsoRegion,
  upsertSession,
} from "../aws/config-edit.ts";
import type { Settings } from "../aws/config-section-edit.ts";
import { isRegion } from "../aws/config-session.ts";
import { isWritableName } from "../aws/config-writable.ts";
import { checkedStartUrl, resolveStartUrl } from "../aws/start-url-resolution.ts";
import type { Context } from "../context.ts";
import { foreignRegion } from "../domain/partitions.ts";
import { regionOfStartUrl } from "../domain/start-url.ts";
import { SsoxError } from "../errors.ts";
import { serviceAccess } from "./service-access.ts";

export interface SessionSettings {
  /** Undefined: the first label of the start URL's host, else `sso`. */
  readonly name: string | undefined;
  readonly startUrl: string;
  /** Undefined: the one that the start URL names. */
  readonly ssoRegion: string | undefined;
  /** Further keys of its section; an empty value takes the key out. */
  readonly more?: Settings;
}

/** A session that the config file is to have once somebody has signed in to it. */
export interface PlannedSession {
  /** As the file would give it. */
  readonly session: SsoSession;
  readonly change: PlannedConfig;
  /**
   * Writes its section, or amends it: its other keys and every other byte of the file stay.
   *
   * @param region the one in which the sign-in was
   * @throws SsoxError `ConfigInvalid`, `WriteFailed`, `FileLocked`
   */
  write(region: string): Promise<void>;
}

/**
 * What the settings make of the `[sso-session]` section of that name. Nothing
 * is written yet, but it is seen that it can be.
 *
 * @throws SsoxError `Usage`, `ConfigInvalid`, `WriteFailed`; of a vanity start
 * URL whose region is to be found, what `resolveStartUrl` throws
 */
export async function planSession(
  settings: SessionSettings,
  context: Context,
): Promise<PlannedSession> {
  const { startUrl, more = [] } = settings;
  const { configFile } = context.paths;
  const url = checkedStartUrl(startUrl, serviceAccess(context));
  if (url === undefined) {
    throw new SsoxError("Usage", `${JSON.stringify(startUrl)} is no https URL.`, {
      hint: "--start-url https://d-1234567890.awsapps.com/start",
    });
  }
  const planned = await regionOf(settings, context);
  const name = settings.name ?? sessionNameFor(url);
  const withRegion = (region: string) => (document: ConfigDocument) =>
    upsertSession(document, { name, startUrl, region, more });
  const change = planConfig(configFile, withRegion(planned));
  return {
    session: findSession(parseAwsConfig(configFile, change.after), name),
    change,
    async write(region) {
      const text = (document: ConfigDocument) => withRegion(region)(document).text;
      const { isNew } = await amend(context, text);
      if (isNew && region !== planned) noteRegion({ name, region }, context);
    },
  };
}

/**
 * After a sign-in: the other AWS clients look for the session's region in the
 * config file, and nowhere else. A file that cannot be amended is told of, and
 * no more: the token is there.
 *
 * @param signedIn `startUrl`: as it was resolved; `session`: with the region that it names
 */
export async function rememberRegion(
  { startUrl, session }: { readonly startUrl: string; readonly session: SsoSession },
  context: Context,
): Promise<void> {
  if (regionOfStartUrl(startUrl) === undefined) return;
  const { terminal, paths } = context;
  try {
    const { isNew } = await amend(context, (document) => setSsoRegion(document, session));
    if (isNew) noteRegion(session, context);
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    const what = `sso_region of ${session.name} in ${paths.configFile}`;
    terminal.note(`${what} should be ${session.region}, and stays as it is: ${error.message}`);
  }
}

function noteRegion(
  { name, region }: Pick<SsoSession, "name" | "region">,
  { terminal, paths }: Context,
): void {
  const what = `sso_region of ${name} in ${paths.configFile}`;
  terminal.note(`${what} is now ${region}, as its start URL says.`);
}

async function regionOf(
  { startUrl, ssoRegion }: SessionSettings,
  context: Context,
): Promise<string> {
  if (ssoRegion !== undefined && !isRegion(ssoRegion)) {
    throw new SsoxError("Usage", `${JSON.stringify(ssoRegion)} is no name of a region.`, {
      hint: "--sso-region eu-west-1",
    });
  }
  const named = regionOfStartUrl(startUrl);
  if (named !== undefined && ssoRegion !== undefined && named !== ssoRegion)
    context.terminal.note(`The start URL is one of ${named}: that is used, not ${ssoRegion}.`);
  const region = named ?? ssoRegion;
  const odd = region && foreignRegion(region, startUrl);
  if (odd) context.terminal.note(odd);
  if (region !== undefined) return region;
  const found = regionOfStartUrl(await resolveStartUrl(startUrl, serviceAccess(context)));
  if (found !== undefined) return found;
  throw new SsoxError("Usage", `${startUrl} does not tell the region of IAM Identity Center.`, {
    hint: "--sso-region eu-west-1",
  });
}

async function amend(
  { paths, signal, terminal }: Context,
  amended: (document: ConfigDocument) => string,
): Promise<{ readonly after: string; readonly isNew: boolean }> {
  const onWait = (): void =>
    terminal.note(`Waiting for another program to write ${paths.configFile}.`);
  return await amendConfig(paths.configFile, { onWait, signal }, (text) => {
    const after = amended(parseConfigDocument(text));
    return { after, isNew: after !== text };
  });
}

/** What a session is called that nobody gives a name. */
export function sessionNameFor({ hostname }: URL): string {
  const [label = ""] = hostname.split(".");
  return isWritableName(label) && label !== "default" ? label : "sso";
}

/** The name, or with the first number behind it that no session has: to amend another one would take its sign-in away. */
export function freeName(name: string, sessions: readonly { readonly name: string }[]): string {
  const taken = new Set(sessions.map((session) => session.name));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  return free;
}
