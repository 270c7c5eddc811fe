import * as Flags from "@oclif/core/flags";
import { roles } from "../flows/accounts.ts";
import { SsoxCommand } from "./base.ts";
import { listingFlags, showListing } from "./listing-flags.ts";

export default class Roles extends SsoxCommand {
  static override summary = "List accounts and roles, with their profiles.";
  static override description =
    "The list is kept, and asked for anew with --refresh, after a sign-in, and after a day. A tick (✓) marks a role that has a profile; a narrow terminal shows the tick alone.";
  static override usage = [
    "roles [--account ID|NAME] [--filter TEXT] [--session NAME] [--refresh] [--login] [--json | --csv]",
  ];
  static override examples = [
    {
      description: "What you may do in one account",
      command: "<%= config.bin %> roles --account sandbox",
    },
    {
      description: "Every role with this text in it",
      command: "<%= config.bin %> roles --filter ReadOnly",
    },
    {
      description: "For a script, with a role that was assigned a minute ago",
      command: "<%= config.bin %> roles --refresh --json",
    },
  ];
  static override flags = {
    account: Flags.string({
      description: "only this account: its id, or a name that no other account has",
      helpValue: "ID|NAME",
    }),
    ...listingFlags,
  };

  async run(): Promise<number> {
    const { flags } = await this.parse(Roles);
    const { session, filter, refresh, account } = flags;
    const maySignIn = flags.login ? "now" : "ask";
    const input = { session, filter, refresh, account, maySignIn } as const;
    const listing = await roles(input, this.context);
    return showListing(
      listing,
      flags,
      {
        json: ({ account: { id, name }, roleName, profiles, sessionSeconds }) => ({
          accountId: id,
          ...(name !== undefined && { accountName: name }),
          role: roleName,
          profiles,
          ...(sessionSeconds !== undefined && { sessionDuration: sessionSeconds }),
        }),
        csvHeading: ["accountId", "accountName", "role", "profiles", "sessionDuration"],
        csvRow: ({ account: { id, name = "" }, roleName, profiles, sessionSeconds }) => {
          return [id, name, roleName, profiles.join(" "), String(sessionSeconds ?? "")];
        },
        heading: ["ACCOUNT", "NAME", "ROLE", "PROFILES"],
        row: ({ account: { id, name = "-" }, roleName, profiles }) => {
          return [id, name, roleName, profiles.length > 0 ? `✓ ${profiles.join(" ")}` : ""];
        },
        narrowRow: ({ account: { id, name = "-" }, roleName, profiles }) => {
          const ticks = profiles.length > 1 ? `✓ ${profiles.length}` : "✓";
          return [id, name, roleName, profiles.length > 0 ? ticks : ""];
        },
      },
      this.context,
    );
  }
}
