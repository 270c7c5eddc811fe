import { randomInt } from "node:crypto";
import type { Sending } from "../aws/portal.ts";
import { type Setback, setbackOf } from "../aws/setback.ts";
import type { Context } from "../context.ts";
import {
  firstPace,
  type PaceBasis,
  paceAfter,
  paceAt,
  resendDelay,
} from "../domain/request-pace.ts";

/** How often a request is sent before its failure is final. */
const ATTEMPTS = 5;
/** A refusal for the rate says nothing of the request: others were faster. */
const THROTTLED_ATTEMPTS = 12;
/** Whoever is told to wait for longer is told so, and does not wait. */
const LONGEST_RETRY_AFTER_MS = 120_000;
/**
 * Requests that were not sent in their time may be sent later: all of the first
 * second's at once, since a service that limits its rate lets a second's worth
 * through; later only what a busy machine held up.
 */
const FIRST_CREDIT_MS = 1_000;
const CREDIT_MS = 100;

/** Sends requests as fast as the service takes them; one for all requests that share its limit. */
export class RequestLimiter {
  readonly #context: Pick<Context, "clock" | "signal">;
  #basis: PaceBasis;
  #inFlight = 0;
  /** Requests that wait for their turn or their answer. */
  #open = 0;
  /** Since when there is none of them. */
  #idleSince: number;
  /** Nothing is sent before; milliseconds since the epoch. */
  #pausedUntil = 0;
  /** The next request's own time. */
  #due: number;
  /** When requests were sent, of the last second. */
  #sent: number[] = [];
  /** When the service took a request, of the last second. */
  #taken: number[] = [];
  #lastTurn: Promise<unknown> = Promise.resolve();
  #onAnswer: () => void = () => {};

  constructor(context: Pick<Context, "clock" | "signal">) {
    const now = context.clock.now();
    this.#context = context;
    this.#basis = firstPace(now);
    this.#due = now - FIRST_CREDIT_MS;
    this.#idleSince = now;
  }

  /** Sends one request when its turn comes, and again while that may help. */
  readonly send: Sending = async (attempt) => {
    const { clock, signal } = this.#context;
    let [failed, throttled] = [0, 0];
    for (;;) {
      const sentAt = await this.#turn();
      const answer = await attempt().then(
        (value) => ({ value }),
        (error: unknown) => ({ error, setback: setbackOf(error, clock.now()) }),
      );
      this.#answered(sentAt, "setback" in answer ? answer.setback : undefined);
      if ("value" in answer) return answer.value;
      const { setback, error } = answer;
      if (setback === undefined || setback.retryAfter > LONGEST_RETRY_AFTER_MS) throw error;
      if (setback.isThrottled) throttled += 1;
      else failed += 1;
      if (throttled >= THROTTLED_ATTEMPTS || failed >= ATTEMPTS) throw error;
      const wait = resendDelay(failed + throttled, randomInt(2 ** 32) / 2 ** 32);
      await clock.sleep(setback.retryAfter + wait, signal);
    }
  };

  /** Resolves with the time of sending; requests have their turns in the order of asking. */
  #turn(): Promise<number> {
    if (this.#open === 0) this.#goOn();
    this.#open += 1;
    const turn = this.#lastTurn.then(async () => {
      await this.#freeSlot();
      await this.#dueTime();
      this.#inFlight += 1;
      const now = this.#context.clock.now();
      this.#sent.push(now);
      return now;
    });
    this.#lastTurn = turn;
    return turn;
  }

  /** The pace does not grow while there is nothing to send: a sign-in may take minutes. */
  #goOn(): void {
    const now = this.#context.clock.now();
    const { since } = this.#basis;
    this.#basis = {
      ...this.#basis,
      since: since + Math.max(0, now - Math.max(since, this.#idleSince)),
    };
    this.#pausedUntil = Math.max(this.#pausedUntil, now);
  }

  async #freeSlot(): Promise<void> {
    while (this.#inFlight >= paceAt(this.#basis, this.#context.clock.now()).inFlight) {
      await new Promise<void>((resolve) => {
        this.#onAnswer = resolve;
      });
    }
  }

  async #dueTime(): Promise<void> {
    const { clock, signal } = this.#context;
    signal.throwIfAborted();
    let now = clock.now();
    // A refusal may put it off meanwhile.
    while (now < Math.max(this.#pausedUntil, this.#due)) {
      await clock.sleep(Math.ceil(Math.max(this.#pausedUntil, this.#due) - now), signal);
      now = clock.now();
    }
    const credit = this.#basis.limit === undefined ? FIRST_CREDIT_MS : CREDIT_MS;
    const interval = 1000 / paceAt(this.#basis, now).perSecond;
    this.#due = Math.max(this.#due, now - credit) + interval;
  }

  #answered(sentAt: number, setback: Setback | undefined): void {
    const now = this.#context.clock.now();
    this.#inFlight -= 1;
    this.#open -= 1;
    if (this.#open === 0) this.#idleSince = now;
    this.#sent = this.#sent.filter((time) => time > now - 1_000);
    this.#taken = this.#taken.filter((time) => time > now - 1_000);
    if (setback?.isThrottled) this.#slowDown(sentAt, setback.retryAfter, now);
    else this.#taken.push(now);
    this.#onAnswer();
  }

  #slowDown(sentAt: number, retryAfter: number, now: number): void {
    // A second with a pause in it tells nothing of what the service takes.
    const taken = now - this.#pausedUntil >= 1_000 ? this.#taken.length : undefined;
    const refusal = { sentAt, retryAfter, sent: this.#sent.length, taken };
    this.#basis = paceAfter(this.#basis, refusal, now);
    if (retryAfter > 0) this.#pausedUntil = Math.max(this.#pausedUntil, now + retryAfter);
  }
}
