import { findProfile, readAwsConfig } from "../aws/config.ts";
import {
  type CredentialProcessDocument,
  credentialProcessDocument,
} from "../aws/credential-process.ts";
import type { Context } from "../context.ts";
import { SsoxError } from "../errors.ts";
import { roleCredentials } from "./role-credentials.ts";
import { resolveTarget, type TargetSelection } from "./target.ts";

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
  return credentialProcessDocument(await roleCredentials(target, { maySignIn: "never" }, context));
}

function refuseCycle(name: string, context: Context): void {
  const { settings } = findProfile(readAwsConfig(context.paths.configFile), name);
  const line = settings["credential_process"] ?? "";
  if (!/\bcredential-process\b/.test(line) || !/ssox/.test(line)) return;
  throw new SsoxError(
    "Usage",
    `The profile ${JSON.stringify(name)} has a credential_process that calls ssox: it would call itself.`,
    { hint: "use --account and --role in its credential_process" },
  );
}
