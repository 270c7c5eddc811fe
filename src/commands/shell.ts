import { shell } from "../flows/shell.ts";
import { SsoxCommand } from "./base.ts";
import { loginFlag, selectionOf, TARGET_USAGE, targetFlags } from "./target-flags.ts";

export default class Shell extends SsoxCommand {
  static override summary = "Start your shell as a role.";
  static override description =
    `The shell that SHELL names asks ssox for its credentials, which ssox renews for as long as the shell
runs, as in exec. For a prompt there are SSOX_PROFILE, SSOX_SESSION, SSOX_ACCOUNT_ID, SSOX_ROLE and SSOX_EXPIRATION.

The exit status is the shell's own.`;
  static override usage = [`shell ${TARGET_USAGE} [--login]`];
  static override examples = [
    {
      description: "Work as a role until you type exit",
      command: "<%= config.bin %> shell --profile sandbox.DeveloperAccess",
    },
  ];
  static override flags = { ...targetFlags, login: loginFlag };

  override async run(): Promise<number> {
    const { flags } = await this.parse(Shell);
    return await shell(selectionOf(flags), flags.login ? "now" : "ask", this.context);
  }
}
