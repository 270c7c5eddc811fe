import { describe, expect, it } from "vitest";
import { serializeToken } from "../../../src/aws/token-cache.ts";
import {
  CREDENTIAL_MANAGER_UNITS,
  type Items,
  splitItems,
} from "../../../src/system/keychain/split.ts";

const LIMIT = 20;

describe("items that are split", () => {
  it("come back whole, whatever their length, and leave nothing behind", async () => {
    const { kept, items } = memory();
    for (const length of [0, 1, 19, 20, 21, 40, 41, 400, 60, 3, 100]) {
      const text = "x".repeat(length);
      await items.set("token", text);
      expect(await items.get("token")).toBe(text);
      const parts = length > LIMIT ? Math.ceil(length / LIMIT) : 0;
      expect(kept.size).toBe(parts + 1);
      for (const piece of kept.values()) expect(piece.length).toBeLessThanOrEqual(LIMIT);
    }
    expect(await items.delete("token")).toBe(true);
    expect(kept.size).toBe(0);
    expect(await items.get("token")).toBeNull();
    expect(await items.delete("token")).toBe(false);
  });

  it("keep the old text until the new one is whole", async () => {
    const { kept, items } = memory();
    await items.set("token", "a".repeat(100));
    const failing = splitItems(failingAfter(kept, 3), LIMIT);
    await expect(failing.set("token", "b".repeat(100))).rejects.toThrow("full");
    expect(await items.get("token")).toBe("a".repeat(100));
    await items.set("token", "c".repeat(50));
    expect(await items.get("token")).toBe("c".repeat(50));
    expect(kept.size).toBe(4);
  });

  it("are cut between characters, never in one", async () => {
    const { kept, items } = memory();
    const text = `${"x".repeat(LIMIT - 1)}\u{1f511}${"\u{1f511}".repeat(LIMIT)}`;
    await items.set("token", text);
    expect(await items.get("token")).toBe(text);
    for (const piece of kept.values()) expect(Buffer.from(piece, "utf8").toString()).toBe(piece);
  });

  it("fit Windows' Credential Manager, whatever an identity center makes of a token", async () => {
    const { kept, manager } = credentialManager();
    const items = splitItems(manager, CREDENTIAL_MANAGER_UNITS);
    // A client secret alone, a JSON web token, has more than the 1,280 characters that fit.
    const token = serializeToken({
      startUrl: "https://d-1234567890.awsapps.com/start",
      region: "eu-west-1",
      accessToken: "a".repeat(2_400),
      expiresAt: 0,
      clientId: "c".repeat(40),
      clientSecret: "s".repeat(3_600),
      registrationExpiresAt: 0,
      refreshToken: "r".repeat(4_100),
    });
    await expect(manager.set("token", token)).rejects.toThrow("2560 bytes");
    for (const text of [token, token.replaceAll("r", "R"), "x".repeat(1_280), "x".repeat(1_281)]) {
      const name = `role/${"0".repeat(40)}`;
      await items.set(name, text);
      expect(await items.get(name)).toBe(text);
    }
    expect(kept.size).toBe(3);
  });

  it("do not touch those of another name", async () => {
    const { items } = memory();
    await items.set("one", "1".repeat(50));
    await items.set("two", "2".repeat(50));
    await items.delete("one");
    expect(await items.get("two")).toBe("2".repeat(50));
  });
});

function memory() {
  const kept = new Map<string, string>();
  return { kept, items: splitItems(failingAfter(kept, Number.POSITIVE_INFINITY), LIMIT) };
}

/**
 * What wincred.h says: a user name of 513 characters and a blob of 2,560 bytes
 * at most, which the library fills with UTF-16.
 */
function credentialManager() {
  const kept = new Map<string, string>();
  const manager: Items = {
    ...failingAfter(kept, Number.POSITIVE_INFINITY),
    async set(name, text) {
      if (name.length > 513) throw new Error("a user name has 513 characters at most");
      if (Buffer.byteLength(text, "utf16le") > 2_560)
        throw new Error("a blob has 2560 bytes at most");
      kept.set(name, text);
    },
  };
  return { kept, manager };
}

function failingAfter(kept: Map<string, string>, writes: number): Items {
  let left = writes;
  return {
    get: async (name) => kept.get(name) ?? null,
    async set(name, text) {
      if (left === 0) throw new Error("full");
      left -= 1;
      kept.set(name, text);
    },
    delete: async (name) => kept.delete(name),
  };
}
