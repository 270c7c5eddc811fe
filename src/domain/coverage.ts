/** Until when a program can have credentials, as far as that is known; milliseconds since the epoch. */
export interface CredentialsReach {
  /** The end of those in hand; infinite for keys that do not end, undefined where nothing tells it. */
  readonly expiration: number | undefined;
  /** They can be renewed without a person. */
  readonly isRenewed: boolean;
  /** When that ends which they are renewed with; infinite for keys that do not, undefined when that is unknown. */
  readonly sessionEnd: number | undefined;
}

export type Coverage =
  | { readonly kind: "covered" }
  | { readonly kind: "unknown" }
  /** Which of the two ends before; `until` in milliseconds since the epoch. */
  | { readonly kind: "session" | "role"; readonly until: number };

/**
 * Whether credentials last until then. Those in hand outlast the session that
 * they were fetched under.
 *
 * @param needed milliseconds since the epoch
 * @returns `session` or `role` for what is known to end before
 */
export function coverage(reach: CredentialsReach, needed: number): Coverage {
  const { expiration, isRenewed, sessionEnd } = reach;
  if (expiration === undefined) return { kind: "unknown" };
  if (expiration >= needed) return { kind: "covered" };
  if (!isRenewed) return { kind: "role", until: expiration };
  if (sessionEnd === undefined) return { kind: "unknown" };
  if (sessionEnd >= needed) return { kind: "covered" };
  return { kind: "session", until: Math.max(sessionEnd, expiration) };
}
