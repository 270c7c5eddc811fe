import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { asObject, parseJsonObject, stringIn } from "../domain/json.ts";
import { makeFolder } from "../system/files/make-folder.ts";
import { inventoryFile, type SessionKey } from "./inventory-cache.ts";

/** An account as the portal names it, without its roles. */
export interface NamedAccount {
  readonly id: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
}

/**
 * What a run lists for: to show what is kept (`read`), or what is assigned now
 * (`refresh`), to write profiles (`sync`), or to remove some as well (`prune`).
 */
export type ListingPurpose = "read" | "refresh" | "sync" | "prune";

/** For so long what a run listed that was ended serves the next one. */
const SERVES_MS = 3_600_000;

/**
 * What a listing has learnt so far, a line of JSON for each answer, so that a
 * run that was ended (`kill -9` too) need not be begun again. It belongs to
 * one sign-in: another may be another user's.
 */
export class ListingJournal {
  /** When the listing began, in the run that began it; milliseconds since the epoch. */
  readonly begunAt: number;
  /** Undefined until all of them are known. */
  readonly accounts: readonly NamedAccount[] | undefined;
  /** By account id. */
  readonly roles: ReadonlyMap<string, readonly string[]>;
  readonly #file: string;
  #descriptor: number | undefined;

  private constructor(file: string, found: Found, descriptor: number | undefined) {
    this.begunAt = found.begunAt;
    this.accounts = found.accounts;
    this.roles = found.roles;
    this.#file = file;
    this.#descriptor = descriptor;
  }

  /**
   * Goes on with the journal of the last run, if it is of the same sign-in, no
   * more than an hour old, and begun for what `purpose` may go on with; else
   * begins a new one. One that cannot be written costs the next run its time,
   * and no more.
   *
   * @param by.signIn names the sign-in
   * @param now milliseconds since the epoch
   */
  static open(
    cacheFolder: string,
    session: SessionKey,
    by: { readonly signIn: string; readonly purpose: ListingPurpose },
    now: number,
  ): ListingJournal {
    const file = inventoryFile(cacheFolder, session).replace(/\.json$/, ".partial");
    const found = read(
      file,
      now,
      (of, purpose) => of === by.signIn && mayGoOn(by.purpose, purpose),
    );
    if (found) {
      // A line that was cut stays alone; it says nothing.
      return new ListingJournal(file, found, opened(file, "a", found.isCut ? "\n" : ""));
    }
    discard(file);
    const header = `${JSON.stringify({ begunAt: now, ...by })}\n`;
    const nothing = { begunAt: now, accounts: undefined, roles: new Map(), isCut: false };
    return new ListingJournal(file, nothing, opened(file, "ax", header));
  }

  noteAccounts(accounts: readonly NamedAccount[]): void {
    this.#write({ accounts });
  }

  noteRoles(accountId: string, roles: readonly string[]): void {
    this.#write({ accountId, roles });
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** The listing has come to its end. */
  remove(): void {
    this.close();
    discard(this.#file);
  }

  #write(line: object): void {
    if (this.#descriptor === undefined) return;
    try {
      // At once, by its own descriptor: another process may have begun another journal.
      writeSync(this.#descriptor, `${JSON.stringify(line)}\n`);
    } catch {
      this.close();
    }
  }
}

interface Found {
  readonly begunAt: number;
  readonly accounts: readonly NamedAccount[] | undefined;
  readonly roles: ReadonlyMap<string, readonly string[]>;
  readonly isCut: boolean;
}

/**
 * All of them ask the same, and tell how old the oldest answer is. Who wants new
 * answers takes no former ones, but for the rest of the same question.
 */
function mayGoOn(purpose: ListingPurpose, begun: unknown): boolean {
  // What is missing from older answers may have been assigned since.
  if (purpose === "prune") return false;
  return purpose !== "refresh" || begun === "refresh";
}

function read(
  file: string,
  now: number,
  serves: (signIn: unknown, purpose: unknown) => boolean,
): Found | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const [header = "", ...lines] = text.split("\n");
  const { begunAt, signIn, purpose } = parseJsonObject(header) ?? {};
  if (!serves(signIn, purpose) || typeof begunAt !== "number") return undefined;
  if (begunAt > now || now - begunAt > SERVES_MS) return undefined;
  let accounts: readonly NamedAccount[] | undefined;
  const roles = new Map<string, readonly string[]>();
  for (const line of lines) {
    const json = parseJsonObject(line) ?? {};
    const accountId = stringIn(json, "accountId");
    if (Array.isArray(json["accounts"])) accounts = json["accounts"].flatMap(named);
    if (accountId && Array.isArray(json["roles"])) roles.set(accountId, json["roles"].map(String));
  }
  return { begunAt, accounts, roles, isCut: !text.endsWith("\n") };
}

function named(value: unknown): readonly NamedAccount[] {
  const json = asObject(value) ?? {};
  const id = stringIn(json, "id");
  return id ? [{ id, name: stringIn(json, "name"), email: stringIn(json, "email") }] : [];
}

/** One that stays is found out by its sign-in and its age. */
function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The cache folder cannot be written.
  }
}

function opened(file: string, flags: "a" | "ax", text: string): number | undefined {
  try {
    makeFolder(path.dirname(file));
    const descriptor = openSync(file, flags, 0o600);
    if (text !== "") writeSync(descriptor, text);
    return descriptor;
  } catch {
    return undefined;
  }
}
