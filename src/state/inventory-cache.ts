import { readFileSync } from "node:fs";
import path from "node:path";
import { cacheName } from "../domain/cache-name.ts";
import type { Inventory } from "../domain/inventory.ts";
import { asObject, parseJsonObject, stringIn } from "../domain/json.ts";
import { bareStartUrl } from "../domain/start-url.ts";
import { SsoxError } from "../errors.ts";
import { writeFileAtomically } from "../system/files/atomic-write.ts";

/** A listing of a session's accounts and roles from before. */
export interface KeptInventory {
  readonly inventory: Inventory;
  /** Milliseconds since the epoch. */
  readonly listedAt: number;
}

interface SessionKey {
  readonly name: string;
  readonly startUrl: string;
}

/** The session's last listing; undefined when there is none that can be read. */
export function keptInventory(cacheFolder: string, session: SessionKey): KeptInventory | undefined {
  let text: string;
  try {
    text = readFileSync(inventoryFile(cacheFolder, session), "utf8");
  } catch {
    return undefined;
  }
  const json = parseJsonObject(text);
  const { listedAt, accounts } = json ?? {};
  if (typeof listedAt !== "number" || !Array.isArray(accounts)) return undefined;
  return { listedAt, inventory: { accounts: accounts.flatMap(account) } };
}

/** Keeps a listing. One that cannot be kept costs another listing, and no more. */
export function keepInventory(
  cacheFolder: string,
  session: SessionKey,
  inventory: Inventory,
  listedAt: number,
): void {
  try {
    const text = JSON.stringify({ listedAt, accounts: inventory.accounts });
    writeFileAtomically(inventoryFile(cacheFolder, session), text, { mode: 0o600 });
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
  }
}

function account(value: unknown): Inventory["accounts"] {
  const json = asObject(value);
  const id = json && stringIn(json, "id");
  if (!json || !id || !Array.isArray(json["roles"])) return [];
  const roles = json["roles"].filter((role): role is string => typeof role === "string");
  return [{ id, name: stringIn(json, "name"), email: stringIn(json, "email"), roles }];
}

function inventoryFile(cacheFolder: string, { name, startUrl }: SessionKey): string {
  return path.join(
    cacheFolder,
    "inventory",
    `${cacheName(`${name}\n${bareStartUrl(startUrl)}`)}.json`,
  );
}
