import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { masked } from "../../src/domain/masked.ts";

it.each(["base64", "base64url", "hex"] as const)("takes out a secret in %s", (encoding) => {
  const secret = randomBytes(96).toString(encoding);
  expect(masked(`Cannot read properties of "${secret}" (reading 'x')`)).toBe(
    `Cannot read properties of "…" (reading 'x')`,
  );
});

it("leaves words, names of functions and numbers", () => {
  const text = "exchangeAuthorizationCode is not a function at line 123456789";
  expect(masked(text)).toBe(text);
});
