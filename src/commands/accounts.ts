import { accounts } from "../flows/accounts.ts";
import { SsoxCommand } from "./base.ts";
import { listingFlags, showListing } from "./listing-flags.ts";

export default class Accounts extends SsoxCommand {
  static override summary = "List the accounts that are assigned to you.";
  static override description =
    "The list is kept, and asked for anew with --refresh, after a sign-in, and after a day.";
  static override usage = [
    "accounts [--filter TEXT] [--session NAME] [--refresh] [--login] [--json | --csv]",
  ];
  static override examples = [
    {
      description: "The accounts with a word in their name",
      command: "<%= config.bin %> accounts --filter sandbox",
    },
    {
      description: "All of them, as a table for a spreadsheet",
      command: "<%= config.bin %> accounts --csv",
    },
  ];
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
        row: ({ id, name = "-", email = "-" }) => [id, name, email],
      },
      this.context,
    );
  }
}
