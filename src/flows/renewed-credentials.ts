import { randomInt } from "node:crypto";
import type { CredentialsUnavailable, CredentialsWithEnd } from "../aws/container-endpoint.ts";
import type { Context } from "../context.ts";
import { attemptLimit, LOOK_AT_FILE_MS, renewalTime, retryDelay } from "../domain/renewal.ts";
import type { HeldCredentials } from "../domain/role-credentials.ts";
import type { SsoxError } from "../errors.ts";
import { expected, needsPerson, notRenewed, unanswered, unavailable } from "./renewal-failure.ts";
import { keepCaller } from "./same-caller.ts";
import type { LastingClock } from "./service-time.ts";
import { type SessionWatch, watchSession } from "./session-watch.ts";
import { sessionOf, type Target } from "./target.ts";
import { targetCredentials } from "./target-credentials.ts";

/** Credentials that are kept good in the background, until they are stopped. */
export interface RenewedCredentials {
  /** The newest, to their last second; then why there are none. Answers at once. */
  current(): CredentialsWithEnd | CredentialsUnavailable;
  /** Resolves after an attempt that is under way, or that is made now; soon where none may be made yet. */
  lookAgain(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/**
 * Renews a target's credentials ahead of every SDK's own window. A failure is
 * tried again for as long as it takes; nobody is asked to sign in, but told
 * once, and a sign-in done elsewhere is found at the next attempt. The end of
 * the session is told of before it comes, where it is known. Keys in a file are
 * looked at there, again and again: whoever wrote them may write new ones.
 *
 * When the machine's clock is set, AWS is asked, from whose answer the time is learnt;
 * until then what has ended by either clock is not served.
 *
 * @param clock by which `first` ends
 */
export function keepRenewed(
  target: Target,
  first: HeldCredentials,
  clock: LastingClock,
  given: Context,
): RenewedCredentials {
  const context = { ...given, clock };
  const stopping = new AbortController();
  const background = inBackground(given, stopping.signal);
  const state: Renewal = {
    credentials: first,
    due: dueTime(target, first, clock.now()),
    failures: 0,
    failure: undefined,
    told: false,
    triedAt: Number.NEGATIVE_INFINITY,
    waiting: [],
    wake: () => {},
    keepCaller: keepCaller(target, background),
  };
  const served = isInFile(target) ? SERVED_FROM_FILE_MS : SERVED_MS;
  const ended = renewUntilStopped(state, target, background, context, stopping.signal);
  return {
    current() {
      const now = clock.now();
      dueAfterJump(state, clock);
      if (now >= state.due) state.wake();
      const { credentials } = state;
      // Who asks goes by the machine's clock, however that was set.
      const { expiration = given.clock.now() + served } = credentials;
      const isGood = now < (credentials.expiration ?? Number.POSITIVE_INFINITY);
      return isGood ? { ...credentials, expiration } : unavailable(state.failure);
    },
    async lookAgain() {
      const now = clock.now();
      // Whoever has signed in meanwhile is not kept waiting for the next attempt in turn.
      if (clock.uptime() - state.triedAt >= LEAST_WAIT_MS) state.due = Math.min(state.due, now);
      if (now < state.due) return;
      state.wake();
      await new Promise<void>((resolve) => state.waiting.push(resolve));
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** Keys without an end are served with one, which is put off with every answer. */
const SERVED_MS = 3_600_000;

/**
 * Those that may be replaced at any time are to be asked for often: botocore does so below
 * 15 minutes, and waits for the answer below 10; most other SDKs ask below 5.
 */
const SERVED_FROM_FILE_MS = 11 * 60_000;

function isInFile({ source, roles }: Target): boolean {
  return source.kind === "keys" && roles.length === 0;
}

function dueTime(target: Target, credentials: HeldCredentials, now: number): number {
  return isInFile(target) ? now + LOOK_AT_FILE_MS : renewalTime(credentials, now);
}

/** Requests that find no credentials cause no more than one attempt in this time. */
const LEAST_WAIT_MS = 1_000;

interface Renewal {
  credentials: HeldCredentials;
  /** When to try next, in milliseconds since the epoch. */
  due: number;
  /** Attempts in a row that failed, and why the last one did. */
  failures: number;
  failure: SsoxError | undefined;
  /** The user knows of this row of failures. */
  told: boolean;
  /** When the last attempt ended, in milliseconds since the start of the machine. */
  triedAt: number;
  /** Called when the attempt is over that is under way, or next. */
  readonly waiting: (() => void)[];
  /** Ends the sleep: it may be over by the clock, and not by the timer. */
  wake: () => void;
  /** Throws for keys in the file that are somebody else's. */
  readonly keepCaller: ReturnType<typeof keepCaller>;
}

async function renewUntilStopped(
  state: Renewal,
  target: Target,
  background: Context,
  context: LastingContext,
  stopped: AbortSignal,
): Promise<void> {
  const { clock } = context;
  const watch = watchSession(sessionOf(target), { ...context, signal: stopped });
  for (;;) {
    await watch.look();
    if (stopped.aborted) return;
    dueAfterJump(state, clock);
    if (clock.now() < state.due) await nap(state, watch, context, stopped);
    else await attempt(state, target, watch, background, context);
  }
}

/** Only an answer of AWS tells which of the two clocks is right. */
function dueAfterJump(state: Renewal, clock: LastingClock): void {
  if (clock.noticesJump()) state.due = Math.min(state.due, clock.now());
}

/** With AWS's time. */
type LastingContext = Omit<Context, "clock"> & { readonly clock: LastingClock };

/** @param background what the attempt may use; `context` is for what the user is to hear */
async function attempt(
  state: Renewal,
  target: Target,
  watch: SessionWatch,
  background: Context,
  context: LastingContext,
): Promise<void> {
  const { clock } = context;
  const limit = AbortSignal.timeout(attemptLimit(leftOf(state, clock)));
  const within = { ...background, signal: AbortSignal.any([background.signal, limit]) };
  try {
    // Another process may have fetched newer ones: one fetch serves all.
    const newerThan = state.credentials.expiration ?? 0;
    const options = { maySignIn: "never", newerThan, inBackground: true, clock } as const;
    const renewed = await targetCredentials(target, options, within);
    if (isInFile(target)) await state.keepCaller(state.credentials, renewed);
    accept(state, renewed, clock, background.clock);
    state.due = dueTime(target, renewed, clock.now());
  } catch (error) {
    if (background.signal.aborted) return;
    // What the attempt has found out about the session comes first.
    await watch.look();
    fail(state, limit.aborted ? unanswered() : error, watch, context);
  } finally {
    state.triedAt = clock.uptime();
    for (const goOn of state.waiting.splice(0)) goOn();
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
const LONGEST_NAP_MS = 300_000;

/** Until it is time for an attempt or a warning, or to look at the clock again. */
async function nap(
  state: Renewal,
  watch: SessionWatch,
  { clock }: Context,
  stopped: AbortSignal,
): Promise<void> {
  const left = Math.min(state.due, watch.due) - clock.now();
  const awake = new AbortController();
  state.wake = () => awake.abort();
  const signal = AbortSignal.any([stopped, awake.signal]);
  await clock.sleep(Math.min(left, LONGEST_NAP_MS), signal).catch(() => {});
}

/** Of those whose end nothing tells the last ones count. */
function accept(
  state: Renewal,
  renewed: HeldCredentials,
  clock: LastingClock,
  machine: Context["clock"],
): void {
  const { expiration = Number.POSITIVE_INFINITY } = renewed;
  if (expiration > (state.credentials.expiration ?? 0)) {
    state.credentials = renewed;
    // New ones have not ended: the time was wrong from the start, and the clock has been put right.
    const now = machine.now();
    if (clock.now() >= expiration && now < expiration) clock.see(now);
  }
  state.failures = 0;
  state.failure = undefined;
  state.told = false;
}

/** Milliseconds until the end; infinite where nothing tells it. */
function leftOf({ credentials }: Renewal, clock: LastingClock): number {
  return (credentials.expiration ?? Number.POSITIVE_INFINITY) - clock.now();
}

function fail(
  state: Renewal,
  error: unknown,
  watch: SessionWatch,
  { clock, terminal }: LastingContext,
): void {
  const left = leftOf(state, clock);
  const failure = expected(error);
  state.failure = failure;
  state.failures += 1;
  state.due = clock.now() + retryDelay(state.failures, left, randomInt(2 ** 32) / 2 ** 32);
  terminal.trace(`renewal failed with ${Math.ceil(left / 1000)} s left: ${failure.message}`);
  const isKnown = left > 0 && Number.isFinite(left);
  if (state.told || (isKnown && !needsPerson(failure))) return;
  state.told = true;
  if (failure.code === "LoginRequired" && watch.hasToldEnd) return;
  terminal.note(`ssox: ${notRenewed(failure, isKnown ? left : undefined)}`);
}
