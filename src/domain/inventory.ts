/** What the access portal assigns to the user of one session. */
export interface Inventory {
  readonly accounts: readonly InventoryAccount[];
}

export interface InventoryAccount {
  /** Twelve digits. */
  readonly id: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
  /** The permission sets' names. */
  readonly roles: readonly string[];
}
