import { randomBytes, randomInt, timingSafeEqual } from "node:crypto";

/** A secret that nobody guesses, in URL-safe characters. */
export function randomSecret(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}

/** A user code as AWS shows it: `ABCD-EFGH`, without letters that look alike. */
export function randomUserCode(): string {
  const letters = characters("BCDFGHJKLMNPQRSTVWXZ", 8);
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** An access key id: `ASIA` (of temporary credentials) or `AKIA`, and sixteen characters of base 32. */
export function randomAccessKeyId(prefix: "ASIA" | "AKIA"): string {
  return `${prefix}${characters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)}`;
}

/** Base64 with `+`, `/` and `=`, as in AWS's own secrets and session tokens. */
export function randomBase64(bytes: number): string {
  return randomBytes(bytes).toString("base64");
}

/** Equal or not, in a time that does not tell how much of it is right. */
export function sameSecret(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** mulberry32: numbers from 0 to 1, the same for the same seed everywhere; not for secrets. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function characters(alphabet: string, count: number): string {
  return Array.from({ length: count }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}
