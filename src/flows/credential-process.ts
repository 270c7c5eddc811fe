import {
  type CredentialProcessDocument,
  credentialProcessDocument,
} from "../aws/credential-process.ts";
import { readAwsProfiles } from "../aws/profiles.ts";
import type { Context } from "../context.ts";
import { profileOfProcess } from "../domain/call-of-ssox.ts";
import { processCycle } from "../domain/profile-faults.ts";
import { SsoxError } from "../errors.ts";
import { resolveTarget, type TargetSelection } from "./target.ts";
import { targetCredentials } from "./target-credentials.ts";

/**
 * The document for a `credential_process` line. Never signs in, asks nothing,
 * and takes its target from the flags alone: the child of an SDK inherits
 * AWS_PROFILE, which names the profile that it is called for.
 *
 * @throws SsoxError `Usage` without a target, and for a profile whose own
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
  if (profile !== undefined) refuseCycle(profile, context);
  const target = await resolveTarget(selection, "never", context);
  return credentialProcessDocument(
    await targetCredentials(target, { maySignIn: "never" }, context),
  );
}

/** Whichever setting of the profile counts for ssox: an SDK that asks ssox would ask it again. */
function refuseCycle(name: string, context: Context): void {
  const line = readAwsProfiles(context.paths).table.get(name)?.settings["credential_process"] ?? "";
  if (profileOfProcess(line) === name) throw processCycle([name, name]);
}
