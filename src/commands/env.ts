import * as Flags from "@oclif/core/flags";
import { SsoxError } from "../errors.ts";
import { clearedVariables, credentialVariables } from "../flows/env.ts";
import { canUnset, ENV_FORMATS, type EnvFormat, formatVariables } from "../views/env-formats.ts";
import { SsoxCommand } from "./base.ts";
import { loginFlag, selectionOf, TARGET_USAGE, targetFlags } from "./target-flags.ts";

export default class Env extends SsoxCommand {
  static override summary = "Print a role's credentials as variables.";
  static override description =
    `They end with the role's session and are not renewed: see exec for programs that run longer.
Variables that would win over the keys, such as AWS_PROFILE, are unset.`;
  static override usage = [
    `env ${TARGET_USAGE} [--format sh|fish|powershell|cmd|dotenv|json] [--login]`,
    "env --unset [--format sh|fish|powershell|cmd]",
  ];
  static override examples = [
    {
      description: "Put a role into this shell",
      command: 'eval "$(<%= config.bin %> env --profile sandbox.DeveloperAccess)"',
    },
    {
      description: "The same in fish",
      command: "<%= config.bin %> env --profile sandbox.DeveloperAccess --format fish | source",
    },
    {
      description: "A file for docker run --env-file",
      command: "<%= config.bin %> env --profile sandbox.DeveloperAccess --format dotenv > role.env",
    },
    { description: "Take it all away", command: 'eval "$(<%= config.bin %> env --unset)"' },
  ];
  static override flags = {
    ...targetFlags,
    format: Flags.option({
      description: "the shell or file to write for",
      options: ENV_FORMATS,
      default: "sh" as EnvFormat,
    })(),
    unset: Flags.boolean({ description: "print the commands that take all the variables away" }),
    login: loginFlag,
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(Env);
    if (flags.unset && !canUnset(flags.format)) {
      throw new SsoxError(
        "Usage",
        `The format ${flags.format} cannot say that a variable is unset.`,
        {
          hint: "ssox env --unset --format sh",
        },
      );
    }
    const changes = flags.unset
      ? clearedVariables(this.context)
      : await credentialVariables(
          selectionOf(flags),
          { maySignIn: flags.login ? "now" : "ask", canUnset: canUnset(flags.format) },
          this.context,
        );
    this.context.terminal.print(formatVariables(changes, flags.format));
  }
}
