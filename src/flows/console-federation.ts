import { federationUrl, type SessionCredentials } from "../aws/federation.ts";
import { type OneTimeRedirect, openOneTimeRedirect } from "../aws/one-time-redirect.ts";
import type { Context } from "../context.ts";
import type { Credentials } from "../domain/role-credentials.ts";
import { SsoxError } from "../errors.ts";
import { type ConsolePlan, type ConsoleWay, longTermKeys } from "./console-plan.ts";
import { serviceAccess } from "./service-access.ts";
import { targetCredentials } from "./target-credentials.ts";
import type { MaySignIn } from "./token.ts";

/**
 * The URL that signs a browser in with the target's own credentials. It is a secret.
 *
 * @throws SsoxError `Usage` for long-term keys; what {@link targetCredentials} and
 * AWS's sign-in fail with
 */
export async function federatedUrl(
  { target, role }: ConsolePlan,
  way: Extract<ConsoleWay, { kind: "federation" }>,
  maySignIn: MaySignIn,
  context: Context,
): Promise<string> {
  const credentials = await targetCredentials(target, { maySignIn }, context);
  if (!isOfSession(credentials)) throw longTermKeys(target);
  const request = { ...way, credentials, whose: role.shown };
  const pause = (milliseconds: number) => context.clock.sleep(milliseconds, context.signal);
  return await federationUrl(request, pause, serviceAccess(context, target));
}

function isOfSession(credentials: Credentials): credentials is SessionCredentials {
  return credentials.sessionToken !== undefined;
}

/** A console that the browser gets by way of this machine. */
export interface FederatedConsole extends Pick<ConsolePlan, "role"> {
  /** A secret. */
  readonly url: string;
  /** Starts the browser with an address; false where it cannot be started. */
  readonly open: (address: string) => boolean;
}

/** A browser that has to be started first, and its user who may have to confirm. */
const PATIENCE_MS = 120_000;

/**
 * Hands the URLs to the browser, all of them at once, past the process list, and waits until
 * each was fetched; tells `opened` of each.
 *
 * @throws SsoxError `Usage` where the browser cannot be started; `LoginTimeout` with those for
 * which no browser came; `NetworkError` before any is opened
 */
export async function openFederated(
  consoles: readonly FederatedConsole[],
  opened: (one: FederatedConsole) => void,
  { clock, signal, terminal }: Context,
): Promise<void> {
  const links: (FederatedConsole & { readonly redirect: OneTimeRedirect })[] = [];
  const stop = new AbortController();
  try {
    for (const one of consoles) {
      const redirect = await openOneTimeRedirect(one.url, (line) => terminal.trace(line));
      links.push({ ...one, redirect });
    }
    // No await in between: links that come at once are one start of Firefox.
    for (const { open, redirect } of links) if (!open(redirect.url)) throw noBrowser();
    const waiting = new Set(links);
    const fetched = links.map(async (link) => {
      await link.redirect.followed;
      waiting.delete(link);
      opened(link);
    });
    const tooLate = clock.sleep(PATIENCE_MS, AbortSignal.any([signal, stop.signal]));
    tooLate.catch(() => {});
    await Promise.race([Promise.all(fetched), tooLate]);
    if (waiting.size > 0) throw nobodyCame([...waiting]);
  } finally {
    stop.abort();
    for (const { redirect } of links) redirect.close();
  }
}

/** Unasked, a URL that is a secret is not shown. */
export function noBrowser(): SsoxError {
  const message = "No browser can be opened here, and the URL of a federated sign-in is a secret.";
  return new SsoxError("Usage", message, { hint: "--print" });
}

function nobodyCame(consoles: readonly FederatedConsole[]): SsoxError {
  const shown = consoles.map(({ role }) => role.shown).join(", ");
  return new SsoxError(
    "LoginTimeout",
    `No browser came for the console of ${shown} within two minutes.`,
    { hint: "--print" },
  );
}
