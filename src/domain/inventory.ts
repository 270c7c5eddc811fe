/** What the access portal assigns to the user of one session. */
export interface Inventory {
  readonly accounts: readonly InventoryAccount[];
}

export interface InventoryAccount {
  /** Twelve digits. */
  readonly id: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
  /** The permission sets' names; none where the account is among the failed ones. */
  readonly roles: readonly string[];
}

/** An account whose roles could not be listed, and why. */
export interface FailedAccount {
  readonly accountId: string;
  /** The code of an SsoxError. */
  readonly code: string;
  readonly message: string;
}

/** What was listed, and when: in part, where an account failed. */
export interface DatedInventory {
  readonly inventory: Inventory;
  /** When the listing began; milliseconds since the epoch. */
  readonly listedAt: number;
  readonly failed: readonly FailedAccount[];
}
