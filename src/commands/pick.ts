import { pick } from "../flows/pick.ts";
import { printableLine } from "../views/printable.ts";
import { jsonFlag, SsoxCommand } from "./base.ts";

export default class Pick extends SsoxCommand {
  static override summary = "Pick a profile at the terminal, and print its name.";
  static override description =
    `Type some letters of its name, its account or its role: several words in any order. The profiles of both
files and the roles of the last listings are shown, those picked lately first; nothing is asked of the service.
For a role that no profile names one is written, as sync-profiles would, after a question.

The list is shown on stderr; stdout gets the name alone.`;
  static override examples = [
    { description: "Pick one, and see what it is called", command: "<%= config.bin %> pick" },
    {
      description: "Have the AWS CLI and the SDKs use it from now on, in this shell",
      command: 'export AWS_PROFILE="$(<%= config.bin %> pick)"',
    },
    {
      description: "For a script: account, role and session as well",
      command: "<%= config.bin %> pick --json",
    },
  ];
  static override usage = ["pick [--json]"];
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(Pick);
    const { terminal } = this.context;
    const { profile, accountId, accountName, role, session } = await pick(this.context);
    // A terminal obeys what it is sent; a program gets the exact name.
    const shown = terminal.isInteractive ? printableLine(profile) : profile;
    if (!flags.json) return terminal.print(shown);
    this.printJson({
      profile,
      ...(accountId !== undefined && { accountId }),
      ...(accountName !== undefined && { accountName }),
      ...(role !== undefined && { role }),
      ...(session !== undefined && { session }),
    });
  }
}
