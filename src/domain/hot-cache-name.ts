/**
 * The same as `cacheName` of cache-name.ts, in whose place the build puts it
 * into `dist/answer.cjs`, and nowhere else: to load node:crypto takes a tenth of
 * the time that an empty program takes. SHA-1 as in RFC 3174 §6.1, with few calls
 * of functions: V8 interprets what runs once.
 */
export function cacheName(text: string): string {
  const words = padded(Buffer.from(text, "utf8"));
  const schedule = new Int32Array(80);
  const hash = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  for (let block = 0; block < words.length; block += 16) {
    fill(schedule, words, block);
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = hash;
    for (let t = 0; t < 80; t += 1) {
      const next = ((a << 5) | (a >>> 27)) + round(t, b, c, d) + e + (schedule[t] ?? 0);
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next | 0;
    }
    hash.set([a, b, c, d, e].map((word, index) => word + (hash[index] ?? 0)));
  }
  return Array.from(hash, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** In words of 32 bits, big-endian: the message, a bit, zeros, and the length in bits. */
function padded(message: Buffer): Int32Array {
  const words = new Int32Array((((message.length + 8) >> 6) + 1) * 16);
  for (let index = 0; index <= message.length; index += 1) {
    const byte = message[index] ?? 0x80;
    words[index >> 2] = (words[index >> 2] ?? 0) | (byte << (24 - 8 * (index % 4)));
  }
  words[words.length - 1] = message.length * 8;
  return words;
}

/** The block's words, and what they are mixed to for the later rounds. */
function fill(schedule: Int32Array, words: Int32Array, block: number): void {
  for (let t = 0; t < 16; t += 1) schedule[t] = words[block + t] ?? 0;
  for (let t = 16; t < 80; t += 1) {
    const near = (schedule[t - 3] ?? 0) ^ (schedule[t - 8] ?? 0);
    const mixed = near ^ (schedule[t - 14] ?? 0) ^ (schedule[t - 16] ?? 0);
    schedule[t] = (mixed << 1) | (mixed >>> 31);
  }
}

/** The function of the round, and its constant. */
function round(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}
