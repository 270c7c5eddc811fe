import { parseConfigDocument } from "../aws/config-document.ts";
import { amendConfig, upsertSession } from "../aws/config-edit.ts";
import { isRegion } from "../aws/config-session.ts";
import { isWritableName } from "../aws/config-writable.ts";
import type { Context } from "../context.ts";
import { parseUrl } from "../domain/url.ts";
import { SsoxError } from "../errors.ts";

export interface SessionSettings {
  /** Undefined: the first label of the start URL's host, else `sso`. */
  readonly name: string | undefined;
  readonly startUrl: string;
  readonly ssoRegion: string;
}

/**
 * Writes the `[sso-session]` section, or amends it: its other keys and every
 * other byte of the file stay.
 *
 * @returns the session's name
 * @throws SsoxError `Usage`, `ConfigInvalid`, `WriteFailed`
 */
export async function configureSession(
  settings: SessionSettings,
  context: Context,
): Promise<string> {
  const { startUrl, ssoRegion } = settings;
  const url = parseUrl(startUrl);
  if (url?.protocol !== "https:") {
    throw new SsoxError("Usage", `${JSON.stringify(startUrl)} is no https URL.`, {
      hint: "--start-url https://d-1234567890.awsapps.com/start",
    });
  }
  if (!isRegion(ssoRegion)) {
    throw new SsoxError("Usage", `${JSON.stringify(ssoRegion)} is no name of a region.`, {
      hint: "--sso-region eu-west-1",
    });
  }
  const name = settings.name ?? nameOf(url);
  const { paths, signal } = context;
  const onWait = (): void =>
    context.terminal.note(`Waiting for another program to write ${paths.configFile}.`);
  await amendConfig(paths.configFile, { onWait, signal }, (text) => ({
    after: upsertSession(parseConfigDocument(text), { name, startUrl, region: ssoRegion }),
  }));
  return name;
}

function nameOf({ hostname }: URL): string {
  const [label = ""] = hostname.split(".");
  return isWritableName(label) && label !== "default" ? label : "sso";
}
