import { randomInt } from "node:crypto";
import type { CredentialsUnavailable } from "../aws/container-endpoint.ts";
import type { Context } from "../context.ts";
import { masked } from "../domain/masked.ts";
import { renewalTime, retryDelay } from "../domain/renewal.ts";
import type { RoleCredentials } from "../domain/role-credentials.ts";
import { isPassing, SsoxError } from "../errors.ts";
import { type HeldRoleCredentials, roleCredentials } from "./role-credentials.ts";
import { serviceClock } from "./service-time.ts";
import { storeOf } from "./stores/store-of.ts";
import type { Target } from "./target.ts";

/** Credentials that are kept good in the background, until they are stopped. */
export interface RenewedCredentials {
  /** The newest, to their last second; then why there are none. Answers at once. */
  current(): RoleCredentials | CredentialsUnavailable;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/**
 * Renews a role's credentials ahead of every SDK's own window. A failure is
 * tried again for as long as it takes; nobody is asked to sign in, but told
 * once, and a sign-in done elsewhere is found at the next attempt.
 */
export function keepRenewed(
  target: Target,
  first: HeldRoleCredentials,
  given: Context,
): RenewedCredentials {
  const clock = serviceClock(storeOf(target.session, given), given.clock);
  const context = { ...given, clock };
  const stopping = new AbortController();
  const state: Renewal = {
    credentials: first,
    due: renewalTime(first, clock.now()),
    failures: 0,
    failure: undefined,
    told: false,
    wake: () => {},
  };
  const background = inBackground(given, stopping.signal);
  const ended = renewUntilStopped(state, target, background, context, stopping.signal);
  return {
    current() {
      const now = clock.now();
      if (now >= state.due) state.wake();
      return now < state.credentials.expiration ? state.credentials : unavailable(state.failure);
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

interface Renewal {
  credentials: HeldRoleCredentials;
  /** When to try next, in milliseconds since the epoch. */
  due: number;
  /** Attempts in a row that failed, and why the last one did. */
  failures: number;
  failure: SsoxError | undefined;
  /** The user knows of this row of failures. */
  told: boolean;
  /** Ends the sleep: it may be over by the clock, and not by the timer. */
  wake: () => void;
}

async function renewUntilStopped(
  state: Renewal,
  target: Target,
  background: Context,
  context: Context,
  stopped: AbortSignal,
): Promise<void> {
  while (await isDue(state, context, stopped)) {
    try {
      // Another process may have fetched newer ones: one fetch serves all.
      const newerThan = state.credentials.expiration;
      const renewed = await roleCredentials(target, { maySignIn: "never", newerThan }, background);
      accept(state, renewed, context.clock.now());
    } catch (error) {
      if (!stopped.aborted) fail(state, error, context);
    }
  }
}

/** The terminal is the child's now: no question, no progress, no notice but our own. */
function inBackground({ terminal, ...context }: Context, stopped: AbortSignal): Context {
  return {
    ...context,
    signal: stopped,
    terminal: {
      ...terminal,
      canAsk: false,
      showsProgress: false,
      note: (text) => terminal.trace(text),
      progress: () => {},
    },
  };
}

/** Timers stand still while a laptop sleeps: none is longer than this; a request ends it, too. */
const LONGEST_SLEEP_MS = 300_000;

/** @returns true when it is time for an attempt, false when there is to be none any more */
async function isDue(state: Renewal, { clock }: Context, stopped: AbortSignal): Promise<boolean> {
  while (!stopped.aborted) {
    const left = state.due - clock.now();
    if (left <= 0) return true;
    const awake = new AbortController();
    state.wake = () => awake.abort();
    const signal = AbortSignal.any([stopped, awake.signal]);
    await clock.sleep(Math.min(left, LONGEST_SLEEP_MS), signal).catch(() => {});
  }
  return false;
}

function accept(state: Renewal, renewed: HeldRoleCredentials, now: number): void {
  if (renewed.expiration > state.credentials.expiration) state.credentials = renewed;
  state.due = renewalTime(renewed, now);
  state.failures = 0;
  state.failure = undefined;
  state.told = false;
}

function fail(state: Renewal, error: unknown, { clock, terminal }: Context): void {
  const now = clock.now();
  const left = state.credentials.expiration - now;
  const failure = expected(error);
  state.failure = failure;
  state.failures += 1;
  state.due = now + retryDelay(state.failures, left, randomInt(2 ** 32) / 2 ** 32);
  terminal.trace(`renewal failed with ${Math.ceil(left / 1000)} s left: ${failure.message}`);
  if (state.told || (left > 0 && !needsPerson(failure))) return;
  state.told = true;
  const lasting = left > 0 ? ` (they last ${Math.ceil(left / 60_000)} more min)` : "";
  terminal.note(`ssox: cannot renew the credentials${lasting}: ${withHint(failure)}`);
}

function expected(error: unknown): SsoxError {
  if (error instanceof SsoxError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SsoxError("Unexpected", masked(message), { cause: error });
}

/** Time alone does not mend it. */
function needsPerson(failure: SsoxError): boolean {
  return !isPassing(failure) && failure.code !== "FileLocked";
}

function withHint({ message, hint }: SsoxError): string {
  return hint === undefined ? message : `${message} → ${hint}`;
}

function unavailable(failure: SsoxError | undefined): CredentialsUnavailable {
  if (failure === undefined) {
    const message = "The credentials have expired and are being renewed.";
    return { kind: "temporary", code: "ServiceUnavailable", message };
  }
  const isDenied = ["LoginRequired", "AccessDenied"].includes(failure.code);
  return {
    kind: isDenied ? "denied" : "temporary",
    code: failure.code,
    message: withHint(failure),
  };
}
