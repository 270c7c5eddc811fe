import { readFileSync } from "node:fs";
import path from "node:path";
import { cacheName } from "../domain/cache-name.ts";
import type { DatedInventory, FailedAccount, InventoryAccount } from "../domain/inventory.ts";
import { asObject, parseJsonObject, stringIn } from "../domain/json.ts";
import { namesList } from "../domain/names-list.ts";
import { bareStartUrl } from "../domain/start-url.ts";
import { SsoxError } from "../errors.ts";
import { writeFileAtomically } from "../system/files/atomic-write.ts";

export interface SessionKey {
  readonly name: string;
  readonly startUrl: string;
}

export interface KeptInventory extends DatedInventory {
  /** Names the sign-in that it was listed under; undefined where the file does not tell. */
  readonly signIn: string | undefined;
}

/** The session's last listing; undefined when there is none that can be read. */
export function keptInventory(cacheFolder: string, session: SessionKey): KeptInventory | undefined {
  let text: string;
  try {
    text = readFileSync(inventoryFile(cacheFolder, session), "utf8");
  } catch {
    return undefined;
  }
  const json = parseJsonObject(text) ?? {};
  const { listedAt, accounts, failed = [] } = json;
  if (typeof listedAt !== "number" || !Array.isArray(accounts) || !Array.isArray(failed)) {
    return undefined;
  }
  const inventory = { accounts: accounts.flatMap(account) };
  const signIn = stringIn(json, "signIn");
  return { inventory, listedAt, failed: failed.flatMap(failure), signIn };
}

/**
 * Keeps a listing, and beside it its names for the completion of shells
 * (src/shells). One that cannot be kept costs another listing, and no more.
 */
export function keepInventory(
  cacheFolder: string,
  session: SessionKey,
  { inventory: { accounts }, listedAt, failed, signIn }: KeptInventory,
): void {
  const file = inventoryFile(cacheFolder, session);
  const names = namesList(session.name, { accounts });
  try {
    const text = JSON.stringify({ listedAt, signIn, accounts, failed });
    writeFileAtomically(file, text, { mode: 0o600 });
    writeFileAtomically(file.replace(/\.json$/, ".names"), names, { mode: 0o600 });
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
  }
}

function account(value: unknown): readonly InventoryAccount[] {
  const json = asObject(value);
  const id = json && stringIn(json, "id");
  if (!json || !id || !Array.isArray(json["roles"])) return [];
  const roles = json["roles"].filter((role): role is string => typeof role === "string");
  return [{ id, name: stringIn(json, "name"), email: stringIn(json, "email"), roles }];
}

function failure(value: unknown): readonly FailedAccount[] {
  const json = asObject(value) ?? {};
  const accountId = stringIn(json, "accountId");
  const code = stringIn(json, "code");
  return accountId && code ? [{ accountId, code, message: stringIn(json, "message") ?? "" }] : [];
}

/** Where what was listed of a session lies. */
export function inventoryFile(cacheFolder: string, { name, startUrl }: SessionKey): string {
  return path.join(
    cacheFolder,
    "inventory",
    `${cacheName(`${name}\n${bareStartUrl(startUrl)}`)}.json`,
  );
}
