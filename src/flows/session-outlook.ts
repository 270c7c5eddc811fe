import type { SsoSession } from "../aws/config.ts";
import type { Context } from "../context.ts";
import { parseDuration } from "../domain/duration.ts";
import { type SessionEnd, sessionEnd } from "../domain/session-end.ts";
import type { SessionMark } from "../state/session-marks.ts";
import { type HeldToken, heldToken } from "./held-token.ts";
import { oddSetting } from "./odd-setting.ts";
import { storeOf } from "./stores/store-of.ts";

/** What can be known of a session's future. */
export interface SessionOutlook {
  /** Another one after every sign-in, the same one after a refresh. */
  readonly signInId: string;
  /** Undefined where nothing tells it. */
  readonly end: SessionEnd | undefined;
  /** The service has refused to renew the token: the session is over. */
  readonly isOver: boolean;
}

/**
 * The outlook of the sign-in as it is now; undefined when there is no token.
 * @throws SsoxError `CacheInvalid`, `KeychainUnavailable`, `ConfigInvalid`
 */
export async function sessionOutlook(
  session: SsoSession,
  context: Context,
): Promise<SessionOutlook | undefined> {
  const store = storeOf(session, context);
  const held = await heldToken(store, session, context.signal);
  if (held === undefined) return undefined;
  const mark = store.marks.of(held.fingerprint);
  return {
    signInId: mark?.signInId ?? held.fingerprint,
    end: sessionEndOf(session, held, mark),
    isOver: mark?.refused === true || mark?.rejected === true,
  };
}

/**
 * When the session ends that the token belongs to; undefined where nothing tells it.
 * @throws as {@link configuredLength}
 */
export function sessionEndOf(
  session: SsoSession,
  { token }: HeldToken,
  mark: SessionMark | undefined,
): SessionEnd | undefined {
  return sessionEnd({
    signedInAt: mark?.signedInAt,
    configuredLength: configuredLength(session),
    learnedLength: mark?.learnedLength,
    tokenExpiresAt: token.expiresAt,
    hasRefreshToken: token.refreshToken !== undefined,
  });
}

/**
 * `ssox_session_duration` in milliseconds; undefined where it is not set.
 * @throws SsoxError `ConfigInvalid`
 */
export function configuredLength(
  session: Pick<SsoSession, "name" | "settings">,
): number | undefined {
  const configured = session.settings["ssox_session_duration"];
  if (!configured) return undefined;
  const seconds = parseDuration(configured);
  if (seconds !== undefined) return seconds * 1000;
  throw oddSetting(session, "ssox_session_duration", "a duration, as 8h or 90m");
}
