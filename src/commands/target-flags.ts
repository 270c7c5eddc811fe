import * as Flags from "@oclif/core/flags";
import { sessionFlag } from "./base.ts";

const TARGET = "TARGET";

/** How usage lines show {@link targetFlags}. */
export const TARGET_USAGE = "[--profile NAME | --account ID|NAME --role NAME [--session NAME]]";

/** The flags that name a role: `--profile`, or `--account` with `--role`. */
export const targetFlags = {
  profile: Flags.string({
    description: "a profile of the AWS files; without a target, AWS_PROFILE",
    helpValue: "NAME",
    exclusive: ["account", "role", "session"],
    helpGroup: TARGET,
  }),
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
