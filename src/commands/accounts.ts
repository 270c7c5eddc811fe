import { accounts } from "../flows/accounts.ts";
import { table } from "../views/table.ts";
import { SsoxCommand } from "./base.ts";
import { listingFlags, noteAge, printCsv } from "./listing-flags.ts";

export default class Accounts extends SsoxCommand {
  static override summary = "List the accounts that are assigned to you.";
  static override flags = listingFlags;

  async run(): Promise<void> {
    const { flags } = await this.parse(Accounts);
    const { terminal } = this.context;
    const { session, filter, refresh } = flags;
    const maySignIn = flags.login ? "now" : "ask";
    const { items, listedAt } = await accounts(
      { session, filter, refresh, maySignIn },
      this.context,
    );
    if (flags.json) {
      return this.printJson(
        items.map(({ id, name, email }) => ({
          id,
          ...(name !== undefined && { name }),
          ...(email !== undefined && { email }),
        })),
      );
    }
    const rows = items.map(({ id, name = "", email = "" }) => [id, name, email]);
    if (flags.csv) return printCsv([["id", "name", "email"], ...rows], this.context);
    noteAge(listedAt, this.context);
    terminal.print(table(["ACCOUNT", "NAME", "E-MAIL"], rows));
  }
}
