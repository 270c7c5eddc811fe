import * as Flags from "@oclif/core/flags";
import { sessionFlag } from "./base.ts";

/** The flags that name a role: `--profile`, or `--account` with `--role`. */
export const targetFlags = {
  profile: Flags.string({
    description: "the profile of the AWS config file; AWS_PROFILE when no role is named",
    helpValue: "NAME",
    exclusive: ["account", "role", "session"],
  }),
  account: Flags.string({
    description: "the account: its id, or a name that no other account has",
    helpValue: "ID|NAME",
    dependsOn: ["role"],
  }),
  role: Flags.string({
    description: "the role: the name of the permission set",
    helpValue: "NAME",
    dependsOn: ["account"],
  }),
  session: { ...sessionFlag, dependsOn: ["account"] },
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
