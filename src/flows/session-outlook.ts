import type { SsoSession } from "../aws/config.ts";
import { tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { parseDuration } from "../domain/duration.ts";
import { sessionEnd } from "../domain/session-end.ts";
import { SessionMarks } from "../state/session-marks.ts";
import { heldToken } from "./held-token.ts";

/** What can be known of a session's future. */
export interface SessionOutlook {
  /** Another one after every sign-in, the same one after a refresh. */
  readonly signInId: string;
  /** Milliseconds since the epoch; undefined where nothing tells it. */
  readonly end: number | undefined;
  /** The service has refused to renew the token: the session is over. */
  readonly isOver: boolean;
}

/** The outlook of the sign-in as it is now; undefined when there is no token. */
export function sessionOutlook(
  session: SsoSession,
  { paths }: Context,
): SessionOutlook | undefined {
  const file = tokenFile(paths.tokenCache, session);
  const held = heldToken(file, session);
  if (held === undefined) return undefined;
  const mark = new SessionMarks(paths.state, file).of(held.fingerprint);
  const seconds = parseDuration(session.settings["ssox_session_duration"] ?? "");
  const end = sessionEnd({
    signedInAt: mark?.signedInAt,
    configuredLength: seconds && seconds * 1000,
    learnedLength: mark?.learnedLength,
    tokenExpiresAt: held.token.expiresAt,
    hasRefreshToken: held.token.refreshToken !== undefined,
  });
  return {
    signInId: mark?.signInId ?? held.fingerprint,
    end: end?.at,
    isOver: mark?.refused === true || mark?.rejected === true,
  };
}
