import { credentialProcess } from "../flows/credential-process.ts";
import { SsoxCommand } from "./base.ts";
import { selectionOf, TARGET_ALONE_USAGE, targetFlags } from "./target-flags.ts";

export default class CredentialProcess extends SsoxCommand {
  static override summary = "Print a role's credentials for credential_process.";
  static override description =
    "For the credential_process setting of a profile, which every AWS client runs. Never signs in and never asks. Takes the role from the flags alone.";
  static override usage = [`credential-process ${TARGET_ALONE_USAGE}`];
  static override examples = [
    {
      description: "What a program gets that is given this profile's role",
      command: "<%= config.bin %> credential-process --profile sandbox.DeveloperAccess",
    },
    {
      description: "The line for a profile, in which both paths must be whole",
      command:
        "<%= config.bin %> credential-process --account 105992674944 --role ReadOnlyAccess --session acme",
    },
  ];
  static override flags = {
    ...targetFlags,
    profile: { ...targetFlags.profile, description: "a profile of the AWS files" },
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(CredentialProcess);
    this.printJson(await credentialProcess(selectionOf(flags), this.context));
  }
}
