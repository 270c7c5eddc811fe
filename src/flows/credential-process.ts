import {
  type CredentialProcessDocument,
  credentialProcessDocument,
} from "../aws/credential-process.ts";
import { readAwsProfiles } from "../aws/profiles.ts";
import type { Context } from "../context.ts";
import { OVERLAY_PROFILE } from "../domain/overlay-profile.ts";
import type { Credentials } from "../domain/role-credentials.ts";
import { SsoxError } from "../errors.ts";
import { type Target, targetOfAskedProfile, targetOfEndpoint } from "./configured-target.ts";
import { withReadableConfig } from "./piped-config.ts";
import { resolveTarget, type TargetSelection } from "./target.ts";
import { targetCredentials } from "./target-credentials.ts";

/**
 * The document for a `credential_process` line. Never signs in, asks nothing,
 * and takes its target from the flags alone: the child of an SDK inherits
 * AWS_PROFILE, which names the profile that it is called for.
 *
 * @throws SsoxError `Usage` without a target; `ConfigInvalid` for a profile whose own
 * `credential_process` would call this again
 */
export async function credentialProcess(
  selection: TargetSelection,
  context: Context,
): Promise<CredentialProcessDocument> {
  const { profile, account, role } = selection;
  if (profile === undefined && (account === undefined || role === undefined)) {
    throw new SsoxError("Usage", "credential-process needs --profile, or --account and --role.", {
      hint: "ssox credential-process --help",
    });
  }
  return await withReadableConfig(context, async (within) => {
    const target =
      profile === undefined
        ? await resolveTarget(selection, "never", within)
        : askedTarget(profile, within);
    const credentials = await targetCredentials(target, { maySignIn: "never" }, within);
    return credentialProcessDocument(withoutMadeUpEnd(credentials, target));
  });
}

/** An endpoint has to name an end, and keys without a session token have none. */
function withoutMadeUpEnd(credentials: Credentials, { source }: Target): Credentials {
  const isMadeUp = source.kind === "named" && credentials.sessionToken === undefined;
  return isMadeUp ? { ...credentials, expiration: undefined } : credentials;
}

/** A profile of the files, or the one that `ssox exec` has added for the program that asks. */
function askedTarget(profile: string, { paths, env }: Context): Target {
  const profiles = readAwsProfiles(paths);
  const isWithin = OVERLAY_PROFILE.test(profile) && env["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  return isWithin && !profiles.config.profiles.has(profile)
    ? targetOfEndpoint(profile)
    : targetOfAskedProfile(profiles, profile);
}
