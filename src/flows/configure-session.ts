import type { SsoSession } from "../aws/config.ts";
import { type ConfigDocument, parseConfigDocument } from "../aws/config-document.ts";
import { amendConfig, setSsoRegion, upsertSession } from "../aws/config-edit.ts";
import { isRegion } from "../aws/config-session.ts";
import { isWritableName } from "../aws/config-writable.ts";
import { checkedStartUrl, resolveStartUrl } from "../aws/start-url-resolution.ts";
import type { Context } from "../context.ts";
import { regionOfStartUrl } from "../domain/start-url.ts";
import { SsoxError } from "../errors.ts";
import { serviceAccess } from "./service-access.ts";

export interface SessionSettings {
  /** Undefined: the first label of the start URL's host, else `sso`. */
  readonly name: string | undefined;
  readonly startUrl: string;
  /** Undefined: the one that the start URL names. */
  readonly ssoRegion: string | undefined;
}

/**
 * Writes the `[sso-session]` section, or amends it: its other keys and every
 * other byte of the file stay.
 *
 * @returns the session's name
 * @throws SsoxError `Usage`, `ConfigInvalid`, `WriteFailed`; of a vanity start
 * URL whose region is to be found, what `resolveStartUrl` throws
 */
export async function configureSession(
  settings: SessionSettings,
  context: Context,
): Promise<string> {
  const { startUrl } = settings;
  const url = checkedStartUrl(startUrl, serviceAccess(context));
  if (url === undefined) {
    throw new SsoxError("Usage", `${JSON.stringify(startUrl)} is no https URL.`, {
      hint: "--start-url https://d-1234567890.awsapps.com/start",
    });
  }
  const region = await regionOf(settings, context);
  const name = settings.name ?? nameOf(url);
  await amend(context, (document) => upsertSession(document, { name, startUrl, region }));
  return name;
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
  const what = `sso_region of ${session.name} in ${paths.configFile}`;
  try {
    const { isNew } = await amend(context, (document) => setSsoRegion(document, session));
    if (isNew) terminal.note(`${what} is now ${session.region}, as its start URL says.`);
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    terminal.note(`${what} should be ${session.region}, and stays as it is: ${error.message}`);
  }
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

function nameOf({ hostname }: URL): string {
  const [label = ""] = hostname.split(".");
  return isWritableName(label) && label !== "default" ? label : "sso";
}
