import { isRecord } from "./json.ts";
import { type LabState, remember, type SecretKind } from "./state.ts";

/** What only the client and the service may know. */
export interface LabSecret {
  readonly kind: SecretKind;
  readonly value: string;
}

/** To be called where a secret is made, so that tests can look for it where it must not be. */
export function keepSecret({ secrets }: LabState, kind: SecretKind, value: string): void {
  remember(secrets, value, kind);
}

/** The one secret that clients make, from the request that tells it, even if a fault befalls that. */
export function keepVerifier(state: LabState, body: string): void {
  // No other request has one: most bodies need not be parsed.
  if (!body.includes('"codeVerifier"')) return;
  try {
    const document: unknown = JSON.parse(body);
    const verifier = isRecord(document) ? document["codeVerifier"] : undefined;
    if (typeof verifier === "string") keepSecret(state, "codeVerifier", verifier);
  } catch {
    // Whoever handles the request refuses it.
  }
}

/** Oldest first. */
export function secretsOf({ secrets }: LabState): readonly LabSecret[] {
  return [...secrets].map(([value, kind]) => ({ kind, value }));
}
