import { isSignInPage } from "../aws/authorize-url.ts";
import type { DeviceAuthorization, Registration } from "../aws/oidc.ts";
import type { Context } from "../context.ts";
import { parseUrl } from "../domain/url.ts";
import { isPassing } from "../errors.ts";
import { clientFor } from "./client-registration.ts";
import type { HeldToken } from "./held-token.ts";
import {
  answerLost,
  denied,
  REMIND_AFTER_MS,
  refusedInRegion,
  remindOfRegion,
  type SignInAttempt,
  timedOut,
} from "./sign-in-attempt.ts";

/** RFC 8628 §3.5: each `slow_down` adds this to the interval, for good. */
const SLOW_DOWN_SECONDS = 5;

/** The device authorization grant (RFC 8628): URL and code are shown, the service is polled. */
export async function signInWithDevice(
  attempt: SignInAttempt,
  context: Context,
): Promise<HeldToken> {
  const { session, oidc } = attempt;
  const { client, started } = await startedAuthorization(attempt, context);
  const page = pageOf(started, attempt);
  const qr = attempt.options.qr ? await qrCode(page.opened) : undefined;
  context.signal.throwIfAborted();
  await attempt.begin();
  const { terminal } = context;
  terminal.note(`To sign in to ${session.name} (${attempt.why}), open ${page.shown}`);
  terminal.note(`and check that the page shows the code ${started.userCode.replace(/\s+/g, " ")}`);
  if (qr !== undefined) terminal.note(qr);
  if (attempt.openBrowser) context.browser.open(page.opened, session.settings["ssox_browser"]);
  context.terminal.progress(`Waiting for ${oidc.authorizeUrl.host} …`);
  try {
    return await poll(attempt, client, started, context);
  } finally {
    context.terminal.progress(undefined);
  }
}

/** The page's URL for the camera of a phone. */
async function qrCode(url: string): Promise<string> {
  const { renderUnicodeCompact } = await import("uqr");
  return renderUnicodeCompact(url);
}

async function startedAuthorization(attempt: SignInAttempt, context: Context) {
  const { session, startUrl, oidc } = attempt;
  const registration = await clientFor(session, "device", context);
  const register = () => oidc.registerForDevice("ssox", registration.scopes);
  let client = registration.kept ?? (await registration.keep(await register()));
  let started = await oidc.startDeviceAuthorization(client, startUrl);
  if (started.kind === "client-refused" && registration.kept) {
    // A registration may end before its time: once more with a new one.
    client = await registration.keep(await register());
    started = await oidc.startDeviceAuthorization(client, startUrl);
  }
  switch (started.kind) {
    case "started":
      return { client, started };
    case "start-url-refused":
      throw refusedInRegion(attempt, started.why);
    case "client-refused":
      throw denied(session, "the service does not accept its own new client");
  }
}

async function poll(
  attempt: SignInAttempt,
  client: Registration,
  started: DeviceAuthorization,
  context: Context,
): Promise<HeldToken> {
  const { session } = attempt;
  const { clock, signal } = context;
  const end = Math.min(attempt.deadline, clock.now() + started.expiresIn * 1000);
  let interval = started.interval;
  let remindAt = clock.now() + REMIND_AFTER_MS;
  for (;;) {
    const wait = interval * 1000;
    if (clock.now() + wait > end) {
      await clock.sleep(Math.max(0, end - clock.now()), signal);
      throw timedOut(session);
    }
    await clock.sleep(wait, signal);
    if (clock.now() >= remindAt) {
      remindOfRegion(attempt, context);
      remindAt = Number.POSITIVE_INFINITY;
    }
    const { deviceCode } = started;
    const grantType = "urn:ietf:params:oauth:grant-type:device_code";
    const answer = await attempt
      .exchange(client, { grantType, deviceCode })
      .catch((error: unknown) => whilePassing(error, context));
    switch (answer.kind) {
      case "kept":
        return answer.held;
      case "pending":
        break;
      case "slow-down":
        interval += SLOW_DOWN_SECONDS;
        break;
      case "expired":
        throw timedOut(session);
      case "invalid-grant":
        if (attempt.isAnswerLost()) throw answerLost(session);
        throw refusedInRegion(attempt, answer.why);
      case "denied":
      case "invalid-client":
        throw denied(session, answer.why);
    }
  }
}

/** A network that failed for a moment: the user may be in the middle of signing in. */
function whilePassing(error: unknown, context: Context): { kind: "pending" } {
  if (!isPassing(error)) throw error;
  context.terminal.trace(
    `polling goes on: ${error instanceof Error ? error.message : "it failed"}`,
  );
  return { kind: "pending" };
}

/** The page as it is shown (code apart, to compare) and as the browser gets it. */
function pageOf(started: DeviceAuthorization, { session, oidc }: SignInAttempt) {
  const checked = (url: string): string => {
    const page = parseUrl(url);
    if (page && isSignInPage(page, oidc.authorizeUrl, session.region)) return page.href;
    throw denied(session, `the service named ${page?.origin ?? "no URL"} as its sign-in page`);
  };
  return {
    shown: checked(started.verificationUri),
    opened: checked(started.verificationUriComplete),
  };
}
