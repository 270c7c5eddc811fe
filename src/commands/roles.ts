import * as Flags from "@oclif/core/flags";
import { roles } from "../flows/accounts.ts";
import { table } from "../views/table.ts";
import { SsoxCommand } from "./base.ts";
import { listingFlags, noteAge, printCsv } from "./listing-flags.ts";

export default class Roles extends SsoxCommand {
  static override summary = "List account and role pairs, and the profiles that name them.";
  static override flags = {
    ...listingFlags,
    account: Flags.string({ description: "only this account", helpValue: "ID|NAME" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Roles);
    const { terminal } = this.context;
    const { session, filter, refresh, account } = flags;
    const maySignIn = flags.login ? "now" : "ask";
    const { items, listedAt } = await roles(
      { session, filter, refresh, account, maySignIn },
      this.context,
    );
    if (flags.json) {
      return this.printJson(
        items.map(({ account: { id, name }, roleName, profiles }) => ({
          accountId: id,
          ...(name !== undefined && { accountName: name }),
          role: roleName,
          profiles,
        })),
      );
    }
    const rows = items.map(({ account: { id, name = "" }, roleName, profiles }) => {
      return [id, name, roleName, profiles.join(" ")];
    });
    if (flags.csv) {
      return printCsv([["accountId", "accountName", "role", "profiles"], ...rows], this.context);
    }
    noteAge(listedAt, this.context);
    terminal.print(table(["ACCOUNT", "NAME", "ROLE", "PROFILES"], rows));
  }
}
