import * as Flags from "@oclif/core/flags";
import { SsoxError } from "../errors.ts";
import { sessionFlag } from "./base.ts";

const TARGET = "TARGET";

/** How usage lines show {@link targetFlags} where a command takes nothing in their place. */
export const TARGET_ALONE_USAGE =
  "(--profile NAME | --account ID|NAME --role NAME [--session NAME])";

/** How usage lines show {@link targetFlags}. */
export const TARGET_USAGE = `[${TARGET_ALONE_USAGE.slice(1, -1)}]`;

const PROFILE = {
  description: "a profile of the AWS files; without a target, AWS_PROFILE, else a list",
  helpValue: "NAME",
  exclusive: ["account", "role", "session"],
  helpGroup: TARGET,
};

/** The flags that name a role: `--profile`, or `--account` with `--role`. */
export const targetFlags = {
  profile: Flags.string(PROFILE),
  account: Flags.string({
    description: "its id, or a name that no other account has",
    helpValue: "ID|NAME",
    dependsOn: ["role"],
    helpGroup: TARGET,
  }),
  role: Flags.string({
    description: "the name of the permission set",
    helpValue: "NAME",
    dependsOn: ["account"],
    helpGroup: TARGET,
  }),
  session: { ...sessionFlag, dependsOn: ["account"], helpGroup: TARGET },
};

/** The same where several roles may be named by their profiles. */
export const targetsFlags = {
  ...targetFlags,
  profile: Flags.string({
    ...PROFILE,
    description: "a profile of the AWS files, repeated; without a target, AWS_PROFILE, else a list",
    multiple: true,
    multipleNonGreedy: true,
  }),
};

export const loginFlag = Flags.boolean({ description: "sign in first when that is needed" });

interface TargetFlagValues {
  readonly profile: string | undefined;
  readonly account: string | undefined;
  readonly role: string | undefined;
  readonly session: string | undefined;
}

/** What was given on the command line, and nothing that was not. */
export function selectionOf(
  flags: TargetFlagValues,
): Partial<Record<keyof TargetFlagValues, string>> {
  const { profile, account, role, session } = flags;
  return {
    ...(profile !== undefined && { profile }),
    ...(account !== undefined && { account }),
    ...(role !== undefined && { role }),
    ...(session !== undefined && { session }),
  };
}

/**
 * What was given, one selection for each role: by flags, and by profiles without any.
 *
 * @param profiles words that are no flags
 * @throws SsoxError `Usage` for profiles beside an account
 */
export function selectionsOf(
  flags: Omit<TargetFlagValues, "profile"> & { readonly profile: readonly string[] | undefined },
  profiles: readonly string[],
): readonly Partial<Record<keyof TargetFlagValues, string>>[] {
  const named = [...new Set([...(flags.profile ?? []), ...profiles])];
  const role = selectionOf({ ...flags, profile: undefined });
  const hasRole = Object.keys(role).length > 0;
  if (hasRole && named.length > 0) {
    throw new SsoxError("Usage", "Profiles, or one account and role: not both.", {
      hint: "leave out --account and --role, or the profiles",
    });
  }
  return hasRole ? [role] : named.map((profile) => ({ profile }));
}
