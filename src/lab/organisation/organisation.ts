/** What one instance of the lab's Identity Center knows: accounts with their permission sets, and users. */
export interface Organisation {
  readonly accounts: readonly LabAccount[];
  /** At least one; the first signs in where nobody chooses. */
  readonly users: readonly LabUser[];
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

export interface LabUser {
  /** STS shows it as the role session's name. */
  readonly name: string;
  readonly email?: string;
  /** Role names by account id; every role of every account when absent. */
  readonly assignments?: ReadonlyMap<string, readonly string[]>;
}

/** The session length that AWS allows a permission set, in seconds: 1 to 12 hours; the lab goes lower. */
export const ROLE_SECONDS = { min: 1, max: 43_200 } as const;

/** The name of the user, where nothing else names one. */
export const DEFAULT_USER = "ada@example.com";
