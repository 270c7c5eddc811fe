import { accounts } from "../flows/accounts.ts";
import { SsoxCommand } from "./base.ts";
import { listingFlags, showListing } from "./listing-flags.ts";

export default class Accounts extends SsoxCommand {
  static override summary = "List the accounts that are assigned to you.";
  static override flags = listingFlags;

  async run(): Promise<number> {
    const { flags } = await this.parse(Accounts);
    const { session, filter, refresh } = flags;
    const maySignIn = flags.login ? "now" : "ask";
    const input = { session, filter, refresh, maySignIn } as const;
    const listing = await accounts(input, this.context);
    return showListing(
      listing,
      flags,
      {
        json: ({ id, name, email }) => ({
          id,
          ...(name !== undefined && { name }),
          ...(email !== undefined && { email }),
        }),
        csvHeading: ["id", "name", "email"],
        csvRow: ({ id, name = "", email = "" }) => [id, name, email],
        heading: ["ACCOUNT", "NAME", "E-MAIL"],
        row: ({ id, name = id, email = "" }) => [id, name, email],
      },
      this.context,
    );
  }
}
