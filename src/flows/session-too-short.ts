import type { Context } from "../context.ts";
import { coverage } from "../domain/coverage.ts";
import { durationWords, parseDuration } from "../domain/duration.ts";
import type { HeldCredentials } from "../domain/role-credentials.ts";
import { SsoxError } from "../errors.ts";
import { loginCommand } from "./login-required.ts";
import { configuredLength, sessionOutlook } from "./session-outlook.ts";
import { sessionOf, type Target } from "./target.ts";
import { targetClock } from "./target-clock.ts";

export interface Need {
  /** How long credentials are needed, in milliseconds; undefined where nobody says. */
  readonly needs: number | undefined;
  /** `env`: those in hand are all there will be. */
  readonly mode: "server" | "env";
}

/** What `--needs` says, in milliseconds. @throws SsoxError `Usage` */
export function neededTime(needs: string | undefined): number | undefined {
  if (needs === undefined) return undefined;
  const seconds = parseDuration(needs);
  if (seconds !== undefined) return seconds * 1000;
  throw new SsoxError("Usage", `${JSON.stringify(needs)} is no duration.`, {
    hint: "--needs 4h",
  });
}

/**
 * Refuses what is known not to last for long enough; says so where nothing is
 * known of that.
 *
 * @throws SsoxError `SessionTooShort`
 */
export async function refuseTooShort(
  target: Target,
  credentials: HeldCredentials,
  { needs, mode }: Need,
  context: Context,
): Promise<void> {
  if (needs === undefined) return;
  const { terminal } = context;
  const session = sessionOf(target);
  const outlook = session && (await sessionOutlook(session, context));
  const isRenewed = mode === "server" && target.roles.every(({ mfaSerial }) => !mfaSerial);
  const now = targetClock(target, context).now();
  const { source } = target;
  const expiration = credentials.expiration ?? endOfKeys(credentials);
  const ownEnd = source.kind === "keys" ? endOfKeys(source.keys) : undefined;
  const sessionEnd = outlook?.isOver ? now : (outlook?.end?.at ?? ownEnd);
  const found = coverage({ expiration, isRenewed, sessionEnd }, now + needs);
  if (found.kind === "covered") return;
  if (found.kind === "unknown") {
    const what = session ? `the session ${session.name}` : "what the credentials come from";
    return terminal.note(`ssox: nothing tells whether ${what} lasts for ${durationWords(needs)}.`);
  }
  const lasting = `for ${durationWords(found.until - now)} more, and ${durationWords(needs)} are needed`;
  if (found.kind === "session" && session) {
    const message = `The session ${session.name} is good ${lasting}.`;
    const longest = configuredLength(session) ?? Number.POSITIVE_INFINITY;
    throw new SsoxError("SessionTooShort", message, {
      hint:
        longest < needs
          ? "ask your administrator for a longer session of the access portal"
          : `${loginCommand(session)} --force`,
    });
  }
  throw new SsoxError("SessionTooShort", `The credentials are good ${lasting}.`, {
    hint:
      mode === "env"
        ? "use --mode server, which renews them"
        : "set a longer duration_seconds in the profile",
  });
}

/** A user's long-term keys do not end; those with a session token do, and nothing tells when. */
function endOfKeys({ sessionToken }: Pick<HeldCredentials, "sessionToken">): number | undefined {
  return sessionToken === undefined ? Number.POSITIVE_INFINITY : undefined;
}
