import { SsoxError } from "../../errors.ts";
import { type CredentialSource, planCredentials } from "../credential-source.ts";
import type { Facts } from "./facts.ts";

/**
 * Names of the sessions (start URLs in the old form) without which a profile has no credentials:
 * its own, that of the profile whose role it goes on from, or that of its `credential_process`.
 */
export function sessionsBehind(profile: string, facts: Facts): readonly string[] {
  const source = sourceOf(profile, facts);
  if (source?.kind === "ssox") {
    // Only a file with one session has lines that name none.
    return source.session === undefined ? facts.sessions.map(({ name }) => name) : [source.session];
  }
  const first = source?.kind === "sso" ? source.profile : profile;
  const { sso_session: session, sso_start_url: startUrl } = facts.table.get(first)?.settings ?? {};
  return [session, startUrl].filter((name) => name !== undefined);
}

/** Where its first credentials come from. Undefined for a profile that has none, or contradicts itself: that is told by its own finding. */
export function sourceOf(profile: string, { table }: Facts): CredentialSource | undefined {
  try {
    return planCredentials(table, profile).source;
  } catch (error) {
    if (!(error instanceof SsoxError)) throw error;
    return undefined;
  }
}
