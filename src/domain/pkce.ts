import { createHash, randomBytes } from "node:crypto";

/** One PKCE exchange (RFC 7636): the secret that proves who asked, and its S256 challenge. */
export interface Pkce {
  readonly codeVerifier: string;
  readonly codeChallenge: string;
}

/** 48 random bytes give a verifier of 64 unreserved characters (RFC 7636 §4.1 asks for 43 to 128). */
export function newPkce(): Pkce {
  const codeVerifier = randomBytes(48).toString("base64url");
  return { codeVerifier, codeChallenge: codeChallengeOf(codeVerifier) };
}

/** BASE64URL(SHA256(verifier)) without padding (RFC 7636 §4.2). */
export function codeChallengeOf(codeVerifier: string): string {
  return createHash("sha256").update(codeVerifier, "ascii").digest("base64url");
}
