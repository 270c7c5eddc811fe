import { SsoxError } from "../errors.ts";
import { bareName } from "./bare-name.ts";
import { didYouMean } from "./did-you-mean.ts";
import { LONGEST_CHAIN } from "./longest-chain.ts";
import { shellWord } from "./shell-word.ts";

type Settings = Readonly<Record<string, string>>;

/** Settings of one profile that do not go together. @param what continues "the profile …" */
export function contradiction(profile: string, what: string, hint: string): SsoxError {
  return new SsoxError("ConfigInvalid", `The profile ${JSON.stringify(profile)} ${what}.`, {
    hint,
  });
}

/** @param names of all that there are: one of them may be meant */
export function missingProfile(
  { parent, name, isSource }: { parent: string; name: string; isSource: boolean },
  names: Iterable<string>,
): SsoxError {
  const { only, question } = didYouMean(bareName(name), names);
  const meant = only === undefined ? "NAME" : shellWord(only);
  return new SsoxError(
    "ConfigInvalid",
    `The profile ${JSON.stringify(parent)} leads to the profile ${JSON.stringify(name)}, which is in no file.${question}`,
    {
      hint: isSource
        ? `aws configure set source_profile ${meant} --profile ${shellWord(parent)}`
        : `write --profile ${meant} in its credential_process`,
    },
  );
}

/** @param names the way, from any profile to one that was on it before */
export function cycle(names: readonly string[]): SsoxError {
  return contradiction(
    names.at(-1) ?? "",
    `leads back to itself: ${circleOf(names)}`,
    "give one of them a source_profile with credentials of its own",
  );
}

/** The same, by way of a `credential_process`, which would start ssox without end. */
export function processCycle(names: readonly string[]): SsoxError {
  return contradiction(
    names.at(-1) ?? "",
    `has a credential_process that leads back to it: ${circleOf(names)}`,
    "use --account and --role in its credential_process",
  );
}

/** A large one is not told in full. */
function circleOf(names: readonly string[]): string {
  const circle = names.slice(names.indexOf(names.at(-1) ?? ""));
  return (circle.length > 8 ? [...circle.slice(0, 4), "…", ...circle.slice(-2)] : circle).join(
    " → ",
  );
}

/** @param first the profile that was asked for */
export function longChain(first: string): SsoxError {
  return contradiction(
    first,
    `leads to more than ${LONGEST_CHAIN} other profiles, one after the other`,
    "give one of them a source_profile with credentials of its own",
  );
}

export function unsupportedLogin(name: string): SsoxError {
  return new SsoxError(
    "Usage",
    `The profile ${JSON.stringify(name)} has the credentials of \`aws login\`, which ssox does not read.`,
    { hint: "name a role with --account and --role; `ssox roles` lists them" },
  );
}

/** @param isSource others have their credentials from it; then, as with `mfa_serial`, it is a user whose keys some program may keep */
export function noCredentials(name: string, settings: Settings, isSource: boolean): SsoxError {
  const isSso = ["sso_session", "sso_start_url"].some((key) => settings[key]);
  const lacking = isSso ? "sso_account_id and sso_role_name" : "a role, keys or a process";
  const isOfUser = !isSso && (isSource || settings["mfa_serial"] !== undefined);
  return new SsoxError(
    "Usage",
    `The profile ${JSON.stringify(name)} has no credentials: it lacks ${lacking}.`,
    {
      hint: isOfUser
        ? `aws configure set credential_process COMMAND --profile ${shellWord(name)}`
        : "name a role with --account and --role; `ssox roles` lists them",
    },
  );
}
