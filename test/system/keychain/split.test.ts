import { describe, expect, it } from "vitest";
import { type Items, splitItems } from "../../../src/system/keychain/split.ts";

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
