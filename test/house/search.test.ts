import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { PIECE, type Secret, SecretSearch } from "../helpers/search.ts";

/** One of a token's letters, one of a key's, and one with every character that an encoding changes. */
const CANARIES: readonly Secret[] = [
  { kind: "token", value: randomBytes(96).toString("base64url") },
  { kind: "key", value: `${randomBytes(30).toString("base64")}/+` },
  { kind: "odd", value: "p@ss/w+rd=\"&<wörd>\\ %20\n\u2028'tail-of-it" },
];

const ENCODINGS: readonly [name: string, encode: (text: string) => string][] = [
  ["as it is", (text) => text],
  ["base64", (text) => Buffer.from(text).toString("base64")],
  ["base64url", (text) => Buffer.from(text).toString("base64url")],
  ["base64 behind one byte", (text) => Buffer.from(`:${text};`).toString("base64")],
  ["base64 behind two bytes", (text) => Buffer.from(`::${text}`).toString("base64")],
  ["hex", (text) => Buffer.from(text).toString("hex")],
  ["upper-case hex", (text) => Buffer.from(text).toString("hex").toUpperCase()],
  ["URL-encoded", encodeURIComponent],
  ["a form", (text) => new URLSearchParams({ token: text }).toString()],
  ["JSON", JSON.stringify],
  ["JSON in JSON", (text) => JSON.stringify(JSON.stringify({ text }))],
  ["HTML", (text) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)],
];

describe.each(CANARIES)("a planted canary ($kind)", (canary) => {
  const { value } = canary;
  const search = new SecretSearch([canary]);

  it.each(ENCODINGS)("is found %s, in the midst of other text", (_name, encode) => {
    const text = `some text ${encode(value)} and more`;
    expect(search.findIn(text)).toContainEqual(expect.objectContaining({ kind: canary.kind }));
    expect(search.findIn(Buffer.from(text))).not.toEqual([]);
  });

  it.each(ENCODINGS)("is found %s, in pieces", (_name, encode) => {
    // The first and last characters of an encoding may belong to two bytes.
    for (let at = 0; at + PIECE + 2 <= value.length; at += 1) {
      const piece = encode(value.slice(at, at + PIECE + 2));
      expect(search.findIn(`“${piece}”`), `from character ${at}: ${piece}`).not.toEqual([]);
    }
  });

  it("is not found where it is not", () => {
    const other = randomBytes(100_000).toString("base64");
    const shorter = value.slice(1, PIECE);
    expect(search.findIn(`${other} ${shorter} ${[...value].reverse().join("")}`)).toEqual([]);
  });
});

it("takes no secret that is shorter than a piece", () => {
  expect(() => new SecretSearch([{ kind: "token", value: "short" }])).toThrow("too short");
});
