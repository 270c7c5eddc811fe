import type { SsoSession } from "../aws/config.ts";
import type { Context } from "../context.ts";
import { SsoxError } from "../errors.ts";
import { isOtherAlive } from "../system/files/process-identity.ts";
import { type HeldToken, heldToken, SETTLE_STEP_MS, unexpired } from "./held-token.ts";
import type { SecretStore } from "./stores/secret-store.ts";
import { storeOf } from "./stores/store-of.ts";

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
  store: SecretStore,
  held: HeldToken,
  session: SsoSession,
  deadline: number,
  context: Context,
): Promise<HeldToken | undefined> {
  const { clock, signal, terminal } = context;
  for (let tries = 0; ; tries += 1) {
    const asker = store.marks.of(held.fingerprint)?.asker;
    const now = await heldToken(store, session, signal);
    if (now && now.fingerprint !== held.fingerprint && unexpired(store, now, context)) return now;
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
export function isAnswerLost(session: SsoSession, context: Context): boolean {
  const mark = storeOf(session, context).signInMark();
  return mark?.refused === true && mark.unanswered;
}
