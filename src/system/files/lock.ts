import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { isUnwritten, SsoxError, shellWord } from "../../errors.ts";
import { type Holder, holds, look, publish, remove, removeIf, touch } from "./lock-file.ts";
import { isGone } from "./process-identity.ts";

/** The holder says that it lives this often. */
const TOUCH_EVERY_MS = 2_000;
/** A lock whose holder cannot be looked at is taken over after this long without a touch. */
const STALE_AFTER_MS = 15_000;
/** A clock that jumped must not make a live lock look old: it is watched for this long at least. */
const WATCH_AT_LEAST_MS = 5_000;
const NOTICE_AFTER_MS = 3_000;
/** Below the 60 s after which the AWS SDK for Go kills a credential process. */
export const GIVE_UP_AFTER_MS = 45_000;

/** A lock that is held. */
export interface Lock {
  /**
   * False once another process has taken the lock over (this one was stopped, or
   * slept), and when that cannot be told.
   */
  isOwn(): boolean;
}

export interface LockOptions<T> {
  /** Looked at while waiting, whenever the lock moves: an answer ends the wait without the lock. */
  readonly settled?: () => T | undefined | Promise<T | undefined>;
  /** Called once, after three seconds of waiting. */
  readonly onWait?: () => void;
  /** Milliseconds; 45,000 without it. */
  readonly giveUpAfter?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs `body` while this process alone, of all that ask for it, holds the lock
 * file. Its release never removes another's lock. The lock file is published by
 * link(2), so that nobody sees it half-written.
 *
 * @throws SsoxError `FileLocked` when the wait was in vain, `WriteFailed` when
 * no lock file can be made; the reason of `signal` when that aborts the wait.
 */
export async function withLock<T>(
  file: string,
  options: LockOptions<T>,
  body: (lock: Lock) => Promise<T>,
): Promise<T> {
  const id = randomBytes(12).toString("hex");
  const answer = await acquire(file, id, options);
  if (answer !== undefined) return answer;
  const isOwn = (): boolean => holds(file, id);
  const heartbeat = setInterval(() => {
    if (isOwn()) touch(file);
  }, TOUCH_EVERY_MS);
  heartbeat.unref();
  try {
    return await body({ isOwn });
  } finally {
    clearInterval(heartbeat);
    release(file, id);
  }
}

/**
 * The same for what can be done without the lock, too.
 *
 * @param isNone whether an error that kept the lock from being taken says that it must be
 * done so; by default where none can be written
 */
export async function withLockIfPossible<T>(
  file: string,
  options: LockOptions<T>,
  body: () => Promise<T>,
  isNone: (error: unknown) => boolean = isUnwritten,
): Promise<T> {
  let isHeld = false;
  try {
    return await withLock(file, options, async () => {
      isHeld = true;
      return await body();
    });
  } catch (error) {
    if (isHeld || !isNone(error)) throw error;
    return await body();
  }
}

/** Resolves to undefined when the lock is held, to the answer when one came up first. */
async function acquire<T>(
  file: string,
  id: string,
  options: LockOptions<T>,
): Promise<T | undefined> {
  const started = performance.now();
  const giveUpAfter = options.giveUpAfter ?? GIVE_UP_AFTER_MS;
  const filled = `${file}.${id}`;
  let seen: (Holder & { since: number }) | undefined;
  let noticed = false;
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      const holder = look(file);
      const now = performance.now();
      if (holder?.id !== seen?.id) {
        const answer = seen === undefined ? undefined : await options.settled?.();
        if (answer !== undefined) return answer;
      }
      if (holder === undefined) {
        if (publish(file, filled, id)) return undefined;
      } else {
        if (holder.id !== seen?.id || holder.mtimeMs !== seen.mtimeMs)
          seen = { ...holder, since: now };
        const gone = holder.process !== undefined && isGone(holder.process);
        if (gone || isStale(holder.mtimeMs, now - seen.since)) {
          removeIf(file, holder.id);
          continue;
        }
      }
      if (now - started > giveUpAfter) throw locked(file, holder, giveUpAfter);
      if (!noticed && now - started > NOTICE_AFTER_MS) {
        noticed = true;
        options.onWait?.();
      }
      await pause(20 + Math.random() * 30, options.signal);
    }
  } finally {
    remove(filled);
  }
}

function isStale(mtimeMs: number, watchedMs: number): boolean {
  if (watchedMs > STALE_AFTER_MS) return true;
  return watchedMs > WATCH_AT_LEAST_MS && Date.now() - mtimeMs > STALE_AFTER_MS;
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(milliseconds, undefined, signal ? { signal } : {}).catch(() => {
    signal?.throwIfAborted();
  });
}

function release(file: string, id: string): void {
  try {
    removeIf(file, id);
  } catch {
    // It goes once this process has ended; what was done under the lock is done.
  }
}

function locked(file: string, holder: Holder | undefined, waitedMs: number): SsoxError {
  const { process } = holder ?? {};
  const who = process === undefined ? "another program" : `process ${process.pid}`;
  return new SsoxError(
    "FileLocked",
    `${file} has been held by ${who} for over ${Math.round(waitedMs / 1000)} seconds.`,
    { hint: process === undefined ? `ls -l ${shellWord(file)}` : `ps -fp ${process.pid}` },
  );
}
