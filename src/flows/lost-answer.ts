import type { SsoSession } from "../aws/config.ts";
import { tokenFile } from "../aws/token-cache.ts";
import type { Context } from "../context.ts";
import { SsoxError } from "../errors.ts";
import { SessionMarks } from "../state/session-marks.ts";
import { isOtherAlive } from "../system/files/process-identity.ts";
import { type HeldToken, heldToken, SETTLE_STEP_MS, unexpired } from "./held-token.ts";

/**
 * A process that asked for the next token may have been stopped since, with the
 * only copy of the answer: as long as it lives nobody asks again. To be called
 * under the session's lock, which has been taken over from it.
 *
 * @param deadline milliseconds since the epoch
 * @returns the token that it wrote; undefined when there is no such process (any more)
 * @throws SsoxError `FileLocked` when it is still there at the deadline
 */
export async function answerOfEarlier(
  file: string,
  held: HeldToken,
  session: SsoSession,
  deadline: number,
  context: Context,
): Promise<HeldToken | undefined> {
  const { clock, paths, signal, terminal } = context;
  const marks = new SessionMarks(paths.state, file);
  for (let tries = 0; ; tries += 1) {
    const asker = marks.of(held.fingerprint)?.asker;
    const now = heldToken(file, session);
    if (now && now.fingerprint !== held.fingerprint && unexpired(now, context)) return now;
    if (asker === undefined || !isOtherAlive(asker)) return undefined;
    if (tries === 0)
      terminal.note(`Waiting for process ${asker.pid}, which renews ${session.name} …`);
    if (clock.now() > deadline) throw stopped(asker.pid, session);
    await clock.sleep(SETTLE_STEP_MS, signal);
  }
}

function stopped(pid: number, session: SsoSession): SsoxError {
  const what = `Process ${pid} is renewing ${session.name} and does not go on`;
  return new SsoxError("FileLocked", `${what}: it may be stopped.`, { hint: `kill -CONT ${pid}` });
}

/** The refresh token was used, by a process that ended before it had the next one. */
export function isAnswerLost(session: SsoSession, { paths }: Context): boolean {
  const file = tokenFile(paths.tokenCache, session);
  const held = heldToken(file, session);
  const mark = held && new SessionMarks(paths.state, file).of(held.fingerprint);
  return mark?.refused === true && mark.unanswered;
}
