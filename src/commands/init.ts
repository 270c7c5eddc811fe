import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { SsoxError } from "../errors.ts";
import { seeThatProfileIsKnown } from "../flows/known-profile.ts";
import { type ShellName, shellCode } from "../flows/shell-code.ts";
import { SsoxCommand } from "./base.ts";

const SHELLS: readonly ShellName[] = ["bash", "zsh", "fish", "powershell"];

/** The line that reads the code, and the start-up file that it goes into. */
const START_UP: Readonly<Record<ShellName, readonly [line: string, file: string]>> = {
  bash: ['eval "$(ssox init bash)"', "~/.bashrc"],
  zsh: ['eval "$(ssox init zsh)"', "~/.zshrc"],
  fish: ["ssox init fish | source", "~/.config/fish/config.fish"],
  powershell: [
    "ssox init powershell | Out-String | Invoke-Expression",
    "the file that $PROFILE names in PowerShell",
  ],
};

export default class Init extends SsoxCommand {
  static override summary = "Print completion and sx for your shell's start-up file.";
  static override description =
    `Completion knows commands, flags, profiles and sessions, and accounts and roles as they were last listed.

sx chooses the AWS profile of the shell that you are in: it sets AWS_PROFILE, and unsets what would win over it.
"sx NAME" takes that profile, "sx" one that you pick from a list, "sx -" the one before, and "sx --off" none.

For a faster start, write it into a file once, and again after an update of ssox.`;
  static override usage = ["init bash|zsh|fish|powershell"];
  static override examples = SHELLS.map((shell) => {
    const [command, file] = START_UP[shell];
    return { description: `In ${file}`, command: command.replace("ssox", "<%= config.bin %>") };
  });
  static override args = {
    shell: Args.option({
      description: "the shell to write for",
      options: SHELLS,
      ignoreStdin: true,
    })(),
  };
  static override flags = {
    "check-profile": Flags.string({
      description: "print nothing; fail when there is no such profile",
      helpValue: "NAME",
      // It is for sx.
      hidden: true,
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Init);
    const { shell } = args;
    if (flags["check-profile"] !== undefined) {
      seeThatProfileIsKnown(flags["check-profile"], this.context);
    } else if (shell === undefined) {
      const own = this.context.env["SHELL"]?.split("/").at(-1);
      throw new SsoxError("Usage", "Which shell? Bash, zsh, fish or PowerShell.", {
        hint: `ssox init ${own === "zsh" ? "zsh" : own === "fish" ? "fish" : "bash"}`,
      });
    } else {
      const { terminal } = this.context;
      terminal.print(shellCode(shell, this.context));
      const [line, file] = START_UP[shell];
      if (terminal.isInteractive) terminal.note(`This is read by a line in ${file}: ${line}`);
    }
  }
}
