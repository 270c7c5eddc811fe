import { expect, test } from "vitest";
import { codeChallengeOf, newPkce } from "../../src/domain/pkce.ts";

test("6 · the challenge of RFC 7636, appendix B", () => {
  expect(codeChallengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).toBe(
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
});

test("6 · a verifier is 64 unreserved characters, another one each time, with its challenge", () => {
  const all = Array.from({ length: 50 }, newPkce);
  for (const { codeVerifier, codeChallenge } of all) {
    expect(codeVerifier).toMatch(/^[A-Za-z0-9._~-]{64}$/);
    expect(codeChallenge).toBe(codeChallengeOf(codeVerifier));
    expect(codeChallenge).toMatch(/^[A-Za-z0-9_-]{43}$/);
  }
  expect(new Set(all.map(({ codeVerifier }) => codeVerifier)).size).toBe(50);
});
