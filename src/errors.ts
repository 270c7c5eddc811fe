/**
 * The exit status that belongs to each error code. The codes are part of the
 * contract: they stand in `--json` errors and in `ssox: error CODE: …`.
 */
const EXIT_STATUS = {
  Unexpected: 1,
  Usage: 2,
  UnknownSession: 2,
  UnknownProfile: 2,
  UnknownAccount: 2,
  LoginRequired: 3,
  LoginDenied: 3,
  LoginTimeout: 3,
  SessionTooShort: 3,
  AccessDenied: 4,
  ServiceUnavailable: 5,
  NetworkError: 5,
  Throttled: 5,
  ConfigInvalid: 6,
  CacheInvalid: 6,
  FileLocked: 6,
  WriteFailed: 6,
  KeychainUnavailable: 6,
  Drift: 7,
  ProblemsFound: 7,
  Partial: 8,
} as const;

export type ErrorCode = keyof typeof EXIT_STATUS;

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(EXIT_STATUS, text);
}

/** For a command that ends with a status of the table and its own document, not an error. */
export function exitStatusOf(code: ErrorCode): number {
  return EXIT_STATUS[code];
}

/** The program was ended by this signal: 128 + its number is the exit status. */
export type EndingSignal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGQUIT";

const SIGNAL_STATUS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;

/**
 * An expected failure: what failed and why (`message`), and the one command or
 * edit that mends it (`hint`). Anything else that is thrown is a bug and
 * becomes `Unexpected`. Neither text may hold a secret.
 *
 * A hint is a command line (`ssox login`), flags to add to the command that
 * failed (`--session acme`), or an instruction in words, in which a command
 * stands in backticks. `docs/errors.md` lists them all.
 */
export class SsoxError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  /** Who answered was not AWS: a proxy, or the network's own page. */
  readonly isIntercepted: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint: string; cause?: unknown; isIntercepted?: boolean },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SsoxError";
    this.code = code;
    this.hint = options.hint;
    this.isIntercepted = options.isIntercepted ?? false;
  }

  get exitStatus(): number {
    return exitStatusOf(this.code);
  }
}

/** The text as one word of a POSIX shell, for the commands that hints show. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const PASSING: readonly ErrorCode[] = ["NetworkError", "ServiceUnavailable", "Throttled"];

/** A failure of the network or the service, which time may mend. */
export function isPassing(error: unknown): boolean {
  return error instanceof SsoxError && PASSING.includes(error.code);
}

/** The keychain cannot be used. */
export function isUnavailable(error: unknown): error is SsoxError {
  return error instanceof SsoxError && error.code === "KeychainUnavailable";
}

/** A file could not be written: no space, or no permission. */
export function isUnwritten(error: unknown): error is SsoxError {
  return error instanceof SsoxError && error.code === "WriteFailed";
}

/** Thrown by any wait that a signal ended; becomes 128 + the signal's number. */
export class Interrupted extends Error {
  readonly signal: EndingSignal;

  constructor(signal: EndingSignal) {
    super(`ended by ${signal}`);
    this.name = "Interrupted";
    this.signal = signal;
  }

  get exitStatus(): number {
    return SIGNAL_STATUS[this.signal];
  }
}
