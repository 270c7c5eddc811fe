import { SsoxError } from "../errors.ts";

/** A session for which something failed, while it was done for the others. */
export interface FailedSession {
  /** Undefined for what lies on this machine and belongs to no session that is known. */
  readonly session: string | undefined;
  readonly error: SsoxError;
}

/**
 * Does something of which a failure shall keep nothing else from being done:
 * the failure goes to `failed`; one that is no session's, unless another has said the same.
 *
 * @returns undefined when it failed
 */
export async function attempt<T>(
  failed: FailedSession[],
  session: string | undefined,
  deed: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await deed();
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    const isTold = failed.some((other) => other.error.message === error.message);
    if (session !== undefined || !isTold) failed.push({ session, error });
    return undefined;
  }
}
