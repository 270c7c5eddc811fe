import * as Flags from "@oclif/core/flags";
import { SsoxError } from "../errors.ts";
import { exec } from "../flows/exec.ts";
import { SsoxCommand } from "./base.ts";
import { loginFlag, selectionOf, TARGET_USAGE, targetFlags } from "./target-flags.ts";

export default class Exec extends SsoxCommand {
  static override summary = "Run a command as a role.";
  static override description =
    `In server mode, the default, the command asks ssox for its credentials, which ssox
renews for as long as the command runs. The profile's own settings (region, endpoints, retries and so on)
hold for it; a [default] profile does not get in the way, and --profile within the command still works.

In env mode the command gets the keys themselves, as variables: for programs that know no other way.
They end with the role's session and are not renewed, and of the profile's settings the region alone holds.

The exit status is the command's own; 127 when it was not found, 126 when it cannot be executed.`;
  static override usage = [
    `exec ${TARGET_USAGE} [--mode server|env] [--region REGION] [--needs DURATION] [--login] -- COMMAND …`,
  ];
  static override examples = [
    {
      description: "Run a command with the role of a profile",
      command: "<%= config.bin %> exec --profile sandbox.DeveloperAccess -- terraform plan",
    },
    {
      description: "With a role that has no profile",
      command: "<%= config.bin %> exec --account sandbox --role ReadOnlyAccess -- aws s3 ls",
    },
    {
      description: "Do not even begin a job that the sign-in does not outlast",
      command:
        "<%= config.bin %> exec --profile sandbox.DeveloperAccess --needs 45m -- ./migrate.sh",
    },
  ];
  static override flags = {
    ...targetFlags,
    mode: Flags.string({
      description: "how the command gets the credentials",
      options: ["server", "env"],
      default: "server",
    }),
    needs: Flags.string({
      description:
        "how long the command needs credentials, such as 90s, 45m, 4h; fails when they are known to end before",
      helpValue: "DURATION",
    }),
    region: Flags.string({
      description: "the region, instead of the profile's",
      helpValue: "REGION",
    }),
    login: loginFlag,
  };

  override async run(): Promise<number> {
    const { own, command, args } = splitAtCommand(this.argv);
    const { flags } = await this.parse(Exec, own);
    const request = {
      selection: selectionOf(flags),
      mode: flags.mode === "env" ? "env" : "server",
      region: flags.region,
      needs: flags.needs,
      maySignIn: flags.login ? "now" : "ask",
      command,
      args,
    } as const;
    return await exec(request, this.context);
  }
}

/** Nothing behind the first `--` is ssox's: oclif never sees it. */
function splitAtCommand(argv: readonly string[]): {
  own: string[];
  command: string;
  args: string[];
} {
  const at = argv.indexOf("--");
  const [command, ...args] = at === -1 ? [] : argv.slice(at + 1);
  if (!command) {
    throw new SsoxError("Usage", "There is no command to run.", {
      hint: "ssox exec --profile NAME -- COMMAND",
    });
  }
  return { own: argv.slice(0, at), command, args };
}
