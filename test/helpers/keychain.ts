import type { Keychain } from "../../src/system/keychain/keychain.ts";

/** Fails the test when it is used: sessions without `ssox_store = keychain` never touch one. */
export function forbiddenKeychain(): Keychain {
  const fail = async (): Promise<never> => {
    throw new Error("the keychain was used");
  };
  return { get: fail, set: fail, remove: fail, prove: fail };
}

/** A keychain in memory, and how often it was asked. */
export interface MemoryKeychain {
  get: Keychain["get"];
  set: Keychain["set"];
  remove: Keychain["remove"];
  prove: Keychain["prove"];
  readonly items: Map<string, string>;
  readonly calls: string[];
}

export function memoryKeychain(): MemoryKeychain {
  const items = new Map<string, string>();
  const calls: string[] = [];
  return {
    items,
    calls,
    async get(name) {
      calls.push(`get ${name}`);
      return items.get(name);
    },
    async set(name, value) {
      calls.push(`set ${name}`);
      items.set(name, value);
    },
    async remove(names) {
      calls.push(...names.map((name) => `remove ${name}`));
      for (const name of names) items.delete(name);
    },
    async prove() {
      calls.push("prove");
    },
  };
}
