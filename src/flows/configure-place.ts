import type { AwsConfig } from "../aws/config.ts";
import { isRegion } from "../aws/config-session.ts";
import { openOidc } from "../aws/oidc.ts";
import { checkedStartUrl, resolveStartUrl } from "../aws/start-url-resolution.ts";
import type { Context } from "../context.ts";
import { foreignRegion } from "../domain/partitions.ts";
import { isSameStartUrl, regionOfStartUrl } from "../domain/start-url.ts";
import { typedStartUrl } from "../domain/typed-start-url.ts";
import { isPassing, SsoxError } from "../errors.ts";
import { serviceAccess } from "./service-access.ts";
import { writtenSessions } from "./written-sessions.ts";

/** Where a sign-in goes. */
export interface Place {
  readonly startUrl: string;
  /** Of IAM Identity Center. */
  readonly region: string;
}

/**
 * Asks for the start URL and the region until the service does not refuse
 * them, or the user wants them all the same.
 *
 * @param present what Enter answers
 */
export async function askPlace(present: Partial<Place>, context: Context): Promise<Place> {
  const { terminal } = context;
  for (let byDefault = present; ; ) {
    const { startUrl, portal } = await askStartUrl(byDefault.startUrl, context);
    const region = await askRegion(portal, byDefault.region, context);
    const place = { startUrl, region };
    const isKnown = startUrl === present.startUrl && region === present.region;
    const why = isKnown ? undefined : await refusalOf({ startUrl: portal, region }, context);
    if (why === undefined) return place;
    terminal.note(
      `AWS in ${region} does not know ${portal} (${why}): the start URL is mistyped, or that is not the region of this Identity Center.`,
    );
    if (await terminal.confirm("Take them all the same?", false)) return place;
    byDefault = place;
  }
}

/**
 * Asks for the start URL, and finds out where it leads.
 *
 * @returns `portal`: the one by which the service knows it; the same, but for a vanity URL
 */
async function askStartUrl(
  byDefault: string | undefined,
  context: Context,
): Promise<{ readonly startUrl: string; readonly portal: string }> {
  const { terminal, signal } = context;
  const meant = (answer: string) => (answer === byDefault ? answer : typedStartUrl(answer));
  const led = new Map<string, string>();
  const answer = await terminal.ask("Start URL (of the AWS access portal):", signal, {
    byDefault,
    check: async (text) => {
      const startUrl = meant(text);
      if (startUrl === undefined) return NO_START_URL;
      try {
        led.set(startUrl, await resolveStartUrl(startUrl, serviceAccess(context)));
        return undefined;
      } catch (error) {
        if (!(error instanceof SsoxError)) throw error;
        // A network that fails just now says nothing about the URL.
        return isPassing(error) ? undefined : error.message;
      }
    },
  });
  const startUrl = meant(answer) ?? answer;
  const portal = led.get(startUrl);
  if (startUrl !== answer) terminal.note(`That is ${startUrl}`);
  if (portal === undefined) terminal.note("Nobody answers there just now: it is taken as it is.");
  else if (portal !== startUrl) terminal.note(`It leads to ${portal}`);
  return { startUrl, portal: portal ?? startUrl };
}

const NO_START_URL = "That is no start URL, such as https://d-1234567890.awsapps.com/start";

/**
 * Asks for the region of IAM Identity Center, where the URL does not tell it.
 * @param portal the start URL, resolved
 */
export async function askRegion(
  portal: string,
  byDefault: string | undefined,
  { terminal, signal }: Context,
): Promise<string> {
  const named = regionOfStartUrl(portal);
  if (named !== undefined) {
    terminal.note(`Its region is ${named}, as the URL says.`);
    return named;
  }
  return await terminal.ask("Region of IAM Identity Center (such as eu-west-1):", signal, {
    byDefault,
    check: async (answer) => {
      if (isRegion(answer)) return foreignRegion(answer, portal);
      return `${JSON.stringify(answer)} is no name of a region.`;
    },
  });
}

/** A start URL that old-form profiles name and no `[sso-session]` has: it waits for one. */
export function oldFormPlace(config: AwsConfig): Partial<Place> {
  const written = writtenSessions(config).map(({ settings }) => settings["sso_start_url"] ?? "");
  const isNew = (startUrl: string) => !written.some((each) => isSameStartUrl(startUrl, each));
  const found = [...config.legacySessions.values()].find(({ startUrl }) => isNew(startUrl));
  return found ? { startUrl: found.startUrl, region: found.region } : {};
}

/**
 * The start URL that somebody gave as a flag.
 * @throws SsoxError `Usage`
 */
export function givenStartUrl(typed: string, context: Context): string {
  const startUrl = typedStartUrl(typed);
  if (startUrl !== undefined && checkedStartUrl(startUrl, serviceAccess(context))) return startUrl;
  // A password may stand before an @.
  const what = typed.includes("@") ? "What was given" : JSON.stringify(typed);
  throw new SsoxError("Usage", `${what} is no start URL.`, {
    hint: "--start-url https://d-1234567890.awsapps.com/start",
  });
}

/**
 * Why the service refuses that start URL in that region; undefined when it does
 * not, which proves nothing: in another region AWS may tell the browser alone.
 */
async function refusalOf(
  { startUrl, region }: Place,
  context: Context,
): Promise<string | undefined> {
  const { terminal } = context;
  terminal.progress(`Asking AWS in ${region} …`);
  try {
    const oidc = await openOidc(region, serviceAccess(context));
    const client = await oidc.registerForDevice("ssox", ["sso:account:access"]);
    const started = await oidc.startDeviceAuthorization(client, startUrl);
    return started.kind === "start-url-refused" ? started.why : undefined;
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    if (error.code === "LoginDenied") return error.message;
    if (!isPassing(error)) throw error;
    terminal.note(`${error.message} Whether AWS knows the start URL there is not known.`);
    return undefined;
  } finally {
    terminal.progress(undefined);
  }
}
