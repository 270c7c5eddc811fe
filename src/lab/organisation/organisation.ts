/** What the lab's Identity Center knows: one user, and the accounts and roles assigned to that user. */
export interface Organisation {
  readonly user: { readonly name: string };
  readonly accounts: readonly LabAccount[];
}

export interface LabAccount {
  /** Twelve digits, leading zeros included. */
  readonly id: string;
  /** Absent or empty: the service leaves names out at times. */
  readonly name?: string;
  readonly email?: string;
  readonly roles: readonly LabRole[];
}

export interface LabRole {
  /** The permission set's name. */
  readonly name: string;
  /** The permission set's session duration in seconds; the lab's own setting when absent. */
  readonly sessionSeconds?: number;
}

/** The session length that AWS allows a permission set, in seconds: 1 to 12 hours; the lab goes lower. */
export const ROLE_SECONDS = { min: 1, max: 43_200 } as const;

/** The name of the user, where nothing else names one. */
export const DEFAULT_USER = "ada@example.com";
