import type { SsoSession } from "../aws/config.ts";
import type { Context } from "../context.ts";
import { nextWarning, warningDue } from "../domain/session-warning.ts";
import { SsoxError } from "../errors.ts";
import { loginCommand } from "./login-required.ts";
import { type SessionOutlook, sessionOutlook } from "./session-outlook.ts";

/** Tells the user of the end of a session, in time and once. */
export interface SessionWatch {
  /** When to look again, in milliseconds since the epoch. */
  readonly due: number;
  /** The user has heard that this sign-in is over. */
  readonly hasToldEnd: boolean;
  /** Looks at the sign-in as it is now: a new one is not warned of for the old one's end. */
  look(): Promise<void>;
}

/** @param session undefined for credentials that depend on no sign-in */
export function watchSession(session: SsoSession | undefined, context: Context): SessionWatch {
  const state: Told = {
    signInId: undefined,
    warned: undefined,
    end: false,
    due: Number.POSITIVE_INFINITY,
  };
  return {
    get due() {
      return state.due;
    },
    get hasToldEnd() {
      return state.end;
    },
    async look() {
      if (session === undefined) return;
      const outlook = await outlookOrNone(session, context);
      // Whoever signs in again is looked at then; until then there is nothing to tell.
      if (outlook === undefined) state.due = context.clock.now() + LOOK_AGAIN_MS;
      else tell(state, outlook, session, context);
    },
  };
}

const LOOK_AGAIN_MS = 60_000;

interface Told {
  signInId: string | undefined;
  /** See {@link warningDue}. */
  warned: number | undefined;
  end: boolean;
  due: number;
}

/** A token that cannot be read is told of by whoever needs it. */
async function outlookOrNone(
  session: SsoSession,
  context: Context,
): Promise<SessionOutlook | undefined> {
  try {
    return await sessionOutlook(session, context);
  } catch (error) {
    if (error instanceof SsoxError || context.signal.aborted) return undefined;
    throw error;
  }
}

function tell(
  state: Told,
  { signInId, end: sessionEnd, isOver }: SessionOutlook,
  session: SsoSession,
  { clock, terminal }: Context,
): void {
  if (state.signInId !== signInId) {
    Object.assign(state, { signInId, warned: undefined, end: false });
  }
  const now = clock.now();
  const end = sessionEnd?.at;
  state.due = end === undefined ? Number.POSITIVE_INFINITY : nextWarning(end, now);
  if (isOver) {
    if (!state.end) {
      terminal.note(
        `ssox: the session ${session.name} has ended: AWS renews it no more → ${loginCommand(session)}`,
      );
    }
    state.end = true;
    return;
  }
  const warning = end === undefined ? undefined : warningDue(end - now, state.warned);
  if (end === undefined || warning === undefined) return;
  state.warned = warning;
  const minutes = Math.ceil((end - now) / 60_000);
  terminal.note(
    `ssox: the session ${session.name} ends in ${minutes} min → ${loginCommand(session)} --force`,
  );
}
