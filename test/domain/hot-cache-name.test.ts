import fc from "fast-check";
import { expect, it } from "vitest";
import { cacheName } from "../../src/domain/cache-name.ts";
import { cacheName as hotCacheName } from "../../src/domain/hot-cache-name.ts";

// RFC 3174 §7.3
it.each([
  ["abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
  ],
  ["a".repeat(1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"],
  ["01234567".repeat(80), "dea356a2cddd90c7a7ecedc5ebb563934f460452"],
])("is SHA-1", (text, digest) => {
  expect(hotCacheName(text)).toBe(digest);
});

it("names what the program names", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      expect(hotCacheName(text)).toBe(cacheName(text));
    }),
    { numRuns: 1_000 },
  );
  for (let length = 0; length < 200; length += 1) {
    expect(hotCacheName("x".repeat(length))).toBe(cacheName("x".repeat(length)));
  }
});
