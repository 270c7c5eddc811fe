import { federationUrl, type SessionCredentials } from "../aws/federation.ts";
import { openOneTimeRedirect } from "../aws/one-time-redirect.ts";
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

/** A browser that has to be started first, and its user who may have to confirm. */
const PATIENCE_MS = 120_000;

/**
 * Hands the URL to the browser, past the process list, and waits until it was fetched.
 * @throws SsoxError `Usage` where the browser cannot be started, `LoginTimeout` where it does not come
 */
export async function openFederated(
  { role }: ConsolePlan,
  url: string,
  open: (url: string) => boolean,
  context: Context,
): Promise<void> {
  const { clock, signal, terminal } = context;
  const redirect = await openOneTimeRedirect(url, (line) => terminal.trace(line));
  const stop = new AbortController();
  try {
    if (!open(redirect.url)) throw noBrowser();
    const ended = AbortSignal.any([signal, stop.signal]);
    const tooLate = clock.sleep(PATIENCE_MS, ended).then(() => "too late");
    tooLate.catch(() => {});
    if ((await Promise.race([redirect.followed, tooLate])) === "too late")
      throw nobodyCame(role.shown);
  } finally {
    stop.abort();
    redirect.close();
  }
}

/** Unasked, a URL that is a secret is not shown. */
export function noBrowser(): SsoxError {
  const message = "No browser can be opened here, and the URL of a federated sign-in is a secret.";
  return new SsoxError("Usage", message, { hint: "--print" });
}

function nobodyCame(shown: string): SsoxError {
  return new SsoxError(
    "LoginTimeout",
    `No browser came for the console of ${shown} within two minutes.`,
    { hint: "set BROWSER, or use --print" },
  );
}
