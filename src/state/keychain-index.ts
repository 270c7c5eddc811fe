import { readFileSync, unlinkSync } from "node:fs";
import path from "node:path";
import { cacheName } from "../domain/cache-name.ts";
import { asObject, parseJsonObject, stringIn } from "../domain/json.ts";
import { SsoxError } from "../errors.ts";
import { writeFileAtomically } from "../system/files/atomic-write.ts";
import { errnoOf, reasonOf, removalMend } from "../system/files/errno.ts";
import { namesIn } from "../system/files/names-in.ts";

/** Something of a session that lies, or may lie, in the keychain. No secret. */
export interface IndexedItem {
  /** Its name in the keychain. */
  readonly name: string;
  /** Of role credentials. */
  readonly role?: { readonly accountId: string; readonly roleName: string };
  /** Of role credentials; milliseconds since the epoch. */
  readonly expiration?: number;
}

/**
 * Which items of a session lie in the keychain, which itself lists none: a
 * file for each, so that many processes need no lock. Each is written before
 * its item and removed after it, so that no item is ever out of reach.
 */
export class KeychainIndex {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static of(stateFolder: string, sessionName: string): KeychainIndex {
    return new KeychainIndex(path.join(stateFolder, "keychain", cacheName(sessionName)));
  }

  /** Of every session that ever had something in the keychain. */
  static everyOne(stateFolder: string): KeychainIndex[] {
    const folder = path.join(stateFolder, "keychain");
    return namesIn(folder).map((name) => new KeychainIndex(path.join(folder, name)));
  }

  /** @throws SsoxError `WriteFailed` */
  add(item: IndexedItem): void {
    writeFileAtomically(this.#file(item.name), JSON.stringify(item), { mode: 0o600 });
  }

  /** @throws SsoxError `WriteFailed` */
  remove(name: string): void {
    const file = this.#file(name);
    try {
      unlinkSync(file);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return;
      throw new SsoxError("WriteFailed", `Cannot remove ${file}: ${reasonOf(error)}.`, {
        hint: removalMend(file),
        cause: error,
      });
    }
  }

  get(name: string): IndexedItem | undefined {
    return readItem(this.#file(name));
  }

  all(): IndexedItem[] {
    return namesIn(this.#folder)
      .filter((name) => name.endsWith(".json"))
      .flatMap((name) => readItem(path.join(this.#folder, name)) ?? []);
  }

  #file(name: string): string {
    return path.join(this.#folder, `${name.replace("/", "-")}.json`);
  }
}

function readItem(file: string): IndexedItem | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const json = parseJsonObject(text);
  const name = json && stringIn(json, "name");
  if (!json || !name) return undefined;
  const { role: roleJson, expiration } = json;
  const role = asObject(roleJson);
  const accountId = role && stringIn(role, "accountId");
  const roleName = role && stringIn(role, "roleName");
  return {
    name,
    ...(accountId && roleName && { role: { accountId, roleName } }),
    ...(typeof expiration === "number" && { expiration }),
  };
}
